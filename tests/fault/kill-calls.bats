#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# An apply is killed in front of every system call about its files and connections (CALL_STEP=N:
# every N-th), those of a service made of files and those of one behind a network: one resume
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

account() {
	printf -- '---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: %s}\nspec: {%s}\n' "$1" "$2"
}

# killed_at N ARGUMENT...: 1 when there is no N-th call.
killed_at() {
	local ended=0
	WRIT_FAULT=$1k WRIT_FAULT_BELOW=$PWD LD_PRELOAD=$SHIM "$WRIT" "${@:2}" >killed 2>&1 \
		</dev/null || ended=$?
	[ "$ended" -eq 137 ]
} 2>/dev/null

# each_call BEGIN CHECK ARGUMENT...: BEGIN brings all to the start, CHECK what is left to its due
# end.
each_call() {
	local n count=0
	for ((n = 1; ; n += ${CALL_STEP:-23})); do
		"$1"
		killed_at "$n" "${@:3}" || break
		count=$((count + 1))
		"$2" || { echo "killed at call $n"; cat killed; return 1; }
	done
	[ "$n" -lt 100000 ]
	calls=$n
	echo "# $count kills at $n calls" >&3
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

@test "files: killed in front of every call of an apply of 340 changes" {
	printf '%s\n' 'apiVersion: writ/v1' 'kind: Organization' 'metadata: {name: acme}' \
		'spec: {provider: file}' \
		'status: {products: [{product: P, profile: A}, {product: P, profile: B}]}' |
		tee start.yaml >wanted.yaml
	for i in $(seq 100 259); do
		account "created-$i" 'products: [{product: P, profile: A}]' >>wanted.yaml
	done
	for i in $(seq 10 19); do
		account "kept-$i" 'products: [{product: P, profile: A}]' >>start.yaml
		account "kept-$i" 'products: [{product: P, profile: B}]' >>wanted.yaml
	done
	begin_files
	ends 0 apply --live run.yaml --auto-approve --allow-remove '100%' --snapshot snap \
		wanted.yaml
	cp run.yaml done.yaml
	each_call begin_files resume_files \
		apply --live run.yaml --auto-approve --allow-remove '100%' --snapshot snap \
		wanted.yaml
	[ "$calls" -ge 250 ]
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
}
