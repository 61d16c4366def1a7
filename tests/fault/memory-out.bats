#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Each piece of memory that a command asks for is refused in turn (ALLOC_STEP=N: every N-th), once
# alone and once with all that follow: the command ends with a sentence and a documented status, by
# no signal, and the same again without the fault ends as if it had never been.

setup() {
	load ../cli/helper
	common_setup
	quickstart
	skip_sanitized
	ALLOC=$(dirname "$WRIT")/fault/alloc.so
	[ -e "$ALLOC" ] || skip 'memory cannot be refused to this program'
	cp live.yaml start.yaml
	# Who had no memory to say who he is may be alive until he has been silent for so long.
	echo 'ledger: {lease: 10}' | operator_says
	export WRIT_CONFIG=$PWD/config.yaml
}

# refused N ARGUMENT...: 1 when so much is not asked for.
refused() {
	rm -f asked
	status=0
	WRIT_ALLOC=$1 WRIT_ALLOC_LOG=$PWD/asked LD_PRELOAD=$ALLOC "$WRIT" "${@:2}" >stdout \
		2>stderr </dev/null || status=$?
	[ -e asked ]
}

# each_piece CHECK ARGUMENT...
each_piece() {
	local n kind count=0 check=$1
	shift
	for kind in '' +; do
		for ((n = 1; ; n += ${ALLOC_STEP:-197})); do
			refused "$n$kind" "$@" || break
			count=$((count + 1))
			case $status in
			0 | 2) ;;
			1 | 5 | 8)
				[ -s stderr ] ||
					{ echo "piece $n$kind: $status without a word"; return 1; }
				;;
			*)
				echo "piece $n$kind: $status"
				cat stderr
				return 1
				;;
			esac
			"$check" || { echo "behind piece $n$kind: $status"; cat stderr; return 1; }
		done
	done
	echo "# $1: $count pieces were refused, of $n" >&3
	[ "$count" -ge 5 ]
}

nothing_moved() {
	cmp live.yaml start.yaml
}

planned() {
	# A file that could not be written whole is none.
	[ ! -e plan.json ] || jq -e .format_version plan.json >/dev/null || return
	rm -f plan.json
	nothing_moved
}

applied() {
	run_writ apply --live live.yaml --resume --allow-remove 1
	[ "$status" -eq 0 ] || return
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests || return
	cmp live.yaml done.yaml || return
	ends 0 ledger verify || return
	rm -rf state
	cp start.yaml live.yaml
}

resumed() {
	run_writ apply --live live.yaml --resume --allow-remove 1
	[ "$status" -eq 0 ] || return
	cmp live.yaml done.yaml || return
	rm -rf state
	cp -a stopped state
	cp stopped.yaml live.yaml
}

@test "validate" {
	each_piece nothing_moved validate manifests
}

@test "plan" {
	each_piece planned plan --live live.yaml --allow-remove 1 --out plan.json manifests
}

@test "apply, and its resume" {
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	cp live.yaml done.yaml
	rm -rf state
	cp start.yaml live.yaml
	each_piece applied apply --live live.yaml --auto-approve --allow-remove 1 manifests
	[ -x "${WRIT_FAILPOINT_BIN:-}" ] || return 0
	rm -rf state
	cp start.yaml live.yaml
	WRIT_FAILPOINT=apply-before-send:2 "$WRIT_FAILPOINT_BIN" apply --live live.yaml \
		--auto-approve --allow-remove 1 \
		manifests >/dev/null 2>&1 || true
	cp live.yaml stopped.yaml
	cp -a state stopped
	each_piece resumed apply --live live.yaml --resume --allow-remove 1
}
