#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What an apply that an error stops part-way leaves in the snapshots' repository.
# shellcheck disable=SC2030,SC2031 # a test is a subshell

setup() {
	load helper
	writ_setup
	git_setup
	git init -q repo
	wants <<END
apiVersion: writ/v1
kind: TechnicalAccount
metadata: {name: report-reader}
spec:
  project: Report Reader
  apis: [$STORAGE_API]
---
apiVersion: writ/v1
kind: AdminRole
metadata: {name: support}
spec: {role: support-administrator, members: [{user: joe.doe@example.com}]}
END
	operated_start
	organization_adds "server: {clientId: $CLIENT, clientSecret: {file: asset-archiver.secret}}"
	ends 0 snapshot --snapshot repo/org --commit --org acme
}

teardown() {
	emulator_stop
}

# apply STATUS ARGUMENT...
apply() {
	local due=$1
	shift
	ends "$due" apply --snapshot repo/org --commit --org acme "$@"
}

# fault KIND: the read behind the last write fails once, or from then on; the grant's request fails
# before or after it was done.
fault() {
	local read='"kind":"status","status":403,"method":"GET","path":"*/integrations","nth":3'
	local grant='"kind":"status","status":500,"count":0,"method":"POST","path":"*/action/*"'
	case $1 in
	read) control POST faults "{$read,\"count\":1}" ;;
	reads) control POST faults "{$read,\"count\":0}" ;;
	before) control POST faults "{$grant}" ;;
	after) control POST faults "{$grant,\"phase\":\"after\"}" ;;
	esac | jq -e .ok
}

subjects() {
	git -C repo log --reverse --format=%s >subjects
	printf '%s\n' 'acme: first snapshot' "$@" | diff - subjects
}

converged() {
	control DELETE faults
	apply 0 --resume
	ends 0 plan --detailed-exitcode --org acme wanted.yaml
	ends 0 drift --base repo/org --org acme
	ends 0 log verify --snapshot repo/org --strict
	[ -z "$(git -C repo status --porcelain)" ]
}

@test "what live shows of a run that an error stopped is committed as the run's" {
	fault read
	apply 5 --auto-approve wanted.yaml
	grep -q 'Stopped part-way' stdout
	subjects 'acme: 3 added, 0 changed, 0 removed'
	git -C repo show --format= HEAD | grep -q '^+ .*report-reader'
	converged
	subjects 'acme: 3 added, 0 changed, 0 removed'
}

@test "an unknown outcome is the run's where live shows it, and only there" {
	fault read
	fault before
	apply 5 --auto-approve wanted.yaml
	grep -q '^Apply: 2 done, 0 failed, 1 unknown, 0 not tried\.$' stdout
	subjects 'acme: 2 added, 0 changed, 0 removed'
	converged
	subjects 'acme: 2 added, 0 changed, 0 removed' 'acme: 1 added, 0 changed, 0 removed'
	control PUT manifest "$(cat "$WRIT_ROOT/tests/emulator/live.yaml")"
	ends 0 snapshot --snapshot repo/org --commit --org acme
	git -C repo log --format=%s | wc -l >before
	fault read
	fault after
	apply 5 --auto-approve --allow-live-shrink wanted.yaml
	grep -q '^Apply: 2 done, 0 failed, 1 unknown, 0 not tried\.$' stdout
	[ "$(git -C repo log -1 --format=%s)" = 'acme: 3 added, 0 changed, 0 removed' ]
	[ "$(git -C repo rev-list --count HEAD)" -eq $(($(cat before) + 1)) ]
	converged
}

@test "what was sent without a clear answer is not called accepted while it is looked for" {
	grep -q '^    patience: ' config.yaml && sed -i '/^    patience: /d' config.yaml
	sed -i 's|^    accounts:|    patience: 5\n&|' config.yaml
	fault before
	apply 5 --auto-approve wanted.yaml
	grep -q '^writ: sent with unknown outcome, looking for it: .* of 5 s$' stderr
	run ! grep -q accepted stderr
}

@test "live that cannot be read is said so, and the resume records the run" {
	fault reads
	apply 5 --auto-approve wanted.yaml
	grep -q 'the snapshot was not recorded (again with: writ snapshot --commit .*: reading the live organisation' stderr
	[ "$(grep -c 'error: ' stderr)" -eq 2 ]
	subjects
	converged
	subjects 'acme: 3 added, 0 changed, 0 removed'
}

@test "killed while the stopped run is recorded: the resume records it as if nothing had happened" {
	cp live.yaml start.yaml
	cat >>start.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: fonts}
		spec: {product: Adobe Fonts, profile: All Fonts, members: [{user: kim@example.com}]}
	END
	for point in record-before-files record-before-commit record-between-commits; do
		control PUT manifest "$(cat start.yaml)"
		git -C repo reset -q --hard "$(git -C repo rev-list --max-parents=0 HEAD)"
		rm -rf state
		fault read
		WRIT=$WRIT_FAILPOINT_BIN WRIT_FAILPOINT=$point:1 run_writ apply \
			--snapshot repo/org --commit \
			--org acme --auto-approve wanted.yaml
		[ "$status" -eq 137 ] || [ "$status" -eq 5 ]
		converged
		subjects 'acme: what had drifted' 'acme: 3 added, 0 changed, 0 removed'
	done
}

@test "a saved plan about users alone reads few accounts, and that is no organisation that shrank" {
	wants <<END
apiVersion: writ/v1
kind: AdminRole
metadata: {name: support}
spec: {role: support-administrator, members: [{user: joe.doe@example.com}]}
END
	ends 0 plan --base repo/org --out plan.json wanted.yaml
	apply 0 --plan plan.json
	subjects 'acme: 1 added, 0 changed, 0 removed'
}

@test "lists that show far fewer grants of users than the snapshot are none to plan by" {
	wants <<-END
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: fonts}
		spec: {product: Adobe Fonts, profile: All Fonts, members: [{user: kim@example.com}]}
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: deployment}
		spec: {role: deployment-administrator, members: [{user: kim@example.com}]}
	END
	for order in give take; do
		for email in jane@example.com joe.doe@example.com kim@example.com; do
			for profile in Default Beta; do
				control POST "$order" "{\"email\":\"$email\",
					\"product\":\"Adobe Express\",\"profile\":\"$profile\"}" |
					jq -e .ok
			done
		done
		[ "$order" = give ] || break
		ends 0 snapshot --snapshot repo/org --commit --org acme
		ends 0 plan --base repo/org --org acme wanted.yaml
		run ! grep -q liveShrink stdout
	done
	ends 0 plan --base repo/org --org acme --out plan.json wanted.yaml
	grep -q '^  refused  liveShrink: 85%, limit 25%' stdout
	ends 4 apply --org acme --plan plan.json
	grep -q 'guard liveShrink refuses: 85%, limit 25%; nothing was changed' stderr
	apply 4 --auto-approve wanted.yaml
	# What was lacking when the plan was made was lacking in the plan.
	ends 4 apply --org acme --base repo/org --plan plan.json
	run ! grep -q 'kim@example.com.*deployment' <(changes)
	ends 0 apply --org acme --plan plan.json --allow-live-shrink
	changes | tail -n 2 | grep -c 'grant.add user/kim@example.com' | grep -qx 2
}
