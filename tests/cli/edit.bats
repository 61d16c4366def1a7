#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	quickstart
	reader=manifests/accounts/report-reader.yaml
}

# changed FILE: what the last run printed is what happened to the file since `before`.
changed() {
	patch -s -o "$BATS_TEST_TMPDIR/made" before "$BATS_TEST_TMPDIR/stdout"
	cmp made "$1"
}

# line_of WORDS: the number of the reader's line that has them.
line_of() {
	grep -n "$1" "$reader" | cut -d: -f1
}

@test "grant writes a line with its words, in the account's own list" {
	cp "$reader" before
	ends 0 edit grant report-reader 'Adobe Express/Templates' manifests \
		--reason 'moved: see OPS' --ticket OPS-1 --until 2027-03-31
	changed "$reader"
	entry='{product: Adobe Express, profile: Templates, reason: "moved: see OPS", ticket: OPS-1,'
	grep -qx "    - $entry expires: \"2027-03-31\"}" "$reader"
	ends 0 edit grant report-reader role/support-administrator manifests
	grep -qx '    - support-administrator' "$reader"
	ends 0 edit grant report-reader product-administrator/Adobe%20Express manifests --reason x
	grep -qx '    - {role: product-administrator, product: Adobe Express, reason: x}' "$reader"
	ends 0 validate manifests
	ends 0 why report-reader support-administrator manifests
}

@test "a name that is copied from somewhere and looks like another one is told" {
	cyrillic=$(printf 'Adobe Express/D\u0435fault')
	ends 0 edit grant report-reader 'Adobe Express/Templates' manifests
	[ ! -s stderr ]
	for how in --diff --no-color; do
		ends 0 edit grant "$how" report-reader "$cyrillic" manifests
		[ "$(grep -c warning stderr)" -eq 2 ]
		grep -q "^$reader:[0-9:]*: warning: .* looks like \"Default\"; .*W0709" stderr
		grep -q 'has letters of mixed scripts, Latin and Cyrillic.*W0717' stderr
	done
	# What the manifests have already is nothing new.
	ends 0 edit grant report-reader support-administrator manifests --reason x
	[ ! -s stderr ]
}

@test "what the lints say of the new line is told, and not what they said before" {
	ends 0 edit grant report-reader support-administrator manifests --diff
	grep -q "^$reader:[0-9]*:7: warning: an admin role without a reason; .*W0706" stderr
	ends 0 edit grant report-reader support-administrator manifests
	grep -q "^$reader:$(line_of support-administrator):7: .*W0706" stderr
	[ "$(wc -l <stderr)" -eq 1 ]
	# The line of before has another number by now, and stands beside the new one.
	sed -i 's/^spec:/# more\n&/' "$reader"
	ends 0 edit grant report-reader deployment-administrator manifests --reason x
	[ ! -s stderr ]
	ends 0 edit grant report-reader storage-administrator manifests
	[ "$(grep -c W0706 stderr)" -eq 1 ]
	grep -q "^$reader:$(line_of storage-administrator):7: .*W0706" stderr
	ends 0 edit revoke report-reader deployment-administrator manifests
	[ ! -s stderr ]
	ends 0 edit extend report-reader storage-administrator manifests --until 2026-06-07
	grep -q 'expires in 6 days' stderr
}

@test "what a rule of the house makes an error is told, and not written" {
	local rules='require: [{role: support-administrator, ticket: "OPS-*", endsWithin: 30}],
		apart: [{grants: [{role: support-administrator},
			{role: deployment-administrator}]}]'
	sed -i "0,/^spec:/s//&\n  rules: {$(tr -d '\n\t' <<<"$rules")}/" manifests/organization.yaml
	cp "$reader" before
	ends 1 edit grant report-reader support-administrator manifests --reason x
	cmp before "$reader"
	[ ! -s stdout ]
	grep -q "^$reader:.* error: a grant without a ticket; .*W0721" stderr
	grep -q "^$reader:.* error: a grant without an end; .*W0721" stderr
	grep -q 'nothing was written, as the manifests would have errors that they do not have' stderr
	words=(manifests --reason x --ticket OPS-1)
	ends 1 edit grant report-reader support-administrator "${words[@]}" --until 2026-08-01
	grep -q 'a grant that ends too late' stderr
	ends 0 edit grant report-reader support-administrator "${words[@]}" --until 2026-06-20
	ends 1 edit extend report-reader support-administrator manifests --until 2026-08-01
	ends 1 edit grant report-reader deployment-administrator "${words[@]}"
	grep -q 'is to hold this beside what .*W0722' stderr
	# Errors that are there already hinder no other edit.
	sed -i 's/, ticket: OPS-1//' "$reader"
	ends 0 edit grant report-reader 'Adobe Express/Templates' manifests
	run ! grep -q 'W072' stderr
}

@test "the rules of a configuration that is named are asked, too" {
	sed -i 's/^  provider:.*/&\n  orgId: A@AdobeOrg/' manifests/organization.yaml
	printf '%s\n' 'rules: {require: [{any: role, reason: true}]}' | operator_says
	ends 1 edit grant --config config.yaml report-reader support-administrator manifests
	grep -q 'a grant without a reason; .*config.yaml:[0-9]* asks for it \[W0721\]' stderr
	ends 0 edit grant --config config.yaml report-reader support-administrator manifests \
		--reason x
}

@test "grant goes to the members of a document where the account has no list" {
	sed -i /adminRoles/d "$reader"
	document AdminRole desk 'role: support-administrator, members: [{user: jane@example.com}]' \
		>>manifests/organization.yaml
	ends 0 edit grant report-reader support-administrator manifests --until 2027-03-31
	grep -qF 'members: [{user: jane@example.com}, {account: report-reader, expires: "2027-03-31"}]' manifests/organization.yaml
	ends 0 edit extend report-reader support-administrator manifests --until 2027-04-30
	grep -qF '{account: report-reader, expires: "2027-04-30"}' manifests/organization.yaml
	ends 0 edit revoke report-reader support-administrator manifests
	grep -qF 'members: [{user: jane@example.com}]' manifests/organization.yaml
	ends 1 edit grant report-reader storage-administrator manifests
	grep -q 'has no list "adminRoles", and one would claim all' stderr
}

@test "grant begins the list of an account whose bundles claim all that it would" {
	document AccessBundle desk 'products: [{product: Adobe Express, profile: Default}]' \
		>>manifests/organization.yaml
	sed -i -e /adminRoles/d -e /products:/,\$d "$reader"
	echo '  bundles: [desk]' >>"$reader"
	ends 0 validate manifests
	ends 0 edit grant report-reader support-administrator manifests --reason 'night desk'
	grep -A1 '^  adminRoles:$' "$reader" |
		grep -qxF '    - {role: support-administrator, reason: night desk}'
	# Bundles claim no APIs.
	ends 1 edit grant report-reader api/Storage manifests
	grep -q 'has no list "apis", and one would claim all' stderr
}

@test "revoke takes the line out, extend moves its end; --diff writes neither" {
	cp "$reader" before
	ends 0 edit revoke report-reader 'Adobe Express/Default' manifests --diff
	grep -q '^-    - {product: Adobe Express' stdout
	cmp before "$reader"
	ends 0 edit extend report-reader 'Adobe Express/Default' manifests --until 2027-03-31
	changed "$reader"
	grep -qF '{product: Adobe Express, profile: Default, expires: "2027-03-31"}' "$reader"
	ends 0 edit grant report-reader support-administrator manifests
	ends 0 edit extend report-reader support-administrator manifests --until 2027-03-31
	grep -qx '    - {role: support-administrator, expires: "2027-03-31"}' "$reader"
	ends 0 edit revoke report-reader 'Adobe Express/Default' manifests
	grep -qx '  products: \[\]' "$reader"
}

@test "what cannot be written so is told, and nothing is written: 1" {
	find manifests -type f -exec sha256sum {} + >before
	ends 1 edit revoke asset-archiver storage-administrator manifests
	grep -q 'bundle "storage-access" grants it, to others too' stderr
	ends 1 edit grant asset-archiver storage-administrator manifests
	grep -q 'grant it already' stderr
	ends 1 edit revoke report-reader support-administrator manifests
	ends 1 edit grant nobody support-administrator manifests
	ends 1 edit grant report-reader support-administrator manifests --org other
	ends 64 edit revoke template-sync 'Adobe Express' manifests
	ends 64 edit grant report-reader product-administrator manifests
	ends 64 edit grant report-reader some-administrator manifests
	ends 64 edit extend report-reader 'Adobe Express/Default' manifests
	ends 64 edit extend report-reader 'Adobe Express/Default' manifests --until soon
	ends 64 edit remove report-reader 'Adobe Express/Default' manifests
	ends 64 edit grant report-reader
	ends 64 edit grant report-reader deployment-administrator manifests \
		--reason $'x\n    - system-administrator'
	grep -q -- '--reason is not one line of text' stderr
	ends 64 edit grant report-reader deployment-administrator manifests --ticket $'OPS-1\t'
	grep -q -- '--ticket is not one line of text' stderr
	sha256sum -c --quiet before
}

@test "an entitlement is taken as plans and tables print it" {
	ends 0 edit grant report-reader 'Adobe Express / Templates' manifests --reason x
	grep -qx '    - {product: Adobe Express, profile: Templates, reason: x}' "$reader"
	ends 0 edit grant report-reader 'Storage administrator' manifests
	ends 0 edit grant report-reader 'Developer of Adobe Express / Templates' manifests
	grep -A3 'role: developer' "$reader" | grep -q 'profile: Templates'
	sed -i 's/^  products:/  apis: []\n  products:/' "$reader"
	ends 0 edit grant report-reader 'API Creative SDK' manifests
	grep -A1 '  apis:' "$reader" | grep -qx '    - Creative SDK'
	cp "$reader" before
	ends 64 edit grant report-reader 'A / B / C' manifests
	ends 64 edit grant report-reader 'developer of Adobe Express' manifests
	ends 0 edit grant report-reader product/Odd%20/x manifests --diff
	grep -q 'product: "Odd "' stdout
	cmp before "$reader"
}

@test "a name that no line has so far is written, and told with one that is near" {
	ends 0 edit grant report-reader 'Adobe Expres/Default' manifests
	grep -q '^writ: no line of the manifests grants "Adobe Expres/Default" so far; did you mean' \
		stderr
	grep -qF '{product: Adobe Expres, profile: Default}' "$reader"
	ends 0 edit grant report-reader 'Quite Another/One' manifests
	[ ! -s stderr ]
	ends 0 edit grant report-reader 'Adobe Express/Templates' manifests
	[ ! -s stderr ]
	ends 0 edit grant report-reader support-administrator manifests --reason x
	[ ! -s stderr ]
}

@test "a name that is nearly right is told with the right one, and no end is over already" {
	cp "$reader" before
	ends 64 edit grant report-reader storage-adminstrator manifests
	grep -q 'is no entitlement; did you mean "storage-administrator"?$' stderr
	ends 1 edit revoke report-reader 'Adobe Express / Defalt' manifests
	grep -q 'did you mean "Adobe Express/Default"?$' stderr
	ends 1 edit revoke report-readr 'Adobe Express / Default' manifests
	grep -q 'no account "report-readr"; did you mean "report-reader"?' stderr
	for verb in grant extend; do
		ends 64 edit "$verb" report-reader 'Adobe Express / Default' --until 2026-05-31 \
			manifests
		grep -q -- '--until 2026-05-31: that day is over' stderr
	done
	cmp before "$reader"
	ends 0 edit extend report-reader 'Adobe Express / Default' --until 2026-06-01 manifests
	ends 64 edit revoke report-reader 'Adobe Express / Default' manifests --until 2027-06-01
	ends 64 edit revoke report-reader 'Adobe Express / Default' manifests --reason x
	ends 64 edit extend report-reader 'Adobe Express / Default' manifests --ticket x \
		--until 2027-06-01
}
