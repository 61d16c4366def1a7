#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The way back from a run, as a plan like any other.

setup() {
	load helper
	common_setup
	cp "$WRIT_ROOT/tests/data/answers/undo-live.yaml" live.yaml
	cp "$WRIT_ROOT/tests/data/answers/undo-wanted.yaml" wanted.yaml
	ends 0 import --live live.yaml --out before
	ends 0 apply --live live.yaml --auto-approve --allow-remove 100% wanted.yaml
	export WRIT_NOW=2026-06-01T01:00:00Z
}

# Digests and folders that differ from run to run.
steady() {
	sed -i "s/Z-[0-9a-f]\{12\}-/Z-DIGEST-/g; s/sha256:[0-9a-f]\{64\}/sha256:X/g" stdout stderr
}

# Facts without what the service assigns, in one order.
facts() {
	cat "$1"/*.yaml | grep -vE '^ *(id|email): '
}

@test "every kind of change is planned back, and what cannot be is said" {
	run_writ undo 20260601T000000Z --live live.yaml
	steady
	assert_golden undo
}

@test "applied, it leaves what was before the run, but for what is said" {
	ends 0 undo 2026 --live live.yaml --out undo.json --allow-remove 100%
	ends 0 apply --live live.yaml --plan undo.json
	ends 0 import --live live.yaml --out after
	facts before >before.txt
	facts after >after.txt
	# An account that was deleted is there again with its grant, and another id; a description
	# that was unsaid stays.
	diff before.txt after.txt >difference || :
	cp difference stdout
	: >stderr
	status=0
	assert_golden undo-difference
	# Nothing is left to undo.
	ends 0 undo 20260601T000000Z --live live.yaml --detailed-exitcode
	grep -q '^No changes\. Nothing of the run is left that this plan takes back\.$' stdout
	ends 0 undo 20260601T000000Z --live live.yaml --format json
	[ "$(jq '.changes | length' stdout)" = 0 ]
	ends 1 undo 20260601T000009Z --live live.yaml
	grep -q '^writ: error: no run "20260601T000009Z" is known here; .writ log. lists' stderr
	ends 1 undo "$(last_run | sed 's/.$/9/')" --live live.yaml
	grep -q ' is known here; did you mean "20260601T0[^"]*-000"?$' stderr
}

@test "an undo can be undone" {
	cp live.yaml after-run.yaml
	ends 0 undo 2026 --live live.yaml --out undo.json --allow-remove 100%
	ends 0 apply --live live.yaml --plan undo.json
	WRIT_NOW=2026-06-01T02:00:00Z ends 0 undo 20260601T010000Z --live live.yaml \
		--out redo.json --allow-remove 100%
	WRIT_NOW=2026-06-01T02:00:00Z ends 0 apply --live live.yaml --plan redo.json
	# An account that the undo deleted and this made again has its grants, too.
	ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
}

@test "guards hold: removals need consent, a role keeps its holders" {
	ends 2 undo 2026 --live live.yaml --detailed-exitcode --out undo.json
	ends 4 undo 2026 --live live.yaml --fail-on withheld
	ends 4 apply --live live.yaml --plan undo.json
	grep -q night-build live.yaml
}

@test "who took the name of an account that the run made is left alone, as far as a snapshot knows its id" {
	git_setup
	git init -q memory
	export WRIT_CONFIG=$PWD/config.yaml
	operator_says <<<"snapshot: {repository: $PWD/memory, folder: acme, commit: true}"
	cp "$WRIT_ROOT/tests/data/answers/undo-live.yaml" live.yaml
	ends 0 apply --live live.yaml --auto-approve --allow-remove 100% wanted.yaml
	run=$(last_run)
	ends 0 undo "$run" --live live.yaml --allow-remove 100%
	grep -q '^writ: night-build: the account goes with its credential, and its secret stops working$' stderr
	grep -q '^ *- technical account' stdout
	cp live.yaml known.yaml
	perl -0777 -pi -e 's/(name: night-build\n.*?\n  id: )\S+/$1"another"/s' live.yaml
	grep -q '"another"' live.yaml
	ends 0 undo "$run" --live live.yaml --allow-remove 100%
	grep -q '^writ: night-build: another account has this name since; left alone$' stderr
	run ! grep -q '^ *- technical account' stdout
	# Who is called otherwise by now is told by that name.
	sed 's/name: night-build/name: later-build/' known.yaml >live.yaml
	ends 0 undo "$run" --live live.yaml --allow-remove 100%
	grep -q '^writ: night-build: the account is called "later-build" by now; left alone$' stderr
	sed '/name: night-build/,/id:/s/id: .*/id: another/' known.yaml >live.yaml
	rm -r memory
	ends 0 undo "$run" --live live.yaml --allow-remove 100%
	grep -q '^  night-build  is perhaps another account than the one that the run made: no ' stdout
}

@test "what has changed again since is left alone" {
	cat >since.yaml <<-END
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec: {provider: file, unlisted: keep}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: template-sync}
		spec:
		  description: Another purpose
		  products: [{product: Adobe Express, profile: Default},
		    {product: Adobe Express, profile: Templates}]
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: night-build}
		spec: {state: absent}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: old-script}
		spec: {}
	END
	ends 0 apply --live live.yaml --auto-approve --allow-remove 100% since.yaml
	run_writ undo 20260601T000000Z --live live.yaml
	steady
	assert_golden undo-since
}

@test "a run that was done in part is undone in part" {
	cp "$WRIT_ROOT/tests/data/answers/undo-live.yaml" live.yaml
	WRIT_NOW=2026-06-01T03:00:00Z ends 4 apply --live live.yaml --auto-approve wanted.yaml
	ends 0 undo 20260601T03 --live live.yaml --format json
	[ "$(jq -c '[.changes[] | select(.type == "technicalAccount") | .address]' stdout)" = \
		'["technicalAccount/archiver","technicalAccount/night-build"]' ] ||
		{ jq -c '.changes[]' stdout; return 1; }
}

@test "the plan on record must be what it was" {
	plan=$(grep -l '"type": "plan"' "$XDG_STATE_HOME"/writ/*/ledger/0*)
	cp -R state kept
	sed -i 's/night-build/night-built/g' "$plan"
	ends 1 undo 2026 --live live.yaml
	grep -q damaged stderr
	chain_again 1
	ends 1 undo 2026 --live live.yaml
	grep -q 'not the one that it began with' stderr
	rm -r state
	cp -R kept state
	ends 0 undo 2026 --live live.yaml
}

@test "what does not make sense" {
	ends 64 undo
	ends 64 undo a b
	ends 1 undo 1999 --live live.yaml
	ends 1 undo 2026 --live nowhere.yaml
	ends 1 undo 2026 --live live.yaml --org other
	cp live.yaml other.yaml
	ends 1 undo 2026 --live other.yaml
	grep -q 'not of this live organisation' stderr
}

@test "what the run gave and no read shows is not said to be gone" {
	storage() { # STATUS [ROLES]
		organization
		document TechnicalAccount one "${2:-}"
		[ -z "$1" ] || echo "status: {$1}"
	}
	rm -rf "$XDG_STATE_HOME"
	storage '' 'adminRoles: []' >live.yaml
	storage '' 'adminRoles: [storage-administrator]' >wanted.yaml
	ends 0 apply --live live.yaml --auto-approve wanted.yaml
	storage 'unseen: [storage-administrator]' 'adminRoles: []' >live.yaml
	ends 0 undo "$(date -u -d "$WRIT_NOW" +%Y%m%dT%H)" --live live.yaml --detailed-exitcode
	grep -q 'whether storage-administrator is still held cannot be seen; this plan does not take it away' stderr
	run ! grep -q 'gone already' stderr
	grep -q '^No changes in what can be seen; 1 claimed grant cannot be seen\.$' stdout
	ends 4 undo "$(date -u -d "$WRIT_NOW" +%Y%m%dT%H)" --live live.yaml --fail-on unseen
	ends 0 undo "$(date -u -d "$WRIT_NOW" +%Y%m%dT%H)" --live live.yaml --format json
	jq -e '.summary.unseen == 1 and .changes == [] and (.unseen | length) == 1' stdout
}
