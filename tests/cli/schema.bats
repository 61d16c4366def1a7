#!/usr/bin/env bats

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
