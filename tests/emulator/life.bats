#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What writ says is true whatever answers are like: seeded lives of an organisation, LIVES of them
# (default 40).

load helper
load seeded
load life

setup() {
	emulator_setup
	export XDG_STATE_HOME=$PWD/state
	life_setup
}

teardown() {
	emulator_stop
}

@test "no sentence about who holds what is false" {
	local seed first=${LIFE_SEED:-1} failed=0
	for ((seed = first; seed < first + ${LIVES:-40}; seed++)); do
		live_once "$seed" || failed=$((failed + 1))
	done
	[ "$failed" = 0 ]
}

@test "a falsity is found: a service that hides what people hold" {
	# shellcheck disable=SC2034 # of life.bash
	LIFE_SWITCHES=()
	# shellcheck disable=SC2034
	LIFE_ALWAYS='hide=profiles'
	run ! live_once 1
	[[ $output == *'an apply that ended with'* || $output == *'wished for'* ||
		$output == *'said'* ]] || { echo "$output"; return 1; }
}
