#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A runner is killed at each of a hundred points of an apply at the emulator (KILL_STEP=N: each N-th
# of them), and another one, with an empty home and another checkout, goes on from the ledger that
# they share: everything is made once, secrets reach the sink, and nothing is left to plan.

POINTS=100

setup() {
	load service
	service_setup
	unset XDG_STATE_HOME
}

teardown() {
	emulator_stop
}

begin() {
	rm -rf home-* shared
	service_again
	organization_adds 'patience: 2' "ledger: {folder: $PWD/shared, lease: 10}"
	sed -i "s|{directory: sink}|{directory: $PWD/sink}|" config.yaml
	wants_accounts 8 5 'User Management API'
	mkdir -p home-a home-b/elsewhere/checkout
	cp wanted.yaml home-b/elsewhere/checkout/
}

# a PROGRAM ARGUMENT...: the first runner; its status is in `status`.
a() {
	local program=$1
	shift
	status=0
	HOME=$PWD/home-a timeout 120 "$program" "$@" --config config.yaml >a.out 2>&1 </dev/null ||
		status=$?
}

# b ARGUMENT...: the second one, which ends with 0.
b() {
	local config=$PWD/config.yaml out=$PWD/b.out home=$PWD/home-b
	status=0
	(cd home-b/elsewhere/checkout && HOME=$home timeout 120 "$WRIT" "$@" --config "$config" \
		>"$out" 2>&1 </dev/null) || status=$?
	[ "$status" -eq 0 ] || { echo "b, $*: $status"; cat b.out; return 1; }
}

made() {
	control GET changes | jq -r --arg what "$1" \
		'[.[] | select(.what == $what) | .subject] | [length, (unique | length)] |
		join(" ")'
}

killed_at() {
	begin
	WRIT_FAILPOINT="*:$1" a "$WRIT_FAILPOINT_BIN" apply --auto-approve --allow-admin-grants 10 \
		wanted.yaml
	[ "$status" -eq 137 ] || { echo "$status"; cat a.out; return 1; }
	b apply --resume
	# Killed before the run began: nothing was sent, and there is nothing to resume.
	! grep -q 'Nothing to resume' b.out || b apply --auto-approve --allow-admin-grants 10 \
		wanted.yaml
	[ "$(made project.create)" = '5 5' ] ||
		{ echo "projects: $(made project.create)"; return 1; }
	[ "$(made credential.create)" = '8 8' ] ||
		{ echo "accounts: $(made credential.create)"; return 1; }
	[ "$(find sink -type f -size +0 | wc -l)" -eq 8 ] ||
		{ echo "secrets: $(ls sink)"; return 1; }
	[ ! -e home-a/elsewhere ]
	b plan --detailed-exitcode wanted.yaml
	b ledger verify
}

@test "another runner goes on, wherever the first one was killed" {
	begin
	export WRIT_FAILPOINT_LOG=$PWD/points
	a "$WRIT_FAILPOINT_BIN" apply --auto-approve --allow-admin-grants 10 wanted.yaml
	unset WRIT_FAILPOINT_LOG
	[ "$status" -eq 0 ] || { cat a.out; return 1; }
	count=$(wc -l <points)
	cp points all-points
	[ "$count" -ge "$POINTS" ] || { echo "only $count points"; return 1; }
	tried=0
	for ((number = 0; number < POINTS; number += ${KILL_STEP:-17})); do
		point=$((number * count / POINTS + 1))
		killed_at "$point" || {
			echo "killed at point $point of $count, $(sed -n "${point}p" all-points)"
			return 1
		}
		tried=$((tried + 1))
	done
	echo "# killed at $tried of $count points" >&3
}
