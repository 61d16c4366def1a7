#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A process that stands still past its lease, while another one takes over and finishes its run,
# sends nothing more when it goes on: the service's own log says so. It stands at each place of a
# chain of requests (KILL_STEP=N: every N-th).

POINTS='apply-before-send:1 console-project:1 console-credential:1 apply-before-send:2
deliver-before:1 deliver-shown:1 apply-after-send:1'

setup() {
	load service
	service_setup
}

teardown() {
	[ -z "${STOPPED:-}" ] || kill -KILL "$STOPPED" 2>/dev/null || :
	emulator_stop
}

begin() {
	rm -rf state-* shared
	service_again
	organization_adds 'patience: 1' "ledger: {folder: $PWD/shared, lease: 10}"
	wants_accounts 3 4 'User Management API'
}

# on MACHINE ARGUMENT...: its status is in `status`.
on() {
	local machine=$1
	shift
	status=0
	XDG_STATE_HOME=$PWD/state-$machine "$WRIT" apply --config config.yaml "$@" >"$machine.out" \
		2>&1 </dev/null || status=$?
}

# stands_at POINT: machine a stands still there; STOPPED is its process.
stands_at() {
	local tries=0
	XDG_STATE_HOME=$PWD/state-a WRIT_FAILPOINT=$1:stop "$WRIT_FAILPOINT_BIN" apply \
		--config config.yaml --auto-approve \
		--allow-admin-grants 10 wanted.yaml >a.out 2>&1 </dev/null 3>&- &
	STOPPED=$!
	until grep -q '^State:.*(stopped)' "/proc/$STOPPED/status"; do
		tries=$((tries + 1))
		[ "$tries" -lt 1000 ] || { cat a.out; return 1; }
		sleep 0.01
	done
}

# Requests that change something, since the emulator began.
writes() {
	control GET requests | jq '[.[] |
		select(.method != "GET" and (.path | startswith("/ims/") | not))] | length'
}

@test "who stood still past its lease sends nothing more" {
	number=0
	for point in $POINTS; do
		number=$((number + 1))
		[ $((number % ${KILL_STEP:-3})) -eq 0 ] || [ "${KILL_STEP:-3}" -eq 1 ] || continue
		begin
		stands_at "$point"
		on b --resume --take-over
		[ "$status" -eq 0 ] || { echo "$point: b ended with $status"; cat b.out; return 1; }
		before=$(writes)
		[ "$before" -ge 6 ]
		kill -CONT "$STOPPED"
		status=0
		wait "$STOPPED" || status=$?
		STOPPED=
		[ "$status" -eq 5 ] || { echo "$point: a ended with $status"; cat a.out; return 1; }
		grep -q 'another run took over, and nothing more is sent' a.out ||
			{ echo "$point"; cat a.out; return 1; }
		[ "$(writes)" = "$before" ] ||
			{ echo "$point: sent behind the takeover"; control GET requests; return 1; }
		[ "$(control GET changes | jq \
			'[.[] | select(.what == "project.create")] | length')" -eq 3 ]
		[ "$(control GET changes | jq \
			'[.[] | select(.what == "credential.create")] | length')" -eq 3 ]
		XDG_STATE_HOME=$PWD/state-b "$WRIT" plan --config config.yaml \
			--detailed-exitcode wanted.yaml >plan.out 2>&1 ||
			{ echo "$point"; cat plan.out; return 1; }
	done
}

@test "what takes longer than half a lease is meant once more" {
	begin
	control PUT switches '{"latency-ms": 2000}' >/dev/null
	on a --auto-approve --allow-admin-grants 10 wanted.yaml
	[ "$status" -eq 0 ] || { cat a.out; return 1; }
	cat shared/acme-*/0* | jq -c '.entries[] | select(.type == "intent") | .body' >intents
	[ "$(jq -c '[.changes, .deliver]' intents | sort | uniq -d | wc -l)" -ge 1 ]
	[ "$(jq -c 'select(.within_ms != 10000)' intents | wc -l)" -eq 0 ]
	grep -q 'Apply: [0-9]* done, 0 failed' a.out
}
