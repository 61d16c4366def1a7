#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
}

@test "schema --list names the kinds" {
	run_writ schema --list
	assert_golden schema-list
}

@test "every schema is JSON and names its kind" {
	for kind in $("$WRIT" schema --list); do
		ends 0 schema "$kind"
		[ "$(jq -r .title stdout)" = "$kind" ]
		[ "$(jq -r '."$schema"' stdout)" = https://json-schema.org/draft/2020-12/schema ]
	done
}

@test "the schemas that are kept are those that the tables print" {
	for kind in $("$WRIT" schema --list); do
		"$WRIT" schema "$kind" | diff -u "$WRIT_ROOT/schemas/$kind.schema.json" -
	done
}

@test "no kind, two kinds, an unknown kind: 64" {
	ends 64 schema
	ends 64 schema Organization AdminRole
	run_writ schema Organisation
	assert_golden schema-unknown
	[ "$status" -eq 64 ]
}

@test "writ-config(5) and writ-manifest(5) have the fields of the tables, as they are" {
	pages=$(dirname "$WRIT")/man
	for row in Organization:manifest AccessBundle:manifest TechnicalAccount:manifest \
		AdminRole:manifest ProductAssignment:manifest OpenDrift:manifest \
		Configuration:config; do
		page=$pages/writ-${row#*:}.5
		ends 0 schema --manual "${row%:*}"
		[ "$(grep -c '^[*]' stdout)" -ge 8 ]
		[[ $(cat "$page.scd") == *"$(cat stdout)"* ]]
		[ "$(grep -c '^@' "$page.scd")" -eq 0 ]
		sed 's/\\&//g' "$page" >formatted
		# shellcheck disable=SC2013 # fields are words
		for field in $(sed -n 's/^[*]\(.*\)[*] (.*/\1/p' stdout); do
			grep -qF "\\fB$field\\fR" formatted ||
				{ echo "$page lacks $field"; return 1; }
		done
	done
}

@test "writ-manifest(5) has every role" {
	for role in $("$WRIT" schema AdminRole |
		jq -r '.properties.spec.properties.role.enum[]'); do
		grep -qx "|  $role" "$WRIT_ROOT/cmd/man/writ-manifest.5.scd"
	done
}

@test "no list of fields: 64" {
	for kind in plan events; do
		ends 64 schema --manual "$kind"
	done
}
