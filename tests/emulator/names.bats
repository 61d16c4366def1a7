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

@test "which groups hold a profile whose name is another's too cannot be seen, and is told" {
	told='left out: the user groups of product profile "All Fonts" of product "Adobe Fonts"'
	operated_start
	own_account
	control POST profiles '{"product":"Adobe Express","profile":"All Fonts"}' >put
	control POST users '{"email":"in@example.com"}' >put
	control POST give '{"email":"in@example.com","product":"Adobe Fonts",
		"profile":"All Fonts"}' >put
	writ_as 0 import --config config.yaml --out alone
	! grep -qF "$told" err || return 1
	control POST groups '{"name":"Readers","add":["in@example.com"]}' >put
	control POST give '{"group_member":"Readers","product":"Adobe Fonts",
		"profile":"All Fonts"}' >put
	writ_as 0 import --config config.yaml --out imported
	grep -qF "$told, as several have this name" err
}
