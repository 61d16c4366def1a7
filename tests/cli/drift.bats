#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	ends 0 snapshot --live live.yaml --out snapshots
}

# meddle: somebody changes the organisation.
meddle() {
	sed -i 's|^    - {product: Adobe Express, profile: Default}$||
		s|description: Copies brand templates every night|description: Copies everything|' \
			live.yaml
	cat >>live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: intruder}
		spec: {adminRoles: [system-administrator]}
	END
}

@test "no drift: 0; drift: 2, with fingerprints that stay" {
	ends 0 drift --live live.yaml --base snapshots
	grep -q '^No drift\. ' stdout
	cp live.yaml before.yaml
	meddle
	cp live.yaml meddled.yaml
	ends 2 drift --live live.yaml --base snapshots
	assert_golden drift
	mv stdout first
	ends 2 drift --live live.yaml --base snapshots
	diff first stdout
	cmp live.yaml meddled.yaml
	ends 2 drift --live live.yaml --base snapshots --format json
	assert_golden drift-json
}

@test "what a manifest ignores is no open drift" {
	sed -i 's|description: Copies brand templates every night|description: Copies everything|' \
		live.yaml
	"$WRIT" drift --live live.yaml --base snapshots --format json >found || true
	mark=$(sed -n 's/.*"fingerprint": "\([^"]*\)".*/\1/p' found)
	cat >manifest.yaml <<-END
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec:
		  provider: file
		  ignoredDrift:
		    - {fingerprint: "$mark", until: 2026-06-30, reason: OPS-9}
	END
	ends 0 drift --live live.yaml --base snapshots manifest.yaml
	grep -q '(ignored until 2026-06-30: OPS-9)' stdout
	WRIT_NOW=2026-07-01T00:00:00Z ends 2 drift --live live.yaml --base snapshots manifest.yaml
}

@test "revert is a plan that takes the drift back" {
	meddle
	ends 0 drift --live live.yaml --base snapshots --out plan.json --allow-remove 100% revert
	ends 0 apply --live live.yaml --plan plan.json
	ends 0 drift --live live.yaml --base snapshots
}

@test "revert of one drift leaves the others" {
	meddle
	"$WRIT" drift --live live.yaml --base snapshots --format json >found || true
	mark=$(grep intruder found | grep '"technicalAccount"' | grep '"appeared"' |
		sed -n 's/.*"entitlement": null.*"fingerprint": "\([^"]*\)".*/\1/p')
	ends 0 drift --live live.yaml --base snapshots --out plan.json \
		--allow-remove 100% revert "$mark"
	grep -q intruder stdout
	run ! grep -q 'ignored until' stdout
	grep -q '(left alone: not named)$' stdout
	[ "$(grep -c '"risk"' plan.json)" -eq 1 ]
	jq -e '[.drift[] | select(.ignored) | .ignored.until] | length > 0 and all(. == null)' \
		plan.json
	ends 0 show plan.json
	grep -q '(left alone: not named)$' stdout
	ends 1 drift --live live.yaml --base snapshots revert "$mark" 0123456789abcdef
	grep -q 'no drift with the fingerprint "0123456789abcdef"$' stderr
	ends 0 drift --live live.yaml --base snapshots --allow-remove 100% revert "$mark" "$mark"
	[ "$(grep -c '(left alone: not named)$' stdout)" -ge 1 ]
}

@test "without a snapshot there is nothing to compare with: 64" {
	ends 64 drift --live live.yaml
	grep -q 'name one with --base' stderr
	ends 1 drift --live live.yaml --base nowhere
}

@test "recording closes no drift: it stays, with its day and its run, until it went back" {
	cp live.yaml agreed.yaml
	meddle
	ends 0 snapshot --live live.yaml --snapshot snapshots
	WRIT_NOW=2026-06-09T00:00:00Z ends 0 snapshot --live live.yaml --snapshot snapshots
	grep -q 'name: intruder' snapshots/technical-accounts.yaml
	WRIT_NOW=2026-06-09T00:00:00Z ends 2 drift --live live.yaml --base snapshots
	assert_golden drift-open
	ends 2 drift --live live.yaml --base snapshots --format json
	[ "$(grep -c '"since": "2026-06-01T00:00:00Z", "run": "snapshot"' stdout)" -eq \
		"$(grep -c '"fingerprint"' stdout)" ]
	cp agreed.yaml live.yaml
	ends 0 drift --live live.yaml --base snapshots
	ends 0 snapshot --live live.yaml --snapshot snapshots
	[ "$(grep -c 'this drift went back, and is closed' stderr)" -eq \
		"$(grep -c 'went back' stderr)" ]
	grep -q '^writ: technicalAccount/intruder appeared: this drift went back, and is closed$' \
		stderr
	[ ! -e snapshots/open-drift.yaml ]
	ends 0 snapshot --live live.yaml --snapshot snapshots
	run ! grep -q 'went back' stderr
}

@test "an open item is its account's, whatever the console calls that: it has its day, and nothing went back" {
	sed -i 's|\[support-administrator\]|[support-administrator, deployment-administrator]|' \
		live.yaml
	printf -- '---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: intruder}\nspec: {adminRoles: [storage-administrator]}\nstatus: {id: late}\n' >>live.yaml
	ends 0 snapshot --live live.yaml --snapshot snapshots
	sed -i 's/name: template-sync/name: brand-sync/; s/name: intruder/name: guest/' live.yaml
	export WRIT_NOW=2026-06-09T00:00:00Z
	for _ in before after; do
		ends 2 drift --live live.yaml --base snapshots
		grep -q '^    + deployment-administrator .* since 2026-06-01, found by snapshot$' \
			stdout
		grep -q '^    + technical account .* since 2026-06-01, found by snapshot$' stdout
		grep -q '^    + storage-administrator .* since 2026-06-01, found by snapshot$' \
			stdout
		ends 0 snapshot --live live.yaml --snapshot snapshots
		run ! grep -q 'went back' stderr
	done
	sed -i 's/name: brand-sync/name: template-sync/' live.yaml
	ends 0 snapshot --live live.yaml --snapshot snapshots
	[ "$(grep -c 'went back' stderr)" -eq 1 ]
	grep -q '^writ: technicalAccount/template-sync changed: this drift went back, and is closed$' stderr
	ends 2 drift --live live.yaml --base snapshots
	grep -q '^    + deployment-administrator .* since 2026-06-01, found by snapshot$' stdout
}

@test "accounts that changed places in the service are the same drift before and after a recording" {
	for id in one two; do
		name=$([ $id = one ] && echo alpha || echo beta)
		printf -- '---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: %s}\nspec: {products: [{product: Adobe Express, profile: %s}], adminRoles: []}\nstatus: {id: %s}\n' \
			"$name" "$([ $id = one ] && echo Default || echo Templates)" "$id"
	done >>live.yaml
	rm -r snapshots
	ends 0 snapshot --live live.yaml --out snapshots
	sed -i 's/name: alpha/name: swap/; s/name: beta/name: alpha/; s/name: swap/name: beta/' \
		live.yaml
	ends 2 drift --live live.yaml --base snapshots --format json
	jq -c '[.drift[] | [.kind, .address, .fingerprint]]' stdout >first
	[ "$(jq length first)" -eq 2 ]
	# Manifests know no ids: they say neither that it was so, nor that it is.
	mkdir both
	printf 'apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: file}\n' \
		>both/acme.yaml
	for name in alpha beta; do
		printf 'apiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: %s}\nspec: {}\n' \
			"$name" >"both/$name.yaml"
	done
	ends 0 plan --live live.yaml --base snapshots both
	[ "$(grep -c '~ renamed from .*(left alone)$' stdout)" -eq 2 ]
	run ! grep 'renamed from .*say the same' stdout
	# Where nobody is to have the old name, they do.
	rm both/beta.yaml
	ends 0 plan --live live.yaml --base snapshots both
		[ "$(grep -c '~ renamed from beta.*(the manifests say the same by now)$' stdout)" -eq 1 ]
	ends 0 snapshot --live live.yaml --snapshot snapshots
	ends 2 drift --live live.yaml --base snapshots --format json
	jq -c '[.drift[] | [.kind, .address, .fingerprint]]' stdout | diff first -
	ends 0 drift --live live.yaml --base snapshots --out plan.json --allow-remove 100% revert
	[ "$(grep -c 'is another account than at the last snapshot' stdout)" -eq 6 ]
	# What each holds is given back to the name; the names are not, and stay open.
	ends 0 apply --live live.yaml --snapshot snapshots --plan plan.json
	ends 2 drift --live live.yaml --base snapshots
	[ "$(grep -c '~ renamed from' stdout)" -eq 2 ]
}

@test "a revert that was not carried out leaves its drift open" {
	meddle
	ends 0 drift --live live.yaml --base snapshots --out plan.json revert
	ends 4 apply --live live.yaml --snapshot snapshots --plan plan.json
	grep -q withheld stdout
	grep -q 'name: intruder' snapshots/technical-accounts.yaml
	ends 2 drift --live live.yaml --base snapshots
	grep -q 'system-administrator' stdout
	ends 0 drift --live live.yaml --base snapshots --out rest.json --allow-remove 100% revert
	ends 0 apply --live live.yaml --snapshot snapshots --plan rest.json
	ends 0 drift --live live.yaml --base snapshots
	[ ! -e snapshots/open-drift.yaml ]
}

@test "after a wipe the wiped state is recorded and the whole is still agreed" {
	cp live.yaml whole.yaml
	sed -i '/^---$/,$d' live.yaml
	ends 0 snapshot --live live.yaml --snapshot snapshots
	ends 2 drift --live live.yaml --base snapshots
	ends 0 restore --live live.yaml --from snapshots --out plan.json
	ends 0 apply --live live.yaml --snapshot snapshots --plan plan.json
	ends 0 drift --live live.yaml --base snapshots
	[ ! -e snapshots/open-drift.yaml ]
}

@test "what manifests say is closed by their apply, and not by that of one account" {
	sed -i 's|\[support-administrator\]|[support-administrator, deployment-administrator]|' \
		live.yaml
	ends 0 import --live live.yaml --out manifests
	ends 0 apply --live live.yaml --snapshot snapshots --auto-approve \
		--target template-sync manifests
	ends 2 drift --live live.yaml --base snapshots
	ends 0 apply --live live.yaml --snapshot snapshots --auto-approve manifests
	ends 0 drift --live live.yaml --base snapshots
}

# recorded_twice: the snapshots are committed in the repository "one", and "two" is a clone of it.
recorded_twice() {
	git_setup
	git init -q one
	cp -R snapshots one/org
	git -C one add .
	git -C one commit -q -m first
	git clone -q one two
}

@test "of two clones that recorded at once either side's files keep the other's drift" {
	recorded_twice
	cp live.yaml first.yaml
	document AdminRole rogue \
		'role: deployment-administrator, members: [{user: omar@example.com}]' >>live.yaml
	ends 0 snapshot --live live.yaml --snapshot one/org --commit
	meddle
	ends 0 snapshot --live live.yaml --snapshot two/org --commit
	git -C two fetch -q ../one
	git -C two merge -q -s ours -m merged FETCH_HEAD
	ends 2 drift --live live.yaml --base two/org
	grep -q deployment-administrator stdout
	grep -q intruder stdout
	git -C two checkout -q FETCH_HEAD -- org
	ends 2 drift --live live.yaml --base two/org
	grep -q deployment-administrator stdout
	grep -q intruder stdout
	ends 0 snapshot --live live.yaml --snapshot two/org
	ends 2 drift --live live.yaml --base two/org
	grep -q intruder stdout
}

@test "what a saved plan's manifests claimed or wanted of users stays open, the rest is told once" {
	printf '%s\n' --- 'apiVersion: writ/v1' 'kind: ProductAssignment' \
		'metadata: {name: templates}' \
		'spec: {product: Adobe Express, profile: Templates,' \
		'  members: [{user: omar@example.com}, {user: jane@example.com}]}' \
		--- 'apiVersion: writ/v1' 'kind: ProductAssignment' 'metadata: {name: storage}' \
		'spec: {product: Creative Cloud Enterprise, profile: Storage,' \
		'  members: [{user: jane@example.com}, {user: omar@example.com}]}' >>live.yaml
	acme wanted.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: templates}
		spec: {product: Adobe Express, profile: Templates,
		  members: [{user: omar@example.com}]}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: storage}
		spec: {product: Creative Cloud Enterprise, profile: Storage, unlisted: keep,
		  members: [{user: jane@example.com}]}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: newcomer}
		spec: {}
	END
	ends 0 snapshot --live live.yaml --snapshot snapshots
	ends 0 plan --live live.yaml --base snapshots --out plan.json wanted.yaml
	ends 0 apply --live live.yaml --snapshot snapshots --plan plan.json
	sed -n '/^    managed:/,/^    digests:/p' snapshots/organization.yaml >managed
	printf '%s\n' '    managed:' '      - "product/Adobe%20Express/Templates"' \
		'      - "grant/user/jane%40example.com/product/Creative%20Cloud%20Enterprise/Storage"' \
		'    digests:' | diff - managed
	sed -i '/^kind: ProductAssignment$/,$ { /^    - {\?user: /d
		s/^  members:$/  members: []/ }' live.yaml
	ends 0 snapshot --live live.yaml --snapshot snapshots
	storage=grant/user/omar%40example.com/product/Creative%20Cloud%20Enterprise/Storage
	grep -q "^writ: $storage gone: nobody manages it; this is told once$" stderr
	ends 2 drift --live live.yaml --base snapshots
	[ "$(grep -c 'Express / Templates' stdout)" -eq 2 ]
	[ "$(grep -c 'Enterprise / Storage' stdout)" -eq 1 ]
	ends 0 snapshot --live live.yaml --snapshot snapshots
	run ! grep -q 'nobody manages' stderr
}

# two_clones: one made an account, the other decided on a role that somebody gave, at once.
two_clones() {
	recorded_twice
	document AdminRole rogue \
		'role: deployment-administrator, members: [{user: omar@example.com}]' >>live.yaml
	document AdminRole other \
		'role: support-administrator, members: [{user: omar@example.com}]' >>live.yaml
	organization >m.yaml
	"$WRIT" drift --live live.yaml --base two/org --format json >found || true
	mark=$(jq -r '.drift[] | select(.address | endswith("deployment-administrator")) |
		.fingerprint' found)
	# No manifest is written: the document that would be is taken away again.
	ends 0 snapshot --live live.yaml --snapshot two/org --commit
	cp m.yaml kept.yaml
	ends 0 drift --live live.yaml --base two/org --snapshot two/org accept "$mark" m.yaml
	ends 0 apply --live live.yaml --snapshot two/org --commit --auto-approve m.yaml
	document TechnicalAccount newcomer 'adminRoles: [storage-administrator]' >>kept.yaml
	ends 0 apply --live live.yaml --snapshot one/org --commit --auto-approve kept.yaml
	git -C two fetch -q ../one
}

# only_other: what is open is what neither clone decided on.
only_other() {
	ends 2 drift --live live.yaml --base two/org
	[ "$(grep -c 'found by' stdout)" -eq 1 ] || { cat stdout; return 1; }
	grep -q '+ support-administrator' stdout
}

@test "of two recordings what either made or decided is agreed, and what neither did stays open" {
	two_clones
	git -C two merge -q -s ours -m merged FETCH_HEAD
	only_other
	git -C two checkout -q FETCH_HEAD -- org
	git -C two commit -q --amend -m 'merged, with the files of the other'
	only_other
	ends 0 snapshot --live live.yaml --snapshot two/org --commit
	run ! grep -q 'went back' stderr
	[ "$(grep -c 'another recording, which a merge brought, has it as agreed$' stderr)" -eq 1 ]
	only_other
	git clone -q two three
	mv two two.old
	mv three two
	only_other
	# What both found is told once when it goes back.
	sed -zi 's/---\n[^\n]*\nkind: AdminRole\nmetadata:\n  name: support-administrator.*//' \
		live.yaml
	git -C two.old reset -q --hard HEAD^
	ends 0 snapshot --live live.yaml --snapshot two.old/org --commit
	[ "$(grep -c 'this drift went back, and is closed$' stderr)" -eq 1 ]
}

@test "behind a merge of two recordings a plan and a restore start from what both agreed" {
	two_clones
	git -C two merge -q -s ours -m merged FETCH_HEAD
	git -C two commit -q --allow-empty -m 'something else'
	cp live.yaml whole.yaml
	sed -i '/^---$/,$d' live.yaml
	ends 0 restore --live live.yaml --snapshot two/org --out plan.json
	grep -q newcomer stdout
	grep -q deployment-administrator stdout
	run ! grep -q '^    + support-administrator.*two/org/admin-roles' stdout
	ends 0 apply --live live.yaml --snapshot two/org --commit --plan plan.json
	ends 0 drift --live live.yaml --base two/org
}

@test "an account that was made anew and has nothing but lists is recorded so that it can be read" {
	acme live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: alpha}
		spec: {adminRoles: [support-administrator], products: []}
		status: {id: one}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: beta}
		status: {id: three}
		spec: {adminRoles: [], products: [], apis: []}
	END
	ends 0 snapshot --live live.yaml --out taken
	sed -i 's/id: one/id: two/; s/id: three/id: four/' live.yaml
	ends 0 snapshot --live live.yaml --out taken
	ends 2 drift --live live.yaml --base taken
	[ "$(grep -c 'made anew under its old name' stdout)" -eq 2 ]
	# Manifests have no ids to say the same by.
	sed '/^status:/d' live.yaml >wanted.yaml
	ends 0 plan --live live.yaml --base taken wanted.yaml
	[ "$(grep -c 'made anew under its old name .*  (the manifests mean whoever has this name)$' stdout)" -eq 2 ]
	ends 0 validate taken
	ends 0 snapshot --live live.yaml --out taken
	ends 2 drift --live live.yaml --base taken
}

@test "names that a run gave to accounts are no drift, with and without an id" {
	git_setup
	git init -q records
	holder() { # NAME OWNER APIS
		document TechnicalAccount "$1" "owner: $2, apis: [$3], products: []"
	}
	for ids in with without; do
		{
			organization
			holder alpha a@example.com 'A, B'
			[ $ids = without ] || echo 'status: {id: one}'
			holder beta b@example.com C
			[ $ids = without ] || echo 'status: {id: two}'
		} >live.yaml
		ends 0 snapshot --live live.yaml --snapshot records/$ids --commit
		{
			organization
			holder 'beta, previously: [alpha]' o@example.com 'A, B'
			holder 'gamma, previously: [beta]' b@example.com 'C, D'
		} >manifest.yaml
		# Killed when the names are recorded already, it is recorded once more.
		WRIT_FAILPOINT=apply-before-end:1 "$WRIT_FAILPOINT_BIN" apply --live live.yaml \
			--auto-approve \
			--snapshot records/$ids --commit manifest.yaml >stdout 2>stderr ||
			[ $? -eq 137 ]
		ends 0 apply --resume --live live.yaml --snapshot records/$ids --commit
		[ ! -e records/$ids/open-drift.yaml ]
		ends 0 drift --live live.yaml --snapshot records/$ids
		sed -i '/- D$/d' live.yaml
		ends 2 drift --live live.yaml --snapshot records/$ids
		grep -q '^Drift: 1 since' stdout
		grep -A 1 '^  gamma$' stdout | grep -q -- '- API D '
	done
}

@test "a name that looks like another one is told where somebody gave it something" {
	users() {
		organization
		printf 'status: {groups: [Designers, "Design\\u0435rs", Ops], users: []}\n'
		document AdminRole s "role: system-administrator, members: [$1]"
	}
	users '{group: Ops}' >live.yaml
	acme wanted.yaml </dev/null
	ends 0 snapshot --live live.yaml --out plain
	users '{group: Ops}, {group: "Design\u0435rs"}' >live.yaml
	looks='".*" looks like "Designers", which is another, and has letters of mixed scripts, '
	ends 2 drift --live live.yaml --base plain
	grep -A 1 '^    + system-administrator' stdout | grep -q "^      $looks"
	ends 2 drift --live live.yaml --base plain --format json
	[[ $(jq -r '.drift[0].look_alike' stdout) == *'looks like "Designers"'* ]]
	ends 2 drift --live live.yaml --base plain --format markdown
	grep -q "$looks" stdout
	ends 0 plan --live live.yaml --base plain --out plan.json wanted.yaml
	grep -A 1 '^    + system-administrator' stdout | grep -q "^      $looks"
	grep -A 1 '^  group Design.* system-administrator$' stdout | grep -q "^    $looks"
	[ "$(grep -c 'looks like' stdout)" -eq 2 ]
	[ "$(jq -c '[.drift[], .unlisted[] | has("look_alike")]' plan.json)" = '[true,true,false]' ]
	ends 0 show plan.json
	[ "$(grep -c 'looks like' stdout)" -eq 2 ]
	ends 0 drift --live live.yaml --base plain accept wanted.yaml
	grep -A 1 ': written$' stdout | grep -q "^      $looks"
}

@test "a plan does not claim to take back who an account is" {
	of() {
		organization
		document TechnicalAccount robot "description: $2" |
			sed "s/^metadata: .*/&\nstatus: {id: $1}/"
	}
	of one old >live.yaml
	ends 0 snapshot --live live.yaml --out remade
	of two new >live.yaml
	ends 0 drift --live live.yaml --base remade revert
	grep '^    ~ description, made anew under its old name ' stdout |
		grep -q '(this plan takes back the rest of it; the account stays another one)$'
}

@test "a plan does not claim to take away a value where there was none" {
	of() {
		organization
		document TechnicalAccount robot "$1" | sed 's/^metadata: .*/&\nstatus: {id: one}/'
	}
	of 'description: old' >live.yaml
	ends 0 snapshot --live live.yaml --out before
	of 'description: old, owner: eve@example.com, project: Loot' >live.yaml
	ends 2 drift --live live.yaml --base before
	grep -A 2 '^    ~ owner, project  ' stdout | tail -2 >told
	printf '%s\n' '      owner: nothing → "eve@example.com"' \
		'      project: nothing → "Loot"' | cmp - told
	ends 2 drift --live live.yaml --base before --format markdown
	grep -qF 'project nothing → "Loot", owner nothing → "eve@example.com"' stdout
	ends 0 drift --live live.yaml --base before revert
	grep -q '(left alone: no manifest can say that it has no owner, project)$' stdout
	of 'description: new, owner: eve@example.com' >live.yaml
	ends 0 drift --live live.yaml --base before revert --out plan.json
	cp stdout planned
	ends 0 show plan.json
	for told in stdout planned; do
		grep -q '(this plan takes back the rest of it; no manifest can say that it has no owner)$' $told
	done
}
