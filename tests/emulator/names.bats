#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What writ writes it reads again, whatever names are like: seeded sets of them, NAMES_LIVES of them
# (default 8), and a life of import, plan, a change, its apply and a restore with each.

load helper
load seeded
load names

setup() {
	emulator_setup
	export XDG_STATE_HOME=$PWD/state
	sed -i 's/apis: \[/&Adobe Express API, /' live.yaml
	cp live.yaml start.yaml
}

teardown() {
	emulator_stop
}

# A fresh organisation in a folder of its own: what holds odd names is not read again.
live_with() {
	mkdir "$1"
	cd "$1" || return
	cp ../start.yaml live.yaml
	export XDG_STATE_HOME=$PWD/state
	operated_start odd-names=hold
	own_account
	names_once "$1" || FAILED=$((FAILED + 1))
	emulator_stop
	cd ..
}

@test "what is written is read again, and nothing else is touched, whatever names are like" {
	local seed first=${NAMES_SEED:-1}
	FAILED=0
	for ((seed = first; seed < first + ${NAMES_LIVES:-8}; seed++)); do
		live_with "$seed"
	done
	[ "$FAILED" = 0 ]
}
