#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	quickstart
}

# bomb ENTRIES ACCOUNTS: a bundle with so many entries, and accounts that have it.
bomb() {
	organization
	document AccessBundle b "apis: [$(seq -s, "$1")]"
	seq "$2" | numbered TechnicalAccount 'a&' 'bundles: [b], owner: x'
}

# listed COMMAND...: a list of bundles, its first 150,000 lines.
listed() {
	printf '  {bundles: [%s], owner: x}\n' "$("$@" 150000 | head -n 150000 | paste -sd,)"
}

# Validates FILE with at most 96 MiB of data, libraries and stacks of threads included.
validates_small() {
	status=0
	(ulimit -d 98304 && exec "$WRIT" validate "$1") >stdout 2>stderr </dev/null || status=$?
	[ "$status" -eq "$2" ] || { echo "$1: $status"; head -5 stderr; return 1; }
}

@test "a small file that means much takes little memory" {
	skip_sanitized
	bomb 1000 1000 >nearly.yaml
	validates_small nearly.yaml 0
	{ bomb 15000 1 | sed 's|{bundles: .b., owner: x}||'; listed yes; } >names.yaml
	validates_small names.yaml 1
	grep -q 'bundle "150000" stands twice in the list' stderr
	{ bomb 1 1 | sed 's|{bundles: .b., owner: x}||'; listed seq -f x%.0f; } >unknown.yaml
	validates_small unknown.yaml 1
	grep -q '^and 140000 more$' stderr
	[ "$(wc -l <stderr)" -eq 10001 ]
}

@test "valid manifests: 0" {
	ends 0 validate manifests
	assert_golden validate-good
	ends 0 validate manifests/organization.yaml manifests/accounts manifests
	ends 0 validate --format json manifests
}

@test "a label has a name" {
	printf '%s\n' 'apiVersion: writ/v1' 'kind: Organization' \
		'metadata: {name: acme, labels: {~: a, null: b, "": c, x: d}}' \
		'spec: {provider: file}' >label.yaml
	ends 1 validate label.yaml
	[ "$(grep -c 'error: a label has no name; expected a name such as team' stderr)" -eq 3 ]
	sed -i 's/~: a, null: b, "": c/"~": a, "null": b/' label.yaml
	ends 0 validate label.yaml
}

@test "every diagnostic of E02xx to E05xx has a bad manifest, and says just that" {
	cp -R "$WRIT_ROOT/tests/data/bad" bad
	bomb 1000 1001 >bad/E0515-too-many.yaml
	seq 1001 | numbered Organization 'o&' 'provider: file' \
		>bad/E0519-too-many-organisations.yaml
	: >all
	for file in $(cd bad && echo *); do
		status=0
		(cd bad && "$WRIT" validate "$file") >stdout 2>stderr || status=$?
		mistaken "$file" "$file"
	done
	if [ "${GOLDEN:-}" = 1 ]; then cp all "$WRIT_ROOT/tests/cli/golden/validate-bad"; fi
	diff -u "$WRIT_ROOT/tests/cli/golden/validate-bad" all
	# shellcheck disable=SC2013 # ids are words
	for id in $(grep -oE '^	\{"E0[2-5][0-9]{2}"' "$WRIT_ROOT/core/language/diagnostics.c" |
		grep -oE 'E[0-9]+'); do
		[ "$id" != E0520 ] || continue # of live files alone: diagnostics.bats
		ls bad/"$id"-* >/dev/null || { echo "no manifest for $id"; return 1; }
	done
}

@test "findings as JSON" {
	cp "$WRIT_ROOT/tests/data/bad/E0401-unknown-key.yaml" bad.yaml
	run_writ validate --format json bad.yaml
	[ "$status" -eq 1 ]
	jq -e . stdout >/dev/null
	assert_golden validate-json
}

@test "every diagnostic can be explained" {
	# shellcheck disable=SC2013 # ids are words
	for id in $(grep -oE '^	\{"[EW][0-9]{4}"' "$WRIT_ROOT/core/language/diagnostics.c" |
		grep -oE '[EW][0-9]+'); do
		ends 0 validate --explain "$id"
		# A title, then why, an example and what to do: each a paragraph, sentences but for
		# the example.
		[ "$(grep -c '^$' stdout)" -eq 4 ]
		[[ $(sed -n 3p stdout) == ?*. && $(sed -n 5p stdout) == 'For example:' ]]
		[[ $(sed -n 7p stdout) == '    '* && $(sed -n 9p stdout) == 'What to do: '[A-Z]*. ]]
		grep -q "$id" stdout
	done
	run_writ validate --explain E9999
	assert_golden validate-explain-unknown
	ends 64 validate --explain 0405
	grep -q '^writ: error: there is no diagnostic "0405"; did you mean "E0405"?$' stderr
	[ "$status" -ne 0 ]
}

@test "warnings leave the status alone, unless --strict" {
	sed -i /owner/d manifests/accounts/report-reader.yaml
	ends 0 validate manifests
	grep -q W0705 stderr
	ends 1 validate --strict manifests
	grep -qx 'The manifests are valid; 1 warning, which --strict refuses.' stdout
}

@test "--org names the organisation that is due" {
	ends 0 validate --org acme manifests
	ends 1 validate --org other manifests
}

@test "links, devices and missing paths: 1" {
	ln -s /etc/passwd manifests/link.yaml
	ends 1 validate manifests
	grep -q E0102 stderr
	rm manifests/link.yaml
	mkfifo manifests/fifo.yaml
	ends 1 validate manifests
	grep -q E0102 stderr
	rm manifests/fifo.yaml
	ln -s manifests linked
	ends 0 validate linked
	ends 1 validate nowhere
	mkdir empty
	ends 1 validate empty
}

@test "standard input is a manifest too" {
	cat manifests/organization.yaml >one.yaml
	"$WRIT" validate - <one.yaml
	status=0
	echo 'kind: [' | "$WRIT" validate - 2>stderr || status=$?
	[ "$status" -eq 1 ]
	grep -q '^-:[0-9]*:[0-9]*: error' stderr
}

@test "a set without an Organization is told at its first file" {
	mkdir -p set/b set/a
	printf 'apiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: one}\nspec: {}\n' \
		>set/b/one.yaml
	sed s/one/two/ set/b/one.yaml >set/b/two.yaml
	document ProductAssignment view 'product: Stock, profile: Read, members: [one]' \
		>set/b/a-view.yaml
	printf '# nothing yet\n' >set/a/empty.yaml
	ends 1 validate set
	grep -q '^set/b/a-view.yaml:1:1: error: the set has no Organization' stderr
	ends 1 validate set/a
	grep -q '^set/a:1:1: error: there are no manifests; .*writ init' stderr
}

@test "a colon without quotes and a wrong indentation are told with what to do" {
	printf 'apiVersion: writ/v1\nkind: TechnicalAccount\nspec:\n  description: moves: files\n' \
		>colon.yaml
	ends 1 validate colon.yaml
	grep -qF 'colon.yaml:4:21: error: a colon and a blank stand in a value; put the value in double quotes (YAML: mapping values are not allowed in this context) [E0301]' stderr
	printf '%s\n' 'apiVersion: writ/v1' 'kind: TechnicalAccount' 'spec:' \
		'  description: moves' ' owner: me' >indent.yaml
	ends 1 validate indent.yaml
	grep -qF 'indent.yaml:5:2: error: something else stands where a key is due; all keys' stderr
	grep -qF '(YAML: did not find expected key; while parsing a block mapping) [E0301]' stderr
}

@test "explain without an id lists all" {
	ends 0 validate --explain
	grep -qx 'E0301  YAML syntax' stdout
	[ "$(cut -c 1-5 stdout | sort -u | wc -l)" -eq \
		"$(grep -cE '^	\{"[EW][0-9]{4}"' "$WRIT_ROOT/core/language/diagnostics.c")" ]
	ends 1 plan --live nothing.yaml manifests
	grep -q nothing.yaml stderr
}

@test "every error of a document is told in one run" {
	acme many.yaml <<-'YAML'
		---
		apiVersion: writ/v2
		kind: TechnicalAccount
		metadata: {name: asset}
		spec: {protect: "yes", bundles: [nosuch], products: [{product: P, expires: soon}]}
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: support}
		spec:
		  role: support-administrator
		  product: P
		  members: [{account: gone, expires: never}, {account: lost, group: G},
		    {user: jane}]
	YAML
	run_writ validate many.yaml
	assert_golden validate-many
	printf -- '---\napiVersion: writ/v3\nkind: Adminrole\nmetadata: {name: Support}\n' \
		>kind.yaml
	run_writ validate kind.yaml
	assert_golden validate-kind
	# A kind that must be meant, anchors, aliases and keys said twice hide nothing either.
	acme meant.yaml <<-'YAML'
		---
		apiVersion: writ/v1
		kind: technicalAccount
		metadata: {name: asset}
		spec: {owner: media, owner: [x], colour: red, bundles: [nosuch], bundles: 7}
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: support}
		spec:
		  role: support-administrator
		  members: &who [asset, gone, {user: *one}, {user: jane, type: *t}, *two]
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: design, labels: {a: *b, *c : d}, *e : f}
		spec: {product: !p P, profile: *q, members: *who, unlisted: never}
		---
		*whole
	YAML
	run_writ validate meant.yaml
	assert_golden validate-meant
	# Who has no name that can be used is nobody that a reference of another kind means.
	acme nameless.yaml <<-'YAML'
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: Support_Administrators}
		spec: {role: support-administrator, members: []}
		---
		apiVersion: writ/v1
		kind: AccessBundle
		metadata: {}
		spec: {}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: design}
		spec: {product: P, profile: Q, members: [gone]}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset}
		spec: {bundles: [nosuch]}
	YAML
	run_writ validate nameless.yaml
	assert_golden validate-nameless
	# What cannot be read at all may be what a reference means.
	printf -- '---\n\tkind: TechnicalAccount\n' >>many.yaml
	run_writ validate many.yaml
	[ "$status" -eq 1 ]
	[ "$(grep -c 'E050[23]' stderr)" -eq 0 ]
}

@test "a grant that is said twice is told with both places" {
	acme twice.yaml <<-'YAML'
		---
		apiVersion: writ/v1
		kind: AccessBundle
		metadata: {name: one}
		spec: {products: [{product: P, profile: Q}, {product: P, profile: R}], apis: [Api]}
		---
		apiVersion: writ/v1
		kind: AccessBundle
		metadata: {name: two}
		spec: {products: [{product: P, profile: Q}, {product: P, profile: R},
		  {product: O, profile: R, expires: 2026-05-01}]}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset}
		spec: {owner: x, bundles: [one, two], apis: [Api],
		  products: [{product: O, profile: R}]}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: q}
		spec: {product: P, profile: Q, members: [asset, {user: jane@example.com}]}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: again}
		spec: {product: P, profile: Q,
		  members: [{user: jane@example.com}, {user: jane@example.com, type: adobeID}]}
	YAML
	ends 0 validate twice.yaml
	assert_golden validate-twice
}

@test "a name that is only too long is told by how much" {
	organization >m.yaml
	document TechnicalAccount "$(printf 'a%.0s' {1..64})" 'owner: x' >>m.yaml
	ends 1 validate m.yaml
	grep -q 'error: bad name "a*..."; expected at most 63 characters; it has 64 \[E0405\]$' stderr
	sed -i 's/aaa/aA/' m.yaml
	ends 1 validate m.yaml
	grep -q '; expected a-z, 0-9 and "-" inside, at most 63, such as ' stderr
	organization >m.yaml
	document TechnicalAccount "$(printf 'a%.0s' {1..63})" 'owner: x' >>m.yaml
	ends 0 validate m.yaml
}
