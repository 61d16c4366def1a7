#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	quickstart
}

@test "import writes a folder that plans to nothing" {
	run_writ import --live live.yaml --out imported
	assert_golden import
	ends 0 validate imported
	ends 0 plan --live live.yaml --detailed-exitcode --format json imported
	jq -e '(.changes | length) == 0 and (.unlisted | length) == 0' stdout
	cat imported/* >stdout
	assert_golden import-files
	ends 0 import --live imported --out again
	diff -r imported again
}

@test "import into a folder that holds something: 1, untouched" {
	mkdir full
	echo mine >full/.hidden
	ends 1 import --live live.yaml --out full
	[ "$(ls -A full)" = .hidden ]
	mkdir empty
	ends 0 import --live live.yaml --out empty
}

@test "import of another organisation, of nothing, and with a PATH" {
	ends 1 import --live live.yaml --org other --out imported
	[ ! -e imported ]
	ends 1 import --live nothing --out imported
	ends 64 import --live live.yaml --out imported manifests
}
