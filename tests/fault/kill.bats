#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# An apply of 340 changes is killed at every failpoint (KILL_STEP=N: every N-th), ends by itself at
# some, and is slow at others: nothing is lost, nothing is done twice, one resume converges.

setup() {
	load ways
	load ../cli/helper
	load service
	common_setup
	many_changes 259
	mv start.yaml live.yaml
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
	ways "${KILL_STEP:-1}" >rows
	while read -r n way due <&4; do
		rm -rf state
		cp live.yaml run.yaml
		status=0
		WRIT_FAILPOINT="*:$n$way" apply wanted.yaml || status=$?
		[ "$status" -eq "$due" ] ||
			{ echo "point $n$way was not reached: $status"; cat out; return 1; }
		apply --resume || { echo "resume after point $n$way"; cat out; return 1; }
		# Killed before the run began: nothing was sent, and there is nothing to resume.
		cmp -s run.yaml done.yaml || apply wanted.yaml ||
			{ echo "apply after point $n"; cat out; return 1; }
		cmp run.yaml done.yaml || { echo "after point $n$way"; return 1; }
	done 4<rows
}

@test "a plain apply converges too, and says that a run was left" {
	cp live.yaml run.yaml
	WRIT_FAILPOINT='apply-after-send:1' apply wanted.yaml || true
	apply wanted.yaml
	grep -q 'stopped part-way' out
	apply --resume
	grep -q 'Nothing to resume' out
}

@test "who was killed here is not waited for, however many before it were killed too" {
	cp live.yaml run.yaml
	WRIT_FAILPOINT='apply-after-send:1' apply wanted.yaml || true
	for point in hold-taken apply-after-send hold-taken; do
		status=0
		WRIT_FAILPOINT="$point:1" apply --resume || status=$?
		[ "$status" -eq 137 ]
	done
	timeout 60 "$WRIT_FAILPOINT_BIN" apply --live run.yaml --auto-approve --resume >out 2>&1
	run ! grep -q 'may still be alive' out
	grep -q '^Apply: ' out
}

# A folder of files is exchanged as a whole.
@test "ended at a point or slow there, an apply to a folder is whole" {
	fresh_folder() {
		rm -rf state folder
		mkdir folder
		cp live.yaml folder/
	}
	apply_folder() {
		"$WRIT_FAILPOINT_BIN" apply --live folder --auto-approve \
			--allow-remove '100%' "$@" >out 2>&1
	}
	fresh_folder
	WRIT_FAILPOINT_LOG=$PWD/points apply_folder wanted.yaml
	cp -R folder due-folder
	KILL_STEP=1 ways 1000 | grep -v ':kill' >rows
	grep -q . rows
	while read -r n way due <&4; do
		case $(sed -n "${n}p" points) in file-*) ;; *) continue ;; esac
		fresh_folder
		status=0
		WRIT_FAILPOINT="*:$n$way" apply_folder wanted.yaml || status=$?
		[ "$status" -eq "$due" ] || { echo "point $n$way: $status"; cat out; return 1; }
		apply_folder --resume
		diff -r due-folder folder || { echo "after point $n$way"; return 1; }
	done 4<rows
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
	operator_says <<<'snapshot: {repository: repo, push: origin}'
	for file in live.yaml run.yaml; do
		WRIT_FAILPOINT_LOG=$PWD/points "$WRIT_FAILPOINT_BIN" snapshot --live "$file" \
			--config config.yaml --org acme
	done
	# Without its push a snapshot is not whole, and the next one pushes both.
	for way in abort sleep; do
		document TechnicalAccount "more-$way" '' >>live.yaml
		status=0
		WRIT_FAILPOINT=record-before-push:1:$way "$WRIT_FAILPOINT_BIN" snapshot \
			--live live.yaml --config config.yaml --org acme || status=$?
		[ "$status" -eq "$([ "$way" = abort ] && echo 8 || echo 0)" ]
		"$WRIT_FAILPOINT_BIN" snapshot --live live.yaml --config config.yaml --org acme
		[ "$(git -C repo rev-parse main)" = "$(git -C remote.git rev-parse main)" ]
	done
	# Left out are those of cli/rotate.bats, fault/accept.bats, fault/secret.bats and
	# cli/ledger.bats.
	grep -rhoE 'FAILPOINT\("[a-z-]+"\)' "$WRIT_ROOT/core" "$WRIT_ROOT/providers" |
		cut -d '"' -f 2 | sort -u |
		grep -vE '^(rotate|edit|console|deliver)-|^ledger-before-empty$' >names
	[ "$(wc -l <names)" -ge 25 ]
	[ "$(grep -rhoE 'FAILPOINT(_WRITE)?\("[a-z-]+"' "$WRIT_ROOT/core" "$WRIT_ROOT/providers" |
		sort -u | wc -l)" -ge 45 ]
	while read -r name; do
		grep -qx "$name" points || { echo "never reached: $name"; return 1; }
	done <names
}
