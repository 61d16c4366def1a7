#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What writ says of the past is true: seeded lives that are recorded, PASTS of them (default 10).

load ../cli/helper
load helper
load seeded
load life
load past

setup() {
	emulator_setup
	git_setup
	export XDG_STATE_HOME=$PWD/state XDG_CACHE_HOME=$PWD/cache
	life_setup
}

teardown() {
	emulator_stop
}

@test "nothing that is said of the past is false" {
	local seed first=${PAST_SEED:-1} failed=0
	for ((seed = first; seed < first + ${PASTS:-10}; seed++)); do
		record_once "$seed" || failed=$((failed + 1))
	done
	[ "$failed" = 0 ]
}
