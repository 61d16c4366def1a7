#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Two runners that begin at the same instant, ROUNDS times on each store: one works, and the other
# is told who does or waits; what both want is sent once.

setup() {
	load ../cli/helper
	load ../cli/git_servers
	load postgres
	common_setup
	git_setup
	A='{product: P, profile: A}'
	B='{product: P, profile: B}'
	ROUNDS=${ROUNDS:-4}
}

teardown() {
	cluster_end
}

# organisation PRODUCTS: a live one or manifests, of six accounts.
organisation() {
	organization ''
	printf 'status: {products: [%s, %s]}\n' "$A" "$B"
	local account
	for account in 1 2 3 4 5 6; do
		document TechnicalAccount "account-$account" "products: [$1]"
	done
}

# runner MACHINE OPTION...: its status is in a file, for it runs beside the other one.
runner() {
	local machine=$1 status=0
	shift
	while [ ! -e go ]; do :; done
	XDG_STATE_HOME=$PWD/state-$machine "$WRIT" apply --config config.yaml --live live.yaml \
		--auto-approve \
		--allow-remove '100%' "$@" wanted.yaml >"$machine.out" 2>&1 </dev/null || status=$?
	echo "$status" >"$machine.status"
}

# told MACHINE: it ended as one that came second may: after the other, behind it, or told who works.
told() {
	case $(<"$1.status") in
	0) ;;
	# the file, by the other one; nothing was sent
	1) grep -q 'changed while it was read' "$1.out" ;;
	3) grep -Eq 'the plan is stale|superseded' "$1.out" ;;
	7) grep -Eq 'another run holds the lock: .*, process [0-9]+ on ' "$1.out" ;;
	*) return 1 ;;
	esac
}

# rounds: of two runners each, in the ledger that config.yaml names.
rounds() {
	local n one two second worked=0 refused=0
	organisation "$A" >live.yaml
	for ((n = 1; n <= ROUNDS; n++)); do
		organisation "$([ $((n % 2)) -eq 0 ] && echo "$A" || echo "$A, $B")" >wanted.yaml
		rm -f go ./*.status
		second=(--wait $((n % 3 ? 0 : 60)))
		runner a "${second[@]}" 3>&- &
		one=$!
		runner b "${second[@]}" 3>&- &
		two=$!
		touch go
		wait "$one" "$two"
		for machine in a b; do
			told "$machine" || {
				echo "round $n, $machine: $(<$machine.status)"
				cat a.out b.out
				return 1
			}
			[ "$(<$machine.status)" -eq 0 ] && worked=$((worked + 1)) ||
				refused=$((refused + 1))
		done
		[ "$(cat a.status b.status | grep -cx 0)" -ge 1 ] ||
			{ echo "round $n: nobody worked"; cat a.out b.out; return 1; }
		[ "$(cat a.out b.out | grep -c '^Run: ')" -eq 1 ] ||
			{ echo "round $n: not one run"; cat a.out b.out; return 1; }
		"$WRIT" plan --config config.yaml --live live.yaml --detailed-exitcode wanted.yaml \
			>plan.out 2>&1 ||
			{ echo "round $n"; cat plan.out; return 1; }
	done
	echo "# $ROUNDS rounds: $worked ended well, $refused were told" >&3
	"$WRIT" ledger verify --config config.yaml --live live.yaml >verify.out 2>&1 ||
		{ cat verify.out; return 1; }
}

@test "in a folder" {
	operator_says <<<"ledger: {folder: $PWD/shared, lease: 10}"
	rounds
}

@test "in git" {
	git init -q --bare remote.git
	operator_says <<<"ledger: {git: {remote: $PWD/remote.git}, lease: 10}"
	rounds
}

@test "in PostgreSQL" {
	cluster_start
	printf 'host=%s port=%s user=admin password=admin-password dbname=postgres' "$FOLDER" \
		"$PORT" >pg
	chmod 600 pg
	operator_says <<<"ledger: {postgres: {connection: {file: pg}}, lease: 10}"
	rounds
}
