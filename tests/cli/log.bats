#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The runs, and whether their journals are what they were.

setup() {
	load helper
	common_setup
	quickstart
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null WRIT_CONFIG=
	export GIT_AUTHOR_NAME='Ann Author' GIT_AUTHOR_EMAIL=ann@example.com
	export GIT_COMMITTER_NAME='Carl Committer' GIT_COMMITTER_EMAIL=carl@example.com
	export GIT_AUTHOR_DATE=2026-06-01T00:01:00Z GIT_COMMITTER_DATE=2026-06-01T00:01:00Z
	unset WRIT_CONFIG
	export XDG_CONFIG_HOME="$BATS_TEST_TMPDIR/config"
}

# Two runs: one that withholds a removal, and one that makes it.
runs() {
	ends 4 apply --live live.yaml --auto-approve manifests
	WRIT_NOW=2026-06-02T00:00:00Z ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
}

journals() {
	echo "$XDG_STATE_HOME"/writ/acme-*/journal/*.wal
}

# commit_run JOURNAL HEAD PLAN: the commit that a snapshot of that run would have.
commit_run() {
	[ -d memory ] || git init -q -b main memory
	mkdir -p memory/acme
	echo "# $1" >>memory/acme/organization.yaml
	git -C memory add acme
	git -C memory commit -q -m 'acme: changed' -m "Writ-Run: $1
Writ-Plan: $3
Writ-Journal: $2"
}

commit_both() {
	for wal in $(journals); do
		"$WRIT" show --format json "$wal" >shown.json
		commit_run "$(basename "$wal" .wal)" "$(jq -r .chain shown.json)" "$(jq -r '.records[0].payload.plan' shown.json)"
	done
}

# Digests, commits and who ran the test, which differ from one machine to the next.
steady() {
	sed -i 's/sha256:[0-9a-f]*/sha256:X/g; s/-[0-9a-f]\{12\}-\([0-9]*\)/-DIGEST-\1/g; s/\(by  *\)[^ ]* on .*/\1USER on HOST/; s/commit [0-9a-f]*/commit ID/' stdout
}

@test "nothing has run" {
	run_writ log
	assert_golden log-none
	ends 0 log verify
}

@test "runs with their time, who, plan, counts and chain, newest first" {
	runs
	commit_both
	run_writ log --snapshot memory/acme
	steady
	assert_golden log
	ends 0 log --format json --snapshot memory/acme
	[ "$(jq -c '[.runs[] | [.state, .counts.changes, .counts.done, .counts.not_sent, (.commits | length), .commits[0].author]]' stdout)" = '[["done",1,1,0,1,"Ann Author"],["done",7,6,1,1,"Ann Author"]]' ] || { cat stdout; return 1; }
	[ "$(jq -r '.runs[0].chain == .runs[0].commits[0].chain' stdout)" = true ]
	ends 0 log --format csv --snapshot memory/acme
	[ "$(wc -l <stdout)" -eq 3 ]
	ends 0 log --org other
	grep -q 'No run' stdout
}

@test "verify: chains, plans and commits agree" {
	runs
	commit_both
	run_writ log verify --snapshot memory/acme
	assert_golden log-verify
}

@test "verify finds a journal that was written anew, and one flipped bit" {
	runs
	commit_both
	first=$(journals | cut -d ' ' -f 1) second=$(journals | cut -d ' ' -f 2)
	cp "$first" kept
	# Another whole and sound chain in place of the first: only the commit knows.
	cp "$second" "$first"
	cp "${second%.wal}.plan.json" "${first%.wal}.plan.json"
	ends 0 log verify
	ends 1 log verify --snapshot memory/acme
	grep -q 'its chain never had' stdout
	cp kept "$first"
	for at in 3 20 100 300 700; do
		cp kept "$first"
		perl -e 'open F, "+<", $ARGV[0]; seek F, $ARGV[1], 0; read F, $b, 1; seek F, $ARGV[1], 0; print F chr(ord($b) ^ 4)' "$first" "$at"
		ends 1 log verify --format json
		[ "$(jq .wrong stdout)" -ge 1 ]
	done
	ends 0 log
	grep -q damaged: stdout
}

@test "a run of another machine cannot be checked here: an error only with --strict" {
	commit_run 20260101T000000Z-000000000000-000 sha256:00 sha256:11
	run_writ log --snapshot memory/acme
	steady
	assert_golden log-elsewhere
	ends 0 log verify --snapshot memory/acme
	grep -q unchecked stdout
	ends 1 log verify --strict --snapshot memory/acme
}

@test "where snapshots are may be configured" {
	runs
	commit_both
	operator_says <<-END
		snapshot: {repository: $BATS_TEST_TMPDIR/memory, folder: acme}
	END
	ends 0 log --config config.yaml --format json
	[ "$(jq -c '[.runs[].commits | length]' stdout)" = '[1,1]' ]
}

@test "what does not make sense" {
	ends 64 log check
	ends 64 log verify more
	ends 64 log verify --format csv
	mkdir plain
	ends 1 log --snapshot plain
	ends 1 log --snapshot nowhere
	git init -q unborn
	ends 0 log --snapshot unborn
	XDG_STATE_HOME='' HOME='' ends 1 log
}
