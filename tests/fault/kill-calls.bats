#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031 # each test has its own status
# An apply is killed in front of every system call about its files and connections (CALL_STEP=N:
# every N-th), those of a service made of files, with its ledger, snapshot and commits, and those of
# one behind a network; and it is asked to stop there by SIGINT, SIGTERM and SIGHUP: one resume
# converges, nothing is lost, and nothing is done twice.

setup() {
	load ../cli/helper
	load ../emulator/helper
	load service
	common_setup
	skip_sanitized
	SHIM=$(dirname "$WRIT")/fault/shim.so
	[ -e "$SHIM" ] || skip 'the calls of this program cannot be counted'
}

teardown() {
	emulator_stop
}

# stopped_at N HOW ARGUMENT...: the status in `ended`; 1 when there is no N-th call. HOW: k, i, t,
# h.
stopped_at() {
	ended=0
	rm -f hit
	WRIT_FAULT=$1$2 WRIT_FAULT_BELOW=$PWD WRIT_FAULT_LOG=$BATS_TEST_TMPDIR/hit \
		LD_PRELOAD=$SHIM env --default-signal=INT,TERM,HUP "$WRIT" "${@:3}" >killed 2>&1 \
		</dev/null || ended=$?
	[ -e hit ]
} 2>/dev/null

# each_call BEGIN CHECK ARGUMENT...: BEGIN brings all to the start, CHECK what is left to its due
# end.
each_call() {
	local n count=0
	for ((n = 1; ; n += ${CALL_STEP:-${step:-23}})); do
		"$1"
		stopped_at "$n" k "${@:3}" || break
		[ "$ended" -eq 137 ] || { echo "call $n: $ended"; return 1; }
		count=$((count + 1))
		"$2" || { echo "killed at call $n"; cat killed; return 1; }
	done
	[ "$n" -lt 100000 ]
	calls=$n
	echo "# $count kills at $n calls" >&3
}

# each_signal BEGIN CHECK ARGUMENT...: SIGNALS instants of the $calls, of which a seed says which
# and by which signal. Who is asked to stop has stopped or was done already, and says so.
each_signal() {
	local n how due count=0
	awk -v calls="$calls" -v count="${SIGNALS:-10}" -v seed="${SIGNAL_SEED:-1}" 'BEGIN {
		srand(seed)
		for (i = 0; i < count; i++) {
			kind = int(rand() * 3)
			print 1 + int(rand() * calls), substr("ith", kind + 1, 1), \
				kind == 0 ? 130 : kind == 1 ? 143 : 129
		}
	}' >instants
	while read -r n how due <&4; do
		"$1"
		stopped_at "$n" "$how" "${@:3}" || continue # its last calls are not always as many
		count=$((count + 1))
		[ "$ended" -eq "$due" ] || [ "$ended" -eq 0 ] ||
			{ echo "call $n, $how: $ended"; cat killed; return 1; }
		"$2" || { echo "$how at call $n"; cat killed; return 1; }
	done 4<instants
	[ "$count" -gt 0 ]
	echo "# $count signals at $calls calls" >&3
}

# ---- files ----

begin_files() {
	rm -rf state snap run.yaml
	cp start.yaml run.yaml
}

resume_files() {
	ends 0 apply --live run.yaml --snapshot snap --allow-remove '100%' --resume
	# Killed before the run began, there is nothing to resume.
	cmp -s run.yaml done.yaml ||
		ends 0 apply --live run.yaml --auto-approve --allow-remove '100%' --snapshot snap \
		wanted.yaml
	cmp run.yaml done.yaml || return
	ends 0 plan --live run.yaml --detailed-exitcode wanted.yaml
	ends 0 ledger verify
}

@test "files: killed or asked to stop in front of every call of an apply of 340 changes" {
	many_changes 259
	begin_files
	ends 0 apply --live run.yaml --auto-approve --allow-remove '100%' --snapshot snap \
		wanted.yaml
	cp run.yaml done.yaml
	each_call begin_files resume_files \
		apply --live run.yaml --auto-approve --allow-remove '100%' --snapshot snap \
		wanted.yaml
	[ "$calls" -ge 250 ]
	each_signal begin_files resume_files \
		apply --live run.yaml --auto-approve --allow-remove '100%' --snapshot snap \
		wanted.yaml
}

# ---- files, and what is committed of them ----

begin_commits() {
	rm -rf state repo run.yaml
	cp start.yaml run.yaml
	cp -R empty repo
}

# resumes_commits: where the kill left a lock of git's, which it says, a person takes that away.
resumes_commits() {
	local lock
	run_writ apply --live run.yaml --snapshot repo/org --commit --allow-remove '100%' --resume
	lock=$(sed -n 's|^writ: error: .*: \(/.*\.lock\) is there: another git works in this.*|\1|p' stderr)
	[ -z "$lock" ] || {
		locks=$((locks + 1))
		rm "$lock"
		run_writ apply --live run.yaml --snapshot repo/org --commit --allow-remove '100%' \
			--resume
	}
	[ "$status" -eq 0 ] || { cat stdout stderr; return 1; }
}

# What is committed is what was seen, and nothing else lies about.
resume_commits() {
	resumes_commits || return
	cmp -s run.yaml done.yaml || ends 0 apply --live run.yaml --auto-approve \
		--allow-remove '100%' --snapshot repo/org --commit wanted.yaml
	cmp run.yaml done.yaml || return
	ends 0 plan --live run.yaml --detailed-exitcode wanted.yaml
	ends 0 ledger verify
	git -C repo fsck --strict >fsck.out 2>&1 || { cat fsck.out; return 1; }
	[ -z "$(git -C repo status --porcelain)" ] || { git -C repo status; return 1; }
	diff -r -I '^  serial:' repo/org done-org
}

@test "files, ledger, snapshot and commits: killed in front of every call of 100 changes" {
	git_setup
	many_changes 139
	git init -q -b main empty
	begin_commits
	ends 0 apply --live run.yaml --auto-approve --allow-remove '100%' --snapshot repo/org \
		--commit wanted.yaml
	grep -q '^Apply: 100 done' stdout
	cp run.yaml done.yaml
	cp -R repo/org done-org
	step=97 locks=0
	each_call begin_commits resume_commits \
		apply --live run.yaml --auto-approve --allow-remove '100%' --snapshot repo/org \
		--commit wanted.yaml
	[ "$calls" -ge 500 ]
	echo "# $locks kills left a lock of git's" >&3
}

# ---- a service ----

resume_service() {
	ends 0 apply --resume
	"$WRIT" plan --detailed-exitcode wanted.yaml >/dev/null 2>&1 ||
		ends 0 apply --auto-approve --allow-remove 2 wanted.yaml
	all_is_done_once
}

@test "a service: killed in front of every call of an apply" {
	emulator_setup
	export WRIT_CONFIG=$PWD/config.yaml
	wants_each_kind
	service_with_work
	ends 0 apply --auto-approve --allow-remove 2 wanted.yaml
	told >due
	[ "$(wc -l <due)" -ge 5 ]
	each_call service_with_work resume_service apply --auto-approve --allow-remove 2 wanted.yaml
	[ "$calls" -ge 250 ]
	each_signal service_with_work resume_service apply --auto-approve \
		--allow-remove 2 wanted.yaml
}
