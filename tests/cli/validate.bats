#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	quickstart
}

@test "valid manifests: 0" {
	ends 0 validate manifests
	assert_golden validate-good
	ends 0 validate manifests/organization.yaml manifests/accounts manifests
	ends 0 validate --format json manifests
}

@test "every diagnostic of E02xx to E05xx has a bad manifest, and says just that" {
	cp -R "$WRIT_ROOT/tests/data/bad" bad
	: >all
	for file in $(cd bad && echo *); do
		id=${file%%-*}
		status=0
		(cd bad && "$WRIT" validate "$file") >stdout 2>stderr || status=$?
		{
			echo "## $file"
			outcome
		} >>all
		[ "$status" -eq 1 ] || { echo "$file: $status"; return 1; }
		[ "$(grep -oE '\[[EW][0-9]{4}\]' stderr | sort -u)" = "[$id]" ] || { echo "$file:"; cat stderr; return 1; }
		grep -qE "^$file:[0-9]+:[0-9]+: error: " stderr
	done
	if [ "${GOLDEN:-}" = 1 ]; then cp all "$WRIT_ROOT/tests/cli/golden/validate-bad"; fi
	diff -u "$WRIT_ROOT/tests/cli/golden/validate-bad" all
	# shellcheck disable=SC2013 # ids are words
	for id in $(grep -oE '^	\{"E0[2-5][0-9]{2}"' "$WRIT_ROOT/core/language/diagnostics.c" | grep -oE 'E[0-9]+'); do
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
	for id in $(grep -oE '^	\{"[EW][0-9]{4}"' "$WRIT_ROOT/core/language/diagnostics.c" | grep -oE '[EW][0-9]+'); do
		ends 0 validate --explain "$id"
		grep -q "$id" stdout
	done
	run_writ validate --explain E9999
	assert_golden validate-explain-unknown
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
	printf 'apiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: one}\nspec: {}\n' >set/b/one.yaml
	sed s/one/two/ set/b/one.yaml >set/b/two.yaml
	printf 'apiVersion: writ/v1\nkind: ProductAssignment\nmetadata: {name: view}\nspec: {product: Stock, profile: Read, members: [one]}\n' >set/b/a-view.yaml
	printf '# nothing yet\n' >set/a/empty.yaml
	ends 1 validate set
	grep -q '^set/b/a-view.yaml:1:1: error: the set has no Organization' stderr
	ends 1 validate set/a
	grep -q '^set/a:1:1: error: the set has no Organization' stderr
}

@test "every error of a document is told in one run" {
	cat >many.yaml <<-'YAML'
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec: {provider: file}
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
		  members: [{account: gone, expires: never}, {account: lost, group: G}, {user: jane}]
	YAML
	run_writ validate many.yaml
	assert_golden validate-many
	printf -- '---\napiVersion: writ/v3\nkind: Adminrole\nmetadata: {name: Support}\n' >kind.yaml
	run_writ validate kind.yaml
	assert_golden validate-kind
	# What cannot be read at all may be what a reference means.
	printf -- '---\n\tkind: TechnicalAccount\n' >>many.yaml
	run_writ validate many.yaml
	[ "$status" -eq 1 ]
	[ "$(grep -c 'E050[23]' stderr)" -eq 0 ]
}
