#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
}

# type_next STATUS...: types each command that init printed; it ends with the STATUS that stands for
# it.
type_next() {
	local line words
	sed -n 's/^    writ //p' stdout >next
	[ "$(wc -l <next)" -eq $# ]
	while IFS= read -r line; do
		eval "words=($line)"
		ends "$1" "${words[@]}"
		shift
	done <next
}

@test "init writes an organisation that validates and plans, and says what is next" {
	run_writ init fresh
	[ "$status" -eq 0 ]
	assert_golden init
	ends 0 validate --strict fresh/manifests
	ends 0 fmt --check fresh/manifests
	ends 0 init other
	type_next 0 0 64
	ends 0 plan --live other/.writ/live.yaml other/manifests
	grep -q '^Plan: 2 to add' stdout
	ends 0 apply --auto-approve --live other/.writ/live.yaml other/manifests
	ends 0 plan --detailed-exitcode --live other/.writ/live.yaml other/manifests
}

@test "the manifest of the README is one more account of what init writes" {
	ends 0 init acme
	sed -n '/^A manifest says what/,/^`writ edit/s/^    //p' "$WRIT_ROOT/README.md" \
		>acme/manifests/accounts/asset-archiver.yaml
	[ "$(wc -l <acme/manifests/accounts/asset-archiver.yaml)" -eq 10 ]
	WRIT_NOW=2026-06-01T00:00:00Z ends 0 validate --strict acme/manifests
	ends 0 fmt --check acme/manifests
	WRIT_NOW=2026-06-01T00:00:00Z ends 0 plan --live acme/.writ/live.yaml acme/manifests
	grep -q '^Plan: 5 to add, 0 to change, 0 to remove\.$' stdout
	sed -n 3p stdout | grep -q 'storage-administrator → asset-archiver .*/asset-archiver.yaml:8$'
}

@test "init without DIR uses the current folder, in which what is next can be typed" {
	mkdir here
	cd here
	ends 0 init
	grep -q '^    writ plan --live .writ/live.yaml manifests$' stdout
	type_next 0 0 64
	# What editors read, the live file and other tools' files are no manifests.
	ends 0 validate --strict
	echo '{"private": true}' >package.json
	echo 'site_name: x' >mkdocs.yml
	mkdir -p node_modules/foo
	echo '{}' >node_modules/foo/package.json
	git init -q
	echo node_modules >.gitignore
	ends 0 validate
	ends 0 init "a folder/"
	type_next 0 0 64
}

@test "init calls the organisation as its folder is called" {
	local row name
	ends 0 init here/acme
	for row in acme Acme_Media.2/ ./---/ ../elsewhere/x..y \
		"$(printf 'n%.0s' {1..80})" 日本; do
		ends 0 init --adobe "$row"
		name=$(sed -n 's/^metadata: {name: \(.*\)}$/\1/p' \
			"$row/manifests/organization.yaml")
		grep -qxF "  - name: $name # as the manifests call it" "$row/.writ/config.yaml"
		grep -qF "file: secrets/$name #" "$row/.writ/config.yaml"
		grep -qF -- "--org $name --out" stdout
		ends 0 validate --strict "$row/manifests"
		echo "$name" >>names
	done
	printf '%s\n' acme acme-media-2 my-organisation x-y "$(printf 'n%.0s' {1..63})" \
		my-organisation | diff - names
	[ "$(grep -rh 'name: acme' here/acme | wc -l)" -eq 2 ]
	ends 0 plan --live here/acme/.writ/live.yaml here/acme/manifests
	mkdir unnamed
	cd unnamed
	ends 0 init
	grep -q 'name: my-organisation}' manifests/organization.yaml
}

@test "init --adobe writes a configuration to fill in" {
	run_writ init --adobe fresh
	[ "$status" -eq 0 ]
	assert_golden init-adobe
	chmod 644 fresh/.writ/config.yaml
	ends 0 fmt --check fresh/manifests
	[ ! -e fresh/.writ/live.yaml ]
}

@test "what is not filled in of init --adobe is named, one after the other" {
	local config=fresh/.writ/config.yaml all
	ends 0 init --adobe fresh
	all="--config $config fresh/manifests"
	# shellcheck disable=SC2086 # words
	validate() { ends "$1" validate --strict $all; }
	plan() {
		# shellcheck disable=SC2086 # words
		ends 1 plan $all
		grep -qF "$1" stderr
	}
	ends 0 validate fresh/manifests
	validate 1
	grep -qF "$config:10:12: error: orgId is not filled in; write" stderr
	grep -qF "$config:12:17: error: clientId is not filled in; write" stderr
	plan "$config:10:12: error: orgId is not filled in"
	ends 0 validate --explain E0809
	sed -i 's/0\{24\}@/0123456789ABCDEF01234567@/; s/"0\{32\}"/abc/' "$config"
	plan 'has orgId "0123456789ABCDEF01234567@AdobeOrg" here, and "000000000000000000000000@'
	sed -i 's/0\{24\}@/0123456789ABCDEF01234567@/' fresh/manifests/organization.yaml
	validate 0
	plan 'secrets/fresh: error: '
	plan 'the file is not there; write the secret into it, with mode 0600'
	mkdir fresh/.writ/secrets
	echo secret >fresh/.writ/secrets/fresh
	chmod 644 fresh/.writ/secrets/fresh
	plan 'must have mode 0600'
}

@test "editors find the schema that a manifest names" {
	ends 0 init fresh
	ends 0 init --adobe adobe
	find fresh/manifests adobe/manifests adobe/.writ/config.yaml -name '*.yaml' >files
	[ "$(wc -l <files)" -eq 5 ]
	while IFS= read -r file; do
		schema=$(sed -n '1s/^# yaml-language-server: [$]schema=//p' "$file")
		kind=$(sed -n 's/^kind: //p' "$file")
		[ "$(basename "$schema")" = "$kind.schema.json" ]
		"$WRIT" schema "$kind" | cmp - "$(dirname "$file")/$schema"
	done <files
}

@test "init touches nothing that is there: 1" {
	ends 0 init fresh
	find fresh -type f -exec sha256sum {} + | sort >before
	ends 1 init fresh
	assert_golden init-again
	find fresh -type f -exec sha256sum {} + | sort | cmp - before
	mkdir some
	mkdir some/.writ
	touch some/.writ/live.yaml
	ends 1 init some
	[ "$(find some | wc -l)" -eq 3 ]
}

@test "init takes one DIR and no options: 64" {
	ends 64 init --force
	touch file
	run_writ init file/below
	[ "$status" -eq 1 ]
}
