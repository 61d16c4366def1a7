#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# An apply of 340 changes is killed at every failpoint (KILL_STEP=N: every N-th): nothing is lost,
# nothing is done twice, one resume converges.

setup() {
	export XDG_STATE_HOME="$BATS_TEST_TMPDIR/state" WRIT_NOW=2026-06-01T00:00:00Z
	cd "$BATS_TEST_TMPDIR" || return
	organisation='apiVersion: writ/v1
kind: Organization
metadata: {name: acme}
spec: {provider: file}
status: {products: [{product: P, profile: A}, {product: P, profile: B}]}'
	echo "$organisation" >live.yaml
	echo "$organisation" >wanted.yaml
	for i in $(seq 100 259); do
		account "created-$i" "products: [{product: P, profile: A}]" >>wanted.yaml
	done
	for i in $(seq 10 19); do
		account "kept-$i" "products: [{product: P, profile: A}]" >>live.yaml
		account "kept-$i" "products: [{product: P, profile: B}]" >>wanted.yaml
	done
}

account() {
	printf -- '---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: %s}\nspec: {%s}\n' "$1" "$2"
}

apply() {
	"$WRIT_FAILPOINT_BIN" apply --live run.yaml --auto-approve --allow-remove '100%' "$@" >out \
		2>&1
}

@test "killed at every point of an apply of 340 changes" {
	cp live.yaml run.yaml
	WRIT_FAILPOINT_LOG=$PWD/points apply wanted.yaml
	grep -q 'Apply: 340 done' out
	cp run.yaml done.yaml
	count=$(wc -l <points)
	echo "# $count kill points" >&3
	[ "$count" -ge 50 ]
	for n in $(seq 1 "${KILL_STEP:-1}" "$count"); do
		rm -rf state
		cp live.yaml run.yaml
		status=0
		WRIT_FAILPOINT="*:$n" apply wanted.yaml || status=$?
		[ "$status" -eq 137 ] || { echo "point $n was not reached: $status"; cat \
			out; return 1; }
		apply --resume || { echo "resume after point $n"; cat out; return 1; }
		# Killed before the run began: nothing was sent, and there is nothing to resume.
		cmp -s run.yaml done.yaml || apply wanted.yaml ||
			{ echo "apply after point $n"; cat out; return 1; }
		cmp run.yaml done.yaml || { echo "after point $n"; return 1; }
	done
}

@test "a plain apply converges too, and says that a run was left" {
	cp live.yaml run.yaml
	WRIT_FAILPOINT='apply-after-send:1' apply wanted.yaml || true
	apply wanted.yaml
	grep -q 'stopped part-way' out
	apply --resume
	grep -q 'Nothing to resume' out
}

@test "every failpoint of the program is reached" {
	cp live.yaml run.yaml
	WRIT_FAILPOINT_LOG=$PWD/points apply wanted.yaml
	rm -rf state
	mkdir folder
	cp live.yaml folder/live.yaml
	WRIT_FAILPOINT_LOG=$PWD/points "$WRIT_FAILPOINT_BIN" apply --live folder \
		--auto-approve --allow-remove '100%' wanted.yaml
	export HOME=$PWD
	git init -q -b main repo
	git init -q -b main --bare remote.git
	git -C repo remote add origin ../remote.git
	printf 'apiVersion: writ/v1\nkind: Configuration\norganizations:\n  - {name: acme, orgId: A@AdobeOrg, snapshot: {repository: repo, push: origin}}\n' >config.yaml
	chmod 600 config.yaml
	for file in live.yaml run.yaml; do
		WRIT_FAILPOINT_LOG=$PWD/points "$WRIT_FAILPOINT_BIN" snapshot --live "$file" \
			--config config.yaml --org acme
	done
	grep -rhoE 'FAILPOINT\("[a-z-]+"\)' "$WRIT_ROOT/core" "$WRIT_ROOT/providers" | cut -d '"' -f 2 | sort -u | grep -vE '^(rotate|edit|console|deliver)-|^ledger-before-empty$' >names # those: cli/rotate.bats, fault/accept.bats, fault/secret.bats, cli/ledger.bats
	[ "$(wc -l <names)" -ge 25 ]
	[ "$(grep -rhoE 'FAILPOINT(_WRITE)?\("[a-z-]+"' "$WRIT_ROOT/core" "$WRIT_ROOT/providers" |
		sort -u | wc -l)" -ge 45 ]
	while read -r name; do
		grep -qx "$name" points || { echo "never reached: $name"; return 1; }
	done <names
}
