#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The emulator's clock is the real one; WRIT_NOW is a day long past, or two days ahead where an old
# secret is to be quiet.

setup() {
	load helper
	load ../emulator/helper
	common_setup
	emulator_setup
}

teardown() {
	emulator_stop
}

start() {
	operated_start "$@"
	first=$SECRET
}

# own: only the account's own credential, and no person.
own() {
	sed -i '/^    user:/d' config.yaml
	credential asset-archiver
	organization_adds "server: {clientId: $CLIENT, clientSecret: {file: server.secret}}"
	cp asset-archiver.secret server.secret
}

# wanted.yaml: the account, by the project that it is in.
account_is_declared() {
	wants <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset-archiver}
		spec: {project: Asset Archiver}
	END
}

# rotate STATUS ARGUMENT...: of the account; it must end with STATUS.
rotate() {
	ends "$1" rotate --config config.yaml asset-archiver "${@:2}"
}

secrets() {
	control GET state | jq -r '.credentials[] | select(.account == "asset-archiver") |
		.secrets[].secret'
}

made() {
	control GET changes | jq -r '[.[].what | select(startswith("secret."))] | join(" ")'
}

fault() {
	control POST faults "{\"path\": \"*/secrets*\", $1}" >/dev/null
}

later() {
	WRIT_NOW=$(date -u -d '+2 days' +%Y-%m-%dT%H:%M:%SZ)
	export WRIT_NOW
}

# No secret that was ever made is in what a run printed.
nothing_shown() {
	secrets >known
	echo "$first" >>known
	! grep -qFf known stdout stderr
}

@test "a rotation: made, handed over, waited for, done" {
	start
	rotate 6 --log debug
	grep -q '^asset-archiver: a second secret (.*) is in the sink; once all' stdout
	nothing_shown
	[ "$(secrets | wc -l)" -eq 2 ]
	[ "$(secrets | tail -n 1)" = "$(cat sink/asset-archiver)" ]
	[ "$(stat -c %a sink/asset-archiver)" = 600 ]

	rotate 6
	grep -q 'waiting: the old secret (.*) was last used' stdout
	[ "$(secrets | wc -l)" -eq 2 ]

	later
	rotate 0 --format json
	jq -e '.account == "asset-archiver" and .done' stdout
	nothing_shown
	[ "$(secrets)" = "$(cat sink/asset-archiver)" ]
	[ "$(made)" = 'secret.create secret.delete' ]
}

@test "--finish does not wait, and is done when it is done" {
	start
	rotate 6
	rotate 0 --finish
	[ "$(secrets)" = "$(cat sink/asset-archiver)" ]
	rotate 0 --finish
	grep -q 'nothing is to be finished' stdout
	[ "$(made)" = 'secret.create secret.delete' ]
}

@test "with the account's own credential alone" {
	start console-s2s-writes=refuse
	own
	rotate 6
	cp sink/asset-archiver asset-archiver.secret
	rotate 0 --finish
	[ "$(secrets)" = "$(cat sink/asset-archiver)" ]
}

@test "both forms of the statuses" {
	start secret-status=spec
	rotate 6
	rotate 0 --finish
}

@test "found by its manifest, when the configuration has no secret of it" {
	start
	sed -i '/^    accounts:/,$d' config.yaml
	account_is_declared
	rotate 6 wanted.yaml
	[ "$(secrets | tail -n 1)" = "$(cat sink/asset-archiver)" ]
	ends 1 rotate --config config.yaml nobody wanted.yaml
}

@test "where plans are signed, the operator alone tells whose secret is made" {
	start
	ssh-keygen -q -t ed25519 -N '' -f key
	printf 'bot@ci %s\n' "$(cat key.pub)" >signers
	chmod 600 signers
	organization_adds 'signers: signers'
	account_is_declared
	before=$(control GET requests | jq length)
	rotate 3 wanted.yaml
	grep -q 'nobody signed the manifests that are to tell whose secret it is.*E0901' stderr
	[ "$(control GET requests | jq length)" -eq "$before" ]
	rotate 3 --manifests wanted.yaml
	[ -z "$(made)" ]
	rotate 6
	[ "$(made)" = secret.create ]
	[ "$(secrets | tail -n 1)" = "$(cat sink/asset-archiver)" ]
}

@test "a command as sink" {
	start
	sed -i "s|secretSink: .*|secretSink: {command: [/bin/sh, -c, 'cat >\"$PWD/got\"; echo \$WRIT_ACCOUNT \$WRIT_CLIENT_ID >\"$PWD/names\"']}|" config.yaml
	rotate 6
	[ "$(secrets | tail -n 1)" = "$(cat got)" ]
	[ "$(cat names)" = "asset-archiver $CLIENT" ]
}

@test "without a sink, or with a bad one, no secret is made" {
	start
	chmod 777 sink
	rotate 1
	grep -q 'may be written by others' stderr
	chmod 700 sink
	sed -i '/secretSink/d' config.yaml
	rotate 1
	grep -q 'no secretSink' stderr
	[ -z "$(made)" ]
}

@test "a sink that fails takes nothing with it" {
	start
	sed -i 's|secretSink: .*|secretSink: {command: [/bin/false]}|' config.yaml
	rotate 1
	grep -q 'deleted again' stderr
	[ "$(secrets)" = "$first" ]
	nothing_shown
	fault '"method": "DELETE", "kind": "status", "status": 500, "count": 0'
	rotate 5
	grep -q -- 'writ rotate asset-archiver --again' stderr
	[ "$(secrets | wc -l)" -eq 2 ]
}

@test "an unknown outcome of making one is not tried again" {
	start
	fault '"method": "POST", "kind": "status", "status": 500, "phase": "before"'
	rotate 5
	grep -q 'shows no second secret' stderr
	[ -z "$(made)" ]

	for lost in '"kind": "status", "status": 500' '"kind": "reset", "bytes": 120' \
		'"kind": "truncate", "bytes": -3' '"kind": "garbage"' '"kind": "html"' \
		'"kind": "edit", "remove": ["client_secret"]'; do
		control DELETE faults >/dev/null
		fault "\"method\": \"POST\", \"phase\": \"after\", $lost"
		before=$(control GET requests |
			jq '[.[] | select(.method == "POST" and (.path | endswith("/secrets")))] |
				length')
		rotate 5
		grep -q -- 'what it is was lost.*--again' stderr
		after=$(control GET requests |
			jq '[.[] | select(.method == "POST" and (.path | endswith("/secrets")))] |
				length')
		[ "$after" -eq $((before + 1)) ]
		rotate 6
		grep -q 'has not been used yet' stdout
		rotate 6 --finish
		[ "$(secrets | head -n 1)" = "$first" ]
		rotate 6 --again
		[ "$(secrets | tail -n 1)" = "$(cat sink/asset-archiver)" ]
		[ "$(secrets | wc -l)" -eq 2 ]
		rotate 0 --finish
		[ "$(secrets)" = "$(cat sink/asset-archiver)" ]
		first=$(secrets)
	done
}

@test "an unknown outcome of deleting one is looked at" {
	start
	rotate 6
	fault '"method": "DELETE", "kind": "status", "status": 503, "phase": "before"'
	rotate 5 --finish
	[ "$(secrets | wc -l)" -eq 2 ]
	fault '"method": "DELETE", "kind": "reset", "bytes": 20, "phase": "after"'
	rotate 0 --finish
	[ "$(secrets)" = "$(cat sink/asset-archiver)" ]
	[ "$(made)" = 'secret.create secret.delete' ]
}

@test "refused is refused" {
	start
	for status_due in '403 9' '401 9' '400 1' '409 1'; do
		control DELETE faults >/dev/null
		always="\"status\": ${status_due% *}, \"count\": 0"
		fault "\"method\": \"POST\", \"kind\": \"status\", $always"
		rotate "${status_due#* }"
	done
	[ -z "$(made)" ]
}

@test "a throttled service is waited for" {
	start
	fault '"method": "POST", "kind": "status", "status": 429, "retry_after": "1"'
	rotate 6
	[ "$(made)" = secret.create ]
	fault '"method": "DELETE", "kind": "status", "status": 429, "retry_after": "30"'
	rotate 1 --finish --max-wait 2
	grep -q 'over the limit of 2 s' stderr
}

@test "killed at every point, it goes on from what stands in the service" {
	cp live.yaml seed.yaml
	for row in rotate-{add,added,handed,used,delete,deleted}\ {kill,abort}; do
		point=${row% *} due=137
		[ "${row#* }" = kill ] || due=134
		emulator_stop
		cp seed.yaml live.yaml
		rm -rf live.yaml.emulator.json sink
		start
		case $point in
		*delete*) rotate 6 ;;
		esac
		killed=0
		WRIT_FAILPOINT=$point:1:${row#* } "$WRIT_FAILPOINT_BIN" rotate \
			--config config.yaml --finish asset-archiver >/dev/null 2>&1 || killed=$?
		if [ "$killed" -ne "$due" ]; then # with one secret --finish has nothing to do
			WRIT_FAILPOINT=$point:1:${row#* } "$WRIT_FAILPOINT_BIN" rotate \
				--config config.yaml asset-archiver >/dev/null 2>&1 || killed=$?
		fi
		[ "$killed" -eq "$due" ]
		rotate 6
		! grep -q 'has not been used yet' stdout || rotate 6 --again
		[ "$(secrets | tail -n 1)" = "$(cat sink/asset-archiver)" ]
		rotate 0 --finish
		[ "$(secrets)" = "$(cat sink/asset-archiver)" ]
	done
}

@test "slow at a point, it does what it does" {
	for point in rotate-add rotate-added rotate-handed rotate-used rotate-delete \
		rotate-deleted; do
		emulator_stop
		cp "$WRIT_ROOT/tests/emulator/live.yaml" live.yaml
		rm -rf live.yaml.emulator.json sink
		start
		for options in '' --finish; do
			slow=0
			# shellcheck disable=SC2086 # none or one
			WRIT_FAILPOINT=$point:1:sleep "$WRIT_FAILPOINT_BIN" rotate \
				--config config.yaml $options asset-archiver \
				>stdout 2>stderr || slow=$?
			[ "$slow" -eq "$([ -n "$options" ] && echo 0 || echo 6)" ]
		done
		[ "$(secrets)" = "$(cat sink/asset-archiver)" ]
	done
}

@test "usage" {
	for words in '' '--finish --again one'; do
		# shellcheck disable=SC2086 # words
		ends 64 rotate $words
	done
	emulator_start
}
