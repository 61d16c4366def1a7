#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The power is cut (POWER_CUTS=N times in all) while a command works: it is killed in front of a
# system call, and of what it did to files only what was synced is certain to be there; the rest is
# kept, lost or torn by a seed (power_cut.c). Then the next commands find nothing lost, do nothing
# twice and converge. What is recorded is what calls ask of files, not the blocks of a disk.

setup() {
	load ../cli/helper
	load ../emulator/helper
	load service
	common_setup
	skip_sanitized
	FAULT=$(dirname "$WRIT")/fault
	[ -e "$FAULT/power_log.so" ] || skip 'the calls of this program cannot be recorded'
	git_setup
	export XDG_STATE_HOME=$PWD/machine/state
	CUTS=${POWER_CUTS:-20}
}

# The state is not what these tests are about.
state_outside() {
	export XDG_STATE_HOME=$PWD/state
}

teardown() {
	emulator_stop
}

# recorded N ARGUMENT...: what is done below the machine's folder until the N-th call is in `log`; 1
# when there is no such call.
recorded() {
	local ended=0
	rm -f log
	: >log
	WRIT_POWER_LOG=$PWD/log WRIT_POWER_BELOW=$PWD/machine WRIT_FAULT=$1k WRIT_FAULT_BELOW=$PWD \
		LD_PRELOAD="$FAULT/power_log.so $FAULT/shim.so" "$WRIT" "${@:2}" >killed 2>&1 \
		</dev/null || ended=$?
	[ "$ended" -eq 137 ]
} 2>/dev/null

# cut SEED: the machine comes up again.
cut() {
	rm -rf machine
	"$FAULT/power_cut" before log "$1" machine
}

fresh() {
	rm -rf machine before
	"$1"
	mkdir -p machine
	cp -a machine before
}

# each_cut COUNT BEGIN CHECK ARGUMENT...: BEGIN brings all to the start, CHECK what is left to its
# due end.
each_cut() {
	local most=$1 begin=$2 check=$3 low=0 high=4096 n i
	[ "$most" -ge 1 ] || most=1
	shift 3
	while [ $((high - low)) -gt 1 ]; do
		n=$(((low + high) / 2))
		fresh "$begin"
		if recorded "$n" "$@"; then low=$n; else high=$n; fi
	done
	# Nothing is done that is not recorded.
	fresh "$begin"
	! recorded 100000 "$@"
	"$FAULT/power_cut" before log all kept
	diff -r machine kept || return
	rm -rf kept
	for ((i = 1; i <= most; i++)); do
		n=$((low - (i - 1) * low / most)) # the last one too
		fresh "$begin"
		recorded "$n" "$@" || : # one call more or less: it may have ended
		cut "$((i + ${POWER_SEED:-0}))" || { echo "cut $i at call $n"; return 1; }
		"$check" || { echo "cut $i at call $n"; cat killed; return 1; }
	done
	echo "# $most cuts in $low calls" >&3
}

# What was sent stands in the ledger: the machine remembers that there was a run.
on_record() {
	compgen -G "$XDG_STATE_HOME/writ/*/ledger/0*" >/dev/null && return
	echo 'something was sent, and no run is on record'
	return 1
}

# ---- files, and a snapshot in git ----

begin_files() {
	mkdir -p machine
	cp start.yaml run.yaml
	cp -a repo machine/repo
}

# What git itself leaves to a person behind a cut: its locks, as the resume says, and its index, a
# cache that neither git nor libgit2 syncs.
tidy_repository() {
	find machine/repo/.git -name '*.lock' -delete
	git -C machine/repo ls-files >/dev/null 2>&1 && return
	rm -f machine/repo/.git/index
	git -C machine/repo reset -q
}

resume_files() {
	tidy_repository
	cmp -s run.yaml start.yaml || on_record || return
	ends 0 log
	ends 0 apply --live run.yaml --snapshot machine/repo/org --commit --allow-remove '100%' \
		--resume
	# Cut before the run began, or when all but the record of it was done.
	ends 0 apply --live run.yaml --auto-approve --allow-remove '100%' \
		--snapshot machine/repo/org --commit wanted.yaml
	cmp run.yaml done.yaml || return
	ends 0 plan --live run.yaml --detailed-exitcode wanted.yaml
	ends 0 ledger verify
	git -C machine/repo fsck --strict || return
	git -C machine/repo show main:org/technical-accounts.yaml | cmp - due.yaml || return
	[ -z "$(git -C machine/repo status --porcelain)" ] ||
		{ git -C machine/repo status --porcelain; return 1; }
}

@test "files: an apply of changes and its snapshot's commit" {
	many_changes 125
	git init -q -b main repo
	fresh begin_files
	ends 0 snapshot --live run.yaml --snapshot machine/repo/org --commit
	rm -rf repo
	cp -a machine/repo repo
	ends 0 apply --live run.yaml --auto-approve --allow-remove '100%' \
		--snapshot machine/repo/org --commit wanted.yaml
	cp run.yaml done.yaml
	cp machine/repo/org/technical-accounts.yaml due.yaml
	each_cut $((CUTS / 2)) begin_files resume_files \
		apply --live run.yaml --auto-approve --allow-remove '100%' \
		--snapshot machine/repo/org --commit wanted.yaml
}

# ---- a service ----

resume_service() {
	[ -z "$(changes)" ] || on_record || return
	ends 0 log
	ends 0 apply --resume --snapshot machine/org
	ends 0 apply --auto-approve --allow-remove 2 --snapshot machine/org wanted.yaml
	ends 0 validate machine/org
	all_is_done_once
}

@test "a service: an apply that makes an account, gives and takes" {
	emulator_setup
	export WRIT_CONFIG=$PWD/config.yaml
	wants_each_kind
	fresh service_with_work
	ends 0 apply --auto-approve --allow-remove 2 --snapshot machine/org wanted.yaml
	told >due
	[ "$(wc -l <due)" -ge 5 ]
	each_cut $((CUTS / 4)) service_with_work resume_service apply \
		--auto-approve --allow-remove 2 --snapshot machine/org wanted.yaml
}

# ---- what is written beside ----

begin_manifests() {
	cp -R manifests.start machine
}

# Each file is the old or the new one, and the next run goes on or says how.
accepted() {
	for file in 0 1 2 3; do
		cmp -s machine/$file.yaml manifests.start/$file.yaml ||
			cmp machine/$file.yaml due/$file.yaml || return
	done
	if ! ends 0 drift accept --live live.yaml --base snapshot machine >out; then
		finish=$(sed -n 's/.*finish with: \(.*\); or take back.*/\1/p' stderr)
		[ -n "$finish" ] || { cat stderr; return 1; }
		eval "$finish"
		ends 0 drift accept --live live.yaml --base snapshot machine || return
	fi
	diff -r machine due
}

@test "drift that is written into manifests" {
	mkdir manifests.start
	three_accounts manifests.start
	state_outside
	fresh begin_manifests
	ends 0 drift accept --live live.yaml --base snapshot machine
	cp -R machine due
	each_cut $((CUTS / 8)) begin_manifests accepted drift accept --live live.yaml \
		--base snapshot machine
}

@test "a program that syncs nothing would be found out" {
	quickstart
	ends 0 plan --live live.yaml --out old.json manifests
	ends 0 plan --live live.yaml --allow-remove 1 --out new.json manifests
	state_outside
	export WRIT_POWER_UNSYNCED=1
	local found=0
	for seed in $(seq 20); do
		fresh begin_results
		! recorded 100000 plan --live live.yaml --allow-remove 1 --out machine/plan.json \
			manifests
		cut "$seed"
		saved >/dev/null || found=$((found + 1))
	done
	[ "$found" -ge 5 ]
}

begin_results() {
	mkdir machine
	cp old.json machine/plan.json
}

# The old plan or the new one, whole.
saved() {
	cmp -s machine/plan.json old.json || cmp machine/plan.json new.json || return
	ends 0 plan --live live.yaml --allow-remove 1 --out machine/plan.json manifests
	cmp machine/plan.json new.json
}

@test "a plan that takes the place of another" {
	quickstart
	state_outside
	ends 0 plan --live live.yaml --out old.json manifests
	ends 0 plan --live live.yaml --allow-remove 1 --out new.json manifests
	run ! cmp -s old.json new.json
	each_cut $((CUTS / 8)) begin_results saved plan --live live.yaml --allow-remove 1 \
		--out machine/plan.json manifests
}
