#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
}

@test "version, --version" {
	ends 0 version
	grep -qxE 'writ [0-9]+\.[0-9]+\.[0-9]+[-.a-z0-9]*' stdout
	[ ! -s stderr ]
	cp stdout first
	ends 0 --version
	cmp stdout first
	ends 64 version --format json
}
