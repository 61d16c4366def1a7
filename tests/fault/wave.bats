#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Accounts that are made side by side, in projects that some of them share, are killed at any
# moment: after resumes each project and each account is there once, the sink holds a secret of
# each, and the plan is empty.

ACCOUNTS=10
PROJECTS=4

setup() {
	load service
	service_setup
}

teardown() {
	emulator_stop
}

begin() {
	service_again "$@"
	organization_adds 'patience: 2'
	wants_accounts "$ACCOUNTS" "$PROJECTS" "$STORAGE_API, User Management API"
	control PUT switches '{"latency-ms": 20}' >/dev/null
}

# apply SECONDS [OPTION...]: killed when they are over.
apply() {
	local seconds=$1
	shift
	status=0
	timeout -s KILL "$seconds" "$WRIT" apply --config config.yaml "$@" >out 2>&1 || status=$?
}

made() {
	control GET changes | jq --arg what "$1" \
		'[.[] | select(.what == $what) | .subject] | [length, (unique | length)] |
		join(" ")' -r
}

converges() {
	local tries=0
	while apply 60 --resume; [ "$status" -ne 0 ] && [ "$tries" -lt 3 ]; do
		[ "$status" -eq 6 ] || { cat out; return 1; }
		tries=$((tries + 1))
	done
	# Killed before the run began: nothing was sent, and there is nothing to resume.
	! grep -q 'Nothing to resume' out || apply 60 --auto-approve --allow-admin-grants 10 \
		wanted.yaml
	[ "$status" -eq 0 ] || { cat out; return 1; }
}

all_is_there() {
	[ "$(made project.create)" = "$PROJECTS $PROJECTS" ] ||
		{ echo "projects: $(made project.create)"; return 1; }
	[ "$(made credential.create)" = "$ACCOUNTS $ACCOUNTS" ] ||
		{ echo "accounts: $(made credential.create)"; return 1; }
	[ "$(find sink -type f -size +0 | wc -l)" = "$ACCOUNTS" ] ||
		{ echo "secrets: $(ls sink)"; return 1; }
	"$WRIT" plan --config config.yaml --detailed-exitcode wanted.yaml >/dev/null
}

# killed_at MILLISECONDS SWITCH...
killed_at() {
	local ms=$1
	shift
	begin "$@"
	apply "$(printf '%d.%03d' "$((ms / 1000))" "$((ms % 1000))")" \
		--auto-approve --allow-admin-grants 10 wanted.yaml
	converges || { echo "killed after $ms ms"; return 1; }
	all_is_there || { echo "killed after $ms ms"; cat out; return 1; }
}

@test "a wave that is killed at any moment is made once" {
	for ms in $(seq 100 "$((30 * ${KILL_STEP:-2}))" 600); do
		killed_at "$ms"
	done
}

@test "a wave that is killed while reads lag is made once" {
	for ms in $(seq 100 "$((60 * ${KILL_STEP:-2}))" 600); do
		killed_at "$ms" visibility-delay-ms=300
	done
}
