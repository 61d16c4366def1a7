#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a process leaves behind when it has to end, and whom it lets look.

setup() {
	load helper
	common_setup
	quickstart
}

@test "a file that grows past its limit is an error and no signal" {
	status=0
	(
		ulimit -f 1
		exec "$WRIT" plan --live live.yaml --out plan.json manifests 2>stderr >/dev/null
	) || status=$?
	[ "$status" -eq 1 ]
	grep -q 'File too large' stderr
	[ ! -e plan.json ]
}

@test "memory that runs out is a sentence and status 1" {
	head -c 900000 /dev/zero | tr '\0' '#' >manifests/big.yaml
	seen=0
	for kilobytes in $(seq 8000 700 40000); do
		status=0
		(
			ulimit -v "$kilobytes"
			exec "$WRIT" validate manifests
		) >stdout 2>stderr || status=$?
		# 127: the loader itself had too little.
		case $status in
		0 | 127) ;;
		1)
			grep -qE 'out of memory|Cannot allocate memory|^writ: error: lib' stderr
			seen=1
			;;
		*)
			echo "$kilobytes KiB: $status"
			cat stderr
			return 1
			;;
		esac
	done
	[ "$seen" -eq 1 ]
}

@test "no core is dumped, and no other process of the user looks in" {
	mkfifo slow.yaml
	(
		ulimit -c unlimited
		exec "$WRIT" validate - <slow.yaml >/dev/null 2>&1
	) &
	program=$!
	exec 9>slow.yaml
	while [ "$(cat /proc/$program/comm)" != writ ] || grep -q 'Max core file size *unlimited' /proc/$program/limits; do
		sleep 0.05
	done
	grep -q 'Max core file size *0 *0 ' /proc/$program/limits
	[ "$(stat -c %u /proc/$program/mem)" = 0 ]
	kill -ABRT "$program"
	exec 9>&-
	wait "$program" || true
	run ls core*
	[ "$status" -ne 0 ]
}
