#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	quickstart
}

@test "a plan, as text and as the very bytes" {
	ends 0 plan --live live.yaml --out plan.json manifests
	cp stdout text
	ends 0 show plan.json
	cmp stdout text
	ends 0 show --format json plan.json
	cmp stdout plan.json
}

# shown_as_it_was: the plan that was saved shows as the command showed it.
shown_as_it_was() {
	cp stdout text
	ends 0 show plan.json
	diff text stdout
}

@test "drift that is a rename or ignored, and what is not possible yet, too" {
	ends 0 snapshot --live live.yaml --out snapshots
	sed -i 's/metadata: {name: template-sync}/metadata: {name: sync}/
		s/users: \[jane@example.com, /users: [/
			s/members: .*jane.*/members: [{user: omar@example.com}]/' live.yaml
	ends 0 plan --live live.yaml --base snapshots --out plan.json manifests
	grep -q '^    ~ renamed from template-sync, credential  [0-9a-f]*  (left alone)$' stdout
	shown_as_it_was
	mark=$(sed -n 's/^    ~ renamed from template-sync, credential  \([0-9a-f]*\).*/\1/p' text)
	entry="{fingerprint: \"$mark\", until: 2026-06-30, reason: OPS-9}"
	sed -i "s|^  provider: file|&\n  ignoredDrift: [$entry]|" manifests/organization.yaml
	# It is to lose a role, which it keeps while this is ignored.
	operator_says <<<'policy: {ignoreAdminDrift: true}'
	ends 0 plan --live live.yaml --base snapshots --config config.yaml --out plan.json manifests
	grep -q '(ignored until 2026-06-30: OPS-9)$' stdout
	shown_as_it_was
	ends 0 restore --live live.yaml --from snapshots --out plan.json
	grep -q '^NOT POSSIBLE YET (1)$' stdout
	shown_as_it_was
}

@test "an organisation" {
	run_writ show live.yaml
	assert_golden show-live
	ends 0 show --format text=shown --format text live.yaml
	cmp shown stdout
	run_writ show --format json live.yaml
	[ "$status" -eq 64 ] && grep -q 'shown as manifests' stderr
}

# is_told FILE WORDS: it is not shown, and these words say why.
is_told() {
	ends 1 show "$1"
	grep -qF "writ: error: $1 is $2" stderr || { cat stderr; return 1; }
}

@test "what writ wrote and is no plan is told, with the command that is for it" {
	local run record
	ends 4 apply --auto-approve --live live.yaml --format json=result.json --json-into events \
		manifests
	for record in "$XDG_STATE_HOME"/writ/acme-*/ledger/00*; do
		run=$(sed -n 's/^.*"run": "\([^"]*\)".*$/\1/p' "$record")
		is_told "$record" 'a record of a ledger'
		[ -z "$run" ] ||
			is_told "$record" \
				"a record of a ledger, of the run $run; \`writ show $run\`"
	done
	ends 0 show "$run"
	is_told "$(dirname "$record")" 'the folder of a ledger'
	is_told result.json 'the result of an apply'
	is_told events 'what a run did, line by line (writ-events(7))'
	"$WRIT" report --format json manifests >report.json
	is_told report.json 'a result as JSON, and no saved plan; '
	"$WRIT" validate --format json manifests >findings.json
	is_told findings.json 'a result as JSON, and no saved plan'
	ssh-keygen -q -t ed25519 -N '' -f key
	ends 0 plan --live live.yaml --sign key --out plan.json manifests
	is_told plan.json.sig 'the signature of a saved plan; name the plan'
	printf 'writ journal 1\n\0' >journal
	is_told journal 'what a run of an older version left'
}

@test "no file, two files, nothing that it knows" {
	ends 64 show
	ends 64 show live.yaml live.yaml
	ends 1 show nothing
	grep -qx 'writ: error: reading nothing: No such file or directory' stderr
	head -c 5000 /dev/urandom >noise
	ends 1 show noise
	echo 'a: 1' >other.yaml
	ends 1 show other.yaml
	grep -qF 'other.yaml:1:1: error: reading other.yaml as an organisation, for it is no saved plan: unknown key "a"' stderr
	run ! grep -q live stderr
	: >empty
	run_writ show empty
	[ "$status" -eq 1 ]
}
