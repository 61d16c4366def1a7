#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
}

@test "init writes an organisation that validates, and says what is next" {
	run_writ init fresh
	[ "$status" -eq 0 ]
	assert_golden init
	ends 0 validate --strict fresh
}

@test "init without DIR uses the current folder" {
	mkdir here
	cd here
	ends 0 init
	rm stdout stderr
	ends 0 validate .
}

@test "init touches nothing that is there: 1" {
	ends 0 init fresh
	find fresh -type f -exec sha256sum {} + | sort >before
	ends 1 init fresh
	assert_golden init-again
	find fresh -type f -exec sha256sum {} + | sort | cmp - before
}

@test "init takes one DIR and no options: 64" {
	ends 64 init --force
	touch file
	run_writ init file/below
	[ "$status" -eq 1 ]
}
