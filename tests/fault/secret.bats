#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The making of an account with a secret sink is killed at every failpoint, ends by itself at some,
# and is slow at others: after resumes the sink
# holds the one secret of the one account, and it gives a token. No exit 0 before that.

setup() {
	load service
	load ways
	service_setup
	export WRIT=$WRIT_FAILPOINT_BIN
}

teardown() {
	emulator_stop
}

begin() {
	rm -rf points
	service_again "$@"
	organization_adds 'patience: 2'
	wants <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: brand-new}
		spec: {project: Brand New, apis: [$STORAGE_API]}
	END
}

apply() {
	status=0
	"$WRIT" apply --config config.yaml --auto-approve wanted.yaml >out 2>&1 || status=$?
}

resume() {
	status=0
	"$WRIT" apply --resume --config config.yaml >out 2>&1 || status=$?
}

made() {
	control GET changes | jq --arg what "$1" '[.[] | select(.what == $what)] | length'
}

# The sink holds a secret that gives a token, the service has one secret, and nothing was made
# twice.
delivered() {
	local client
	[ -s sink/brand-new ] || { echo "the sink is empty"; return 1; }
	client=$(control GET state | jq -r \
		'.credentials[] | select(.account == "brand-new") | .clientId')
	ask POST "$URL/ims/token/v3" '' -H 'Content-Type: application/x-www-form-urlencoded' \
		-d "grant_type=client_credentials&client_id=$client&client_secret=$(cat \
		sink/brand-new)&scope=openid" |
		jq -e '.access_token | length > 0' >/dev/null ||
		{ echo "it gives no token"; return 1; }
	[ "$(control GET state |
		jq '[.credentials[] | select(.account == "brand-new") | .secrets[]] | length')" = \
			1 ] ||
		{ echo "more secrets than one"; return 1; }
	[ "$(made project.create) $(made credential.create)" = "1 1" ] ||
		{ echo "made twice"; return 1; }
}

# killed_everywhere STEP SWITCH...
killed_everywhere() {
	local step=$1 n tries
	shift
	begin "$@"
	WRIT_FAILPOINT_LOG=$PWD/points apply
	[ "$status" -eq 0 ] || { cat out; return 1; }
	delivered
	count=$(wc -l <points)
	echo "# $count kill points" >&3
	[ "$count" -ge 25 ]
	for point in console-project console-credential-made deliver-before $reached \
		deliver-after; do
		grep -qx "$point" points || { echo "$point was not reached"; return 1; }
	done
	cp points all-points
	ways "$step" >rows
	while read -r n way due <&4; do
		begin "$@"
		WRIT_FAILPOINT="*:$n$way" apply
		[ "$status" -eq "$due" ] || { echo "point $n$way: $status"; cat out; return 1; }
		tries=0
		while resume; [ "$status" -ne 0 ] && [ "$tries" -lt 3 ]; do
			[ "$status" -eq 6 ] ||
				{ echo "resume after point $n$way: $status"; cat out; return 1; }
			tries=$((tries + 1))
		done
		# Killed before the run began: nothing was sent, and there is nothing to resume.
		! grep -q 'Nothing to resume' out || [ -s sink/brand-new ] || apply
		[ "$status" -eq 0 ] || { echo "after point $n$way: $status"; cat out; return 1; }
		delivered || { echo "after point $n$way, $(sed -n "${n}p" all-points)"; cat \
			out; return 1; }
	done 4<rows
}

@test "killed at every point, with reads that show at once" {
	reached='deliver-shown deliver-handed'
	killed_everywhere "${KILL_STEP:-1}"
}

@test "killed at every point, with reads that lag" {
	reached='deliver-shown deliver-handed'
	killed_everywhere "${KILL_STEP:-2}" visibility-delay-ms=400
}

@test "killed while another secret takes the place of one that is never shown" {
	reached='rotate-added rotate-handed rotate-deleted'
	killed_everywhere "${KILL_STEP:-2}" secret-download=hidden
}
