#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The runs, and whether what they left is as it was.

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
	WRIT_NOW=2026-06-02T00:00:00Z ends 0 apply --live live.yaml --auto-approve \
		--allow-remove 1 manifests
}

# commit_run RUN HEAD PLAN: the commit that a snapshot of that run would have.
commit_run() {
	[ -d memory ] || git init -q -b main memory
	mkdir -p memory/acme
	echo "# $1" >>memory/acme/organization.yaml
	git -C memory add acme
	git -C memory commit -q -m 'acme: changed' -m "Writ-Run: $1
Writ-Plan: $3
Writ-Ledger: $2"
}

commit_both() {
	for run in $("$WRIT" log --format json 2>/dev/null | jq -r '.runs | reverse | .[].run'); do
		"$WRIT" ledger show --format json "$run" >shown.json 2>/dev/null
		number=$(jq '[.entries[] | select(.type == "intent")][0].record' shown.json)
		digest=$(sha256sum <"$(records | sed -n "${number}p")" | cut -d ' ' -f 1)
		commit_run "$run" "$number sha256:$digest" \
			"$(jq -r '[.entries[] | select(.type == "begin")][0].body.plan' shown.json)"
	done
}

# Digests, commits and who ran the test, which differ from one machine to the next.
steady() {
	sed -i 's/sha256:[0-9a-f]*/sha256:X/g; s/-[0-9a-f]\{12\}-\([0-9]*\)/-DIGEST-\1/g
		s/\(by  *\)[^ ]* on .*/\1USER on HOST/; s/commit [0-9a-f]*/commit ID/' stdout
}

@test "nothing has run" {
	run_writ log
	assert_golden log-none
	ends 1 log verify
	grep -qx '0 runs and 0 commits: nothing was checked.' stdout
}

@test "runs with their time, who, plan, counts and chain, newest first" {
	runs
	commit_both
	run_writ log --snapshot memory/acme
	steady
	assert_golden log
	ends 0 log --format json --snapshot memory/acme
	[ "$(jq -c '[.runs[] | [.state, .counts.changes, .counts.done, .counts.withheld,
		.counts.not_sent, (.commits | length), .commits[0].author]]' stdout)" = \
			'[["done",1,1,0,0,1,"Ann Author"],["done",7,6,1,0,1,"Ann Author"]]' ] ||
			{ cat stdout; return 1; }
	jq -e '.runs[0].commits[0].chain | test("^[0-9]+ sha256:")' stdout
	ends 0 log --format csv --snapshot memory/acme
	[ "$(wc -l <stdout)" -eq 3 ]
	ends 0 log --org other
	grep -q 'No run' stdout
}

@test "verify: chains, plans and commits agree" {
	runs
	commit_both
	run_writ log verify --snapshot memory/acme
	steady
	assert_golden log-verify
}

@test "verify finds a ledger that was written anew, and one flipped bit" {
	runs
	commit_both
	cp -R state kept
	# Another whole and sound chain: only the commit knows.
	sed -i 's/"actor": "[^"]*"/"actor": "nobody"/' "$(records | head -1)"
	chain_again 1
	ends 0 log verify
	ends 0 ledger verify
	ends 1 log verify --snapshot memory/acme
	grep -q 'which it never had' stdout
	for at in 3 20 100 300 700; do
		rm -r state
		cp -R kept state
		flip "$(records | sed -n 2p)" "$at" 2
		ends 1 log verify --format json
		[ "$(jq .wrong stdout)" -ge 1 ]
		ends 1 ledger verify
		grep -q '^WRONG' stdout
	done
}

@test "a run whose records are emptied is told by its commit, which still agrees" {
	runs
	WRIT_NOW=2026-06-03T00:00:00Z ends 0 apply --live live.yaml --auto-approve manifests
	commit_both
	first=$("$WRIT" log --format json | jq -r '.runs[-1].run')
	WRIT_NOW=2026-07-20T00:00:00Z ends 0 ledger checkpoint --live live.yaml
	grep -q '^[1-9][0-9]* records of organisation acme are emptied now' stdout
	ends 0 log --snapshot memory/acme
	grep -q '^writ: [1-9][0-9]* records of organisation acme are emptied: what runs of then did' stderr
	grep -qx "2026-06-01T00:00:00Z  $first  acme  emptied" stdout
	[ "$(grep -c '  emptied$' stdout)" -eq 2 ]
	ends 0 log verify --snapshot memory/acme
	grep -qx '2 runs and 2 commits: what could be checked holds, 2 could not be checked here.' \
		stdout
	ends 1 undo "$first" --live live.yaml
	commit_run "$first" "2 sha256:$(printf %064d 1)" "sha256:$(printf %064d 2)"
	ends 1 log verify --snapshot memory/acme
	grep -q 'knows the ledger with head 2 sha256:0*1, which it never had' stdout
}

@test "a run of another machine cannot be checked here, and nothing checked is no success" {
	commit_run 20260101T000000Z-000000000000-000 sha256:00 sha256:11
	run_writ log --snapshot memory/acme
	steady
	assert_golden log-elsewhere
	ends 1 log verify --snapshot memory/acme
	grep -q unchecked stdout
	grep -q 'nothing was checked' stdout
	runs
	ends 0 log verify --snapshot memory/acme
	ends 1 log verify --strict --snapshot memory/acme
}

# three_runs: applies three changes of an owner, each committed in memory/acme by the program
# itself.
three_runs() {
	git init -q -b main memory
	for day in 1 2 3; do
		sed -i "s/owner: .*/owner: day$day@example.com/" manifests/accounts/*.yaml
		WRIT_NOW=2026-06-0${day}T00:00:00Z ends 0 apply --live live.yaml --auto-approve \
			--allow-remove 100% --snapshot memory/acme --commit manifests
	done
	ends 0 log verify --strict --snapshot memory/acme
	grep -qx '3 runs and 3 commits: every chain holds.' stdout
}

@test "verify finds commits that were dropped, amended, or edited by hand" {
	three_runs
	git clone -q memory kept
	again() {
		git -C memory fetch -q ../kept main
		git -C memory reset -q --hard FETCH_HEAD
	}
	# The second run's commit is dropped, and what it did is in the third's.
	tree=$(git -C memory rev-parse 'HEAD^{tree}')
	git -C memory reset -q \
		--soft "$(git -C memory commit-tree -p HEAD~2 \
		-m "$(git -C memory log -1 --format=%B)" "$tree")"
	ends 1 log verify --snapshot memory/acme
	grep -q '^WRONG .*it has serial .*, and no commit has .*: one was dropped, or made anew' \
		stdout
	grep -q '^WRONG .*its end names the folder as it was committed, and no commit has it so' \
		stdout
	again
	# Its trailers are taken away.
	git -C memory commit -q --amend -m 'nothing to see'
	ends 1 log verify --snapshot memory/acme
	grep -q '^WRONG .*its files are of serial .*, which no message names: a commit of writ was amended' stdout
	again
	# The last one is dropped.
	git -C memory reset -q --hard HEAD~1
	ends 1 log verify --snapshot memory/acme
	grep -q '^WRONG .*-000: its end names the folder as it was committed, and no commit has it so' stdout
	again
	# Or it is on another commit now, which is no matter.
	git -C memory commit -q --amend --no-edit --date 2026-06-09T00:00:00Z
	[ "$(git -C memory rev-parse HEAD)" != "$(git -C kept rev-parse HEAD)" ]
	ends 0 log verify --strict --snapshot memory/acme
	again
	# Another's message stands on it.
	git -C memory commit -q --amend -m "$(git -C memory log -1 --format=%B HEAD~1)"
	ends 1 log verify --snapshot memory/acme
	grep -q '^WRONG .*its message names serial .*, and its files are of ' stdout
	again
	# All are one.
	git -C memory reset -q --soft "$(git -C memory rev-list --max-parents=0 HEAD)"
	git -C memory commit -q -m squashed
	ends 1 log verify --snapshot memory/acme
	grep -q '^WRONG .*which no message names' stdout
	again
	git -C memory commit -q --allow-empty -m nothing
	mkdir -p memory/acme/notes
	echo hello >memory/acme/notes/README
	git -C memory add acme
	git -C memory commit -q -m 'a note beside the snapshot'
	ends 1 log verify --strict --snapshot memory/acme
	grep -q '^unchecked .*it changes the folder, and names neither a run nor drift' stdout
	again
	# A file is edited, in the same commit or in another.
	sed -i 's/day3@/eve@/' memory/acme/technical-accounts.yaml
	git -C memory commit -q -a --amend --no-edit
	ends 1 log verify --snapshot memory/acme
	grep -q '^WRONG .*technical-accounts.yaml was edited by hand, or mixed by a merge' stdout
	again
	ends 0 log verify --strict --snapshot memory/acme
	git -C memory rm -q -r acme
	git -C memory commit -q -m gone
	mkdir -p memory/acme
	ends 1 log verify --snapshot memory/acme
	grep -q '^WRONG .*it deletes the snapshot' stdout
}

@test "verify in a shallow clone counts what it does not see" {
	three_runs
	git clone -q --depth 1 "file://$PWD/memory" shallow
	ends 0 log verify --snapshot shallow/acme --format json
	jq -e '.checked == 4 and .unchecked == 1 and .wrong == 0' stdout
	ends 1 log verify --strict --snapshot shallow/acme
	grep -q 'the clone is shallow: what was committed before it is not here' stdout
	grep -q 'what could be checked holds, 1 could not be checked here' stdout
}

@test "verify tells a snapshot that a partial clone lacks from one that cannot be read" {
	three_runs
	git -C memory config uploadpack.allowFilter true
	git clone -q --filter=blob:none --no-checkout "file://$PWD/memory" partial
	mkdir partial/acme
	ends 0 log verify --snapshot partial/acme
	grep -q '^unchecked .*its snapshot cannot be read: .* as in a partial clone' stdout
	ends 1 log verify --strict --snapshot partial/acme
	for object in HEAD~1:acme/technical-accounts.yaml HEAD~1:acme; do
		id=$(git -C memory rev-parse "$object")
		at=memory/.git/objects/${id:0:2}/${id:2}
		mv "$at" kept
		ends 1 log verify --snapshot memory/acme
		grep -q 'error: .*object not found' stderr
		mv kept "$at"
	done
	ends 0 log verify --strict --snapshot memory/acme
}

@test "the list of runs goes on without the configured repository of snapshots" {
	runs
	umask 077
	operator_says <<<'snapshot: {repository: lost}'
	ends 0 log --config config.yaml --format json
	[ "$(jq '.runs | length' stdout)" -eq 2 ]
	grep -q 'no commits are told: .*lost' stderr
	ends 1 log verify --config config.yaml
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

@test "what becomes of each change, apply and log say alike" {
	ends 4 apply --live live.yaml --auto-approve manifests
	counts='\([0-9]*\) done, \([0-9]*\) failed, \([0-9]*\) unknown'
	counts="$counts, \\([0-9]*\\) not tried, \\([0-9]*\\) withheld"
	said=$(sed -n "s/^Apply: $counts\.$/\1 \2 \3 \4 \5/p" stdout)
	[ -n "$said" ] || { cat stdout; return 1; }
	ends 0 log --format json
	[ "$(jq -r '.runs[0].counts | "\(.done) \(.failed) \(.unknown) \(.not_sent) \(.withheld)"' \
		stdout)" = "$said" ] || { cat stdout; return 1; }
}
