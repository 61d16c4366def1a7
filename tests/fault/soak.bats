#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# SOAK cycles of drift, a plan, an apply and a second plan, a day each: none leaves drift behind.
# An apply behind all of them has no more descriptors open than one behind the first few, and no
# more memory than the history of snapshots takes, of which it reads each commit.

setup() {
	load ../cli/helper
	common_setup
	git_setup
	skip_sanitized
	[ "$(id -u)" -eq 0 ] || skip 'what a program that is not dumpable has open is for root'
	SHIM=$(dirname "$WRIT")/fault/shim.so
	[ -e "$SHIM" ] || skip 'the program cannot be stopped where it ends'
	git init -q repo
	{
		organization ', unlisted: remove'
		for i in $(seq 20); do
			document TechnicalAccount "account-$i" \
				'products: [{product: P, profile: A}]'
		done
	} >wanted.yaml
}

teardown() {
	[ -z "${STOPPED:-}" ] || kill -KILL "$STOPPED" 2>/dev/null || :
}

# drift: live is what is wanted, but for what somebody took from an account, gave it or put in its
# place.
drift() {
	local A='{product: P, profile: A}' B='{product: P, profile: B}' held
	case $((RANDOM % 3)) in
	0) held= ;;
	1) held=$B ;;
	2) held="$A, $B" ;;
	esac
	sed "/name: account-$((RANDOM % 20 + 1))}/{n; s/\\[.*\\]/[$held]/}" wanted.yaml >live.yaml
}

# peak: an apply stands still where it ends; prints the most memory that it had, in KiB, and how
# many files it has open.
peak() {
	env WRIT_FAULT_STOP=1 LD_PRELOAD="$SHIM" "$WRIT" apply --live live.yaml --auto-approve \
		--allow-remove 100% --snapshot repo/org --commit wanted.yaml \
		>stdout 2>stderr </dev/null 3>&- &
	STOPPED=$!
	stands_still "$STOPPED" || { cat stdout stderr; return 1; }
	MEMORY=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$STOPPED/status")
	FILES=$(find "/proc/$STOPPED/fd" -mindepth 1 | wc -l)
	kill -CONT "$STOPPED"
	wait "$STOPPED"
	STOPPED=
}

@test "memory, descriptors and drift behind many plans and applies" {
	local n cycles=${SOAK:-30}
	RANDOM=${SEED:-1}
	for ((n = 1; n <= cycles; n++)); do
		WRIT_NOW=$(date -u -d "2026-06-01 + $n days" +%Y-%m-%dT00:00:00Z)
		export WRIT_NOW
		drift
		ends 2 plan --live live.yaml --detailed-exitcode wanted.yaml
		if [ "$n" -eq 10 ] || [ "$n" -eq "$cycles" ]; then
			peak
			[ "$n" -ne 10 ] || early=$MEMORY files=$FILES
		else
			ends 0 apply --live live.yaml --auto-approve --allow-remove 100% \
				--snapshot repo/org --commit wanted.yaml
		fi
		ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
	done
	echo "# $cycles cycles from seed ${SEED:-1}: $early KiB, then $MEMORY KiB" >&3
	[ "$FILES" -eq "$files" ]
	[ "$MEMORY" -lt $((early + 1024 + 2 * cycles)) ]
	ends 0 ledger verify
	ends 0 log verify --snapshot repo/org
}
