#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	cat >>live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: archiver, labels: {team: media}}
		spec:
		  owner: media@example.com
		  project: Archive
		  apis: [Storage API]
		  adminRoles: [storage-administrator]
		status: {id: 0d1f0c2e-7a54-8a3c-9f10-2b6c4d8e9a01, email: x@techacct.example}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: templates}
		spec: {product: Adobe Express, profile: Templates,
		  members: [{group: Designers}, {user: jane@example.com}]}
	END
	ends 0 snapshot --live live.yaml --out snapshots
	acme empty.yaml <<-'END'
		status:
		  products:
		    - {product: Adobe Express, profile: Default}
		    - {product: Adobe Express, profile: Templates}
		    - {product: Creative Cloud Enterprise, profile: Storage}
		  users: [jane@example.com, omar@example.com]
		  groups: [Designers]
	END
}

# without_ids FOLDER: the snapshot but for what the service assigns and counts.
without_ids() { cat "$1"/*.yaml |
	sed '/^status:/d; /^ *id:\|^ *email:/d; /serial\|lineage\|[0-9a-f]\{64\}/d'; }

@test "a snapshot that is not there is told with the nearest name" {
	ends 0 snapshot --live live.yaml --out snapshot
	ends 1 drift --live live.yaml --base snapshoot
	grep -q 'there is no file or folder "snapshoot", .*; did you mean "snapshot"?' stderr
	ends 1 log --snapshot snapshoot
	grep -q 'finding snapshoot: No such file or directory; did you mean "snapshot"?' stderr
	git init -q .
	ends 1 restore --live live.yaml --from snapshoot
	grep -q 'has no commit "snapshoot"; did you mean "snapshot"?' stderr
}

@test "an empty organisation becomes what it was, but for ids" {
	ends 0 restore --live empty.yaml --from snapshots --out plan.json
	assert_golden restore
	ends 0 apply --live empty.yaml --plan plan.json
	ends 0 restore --live empty.yaml --from snapshots --detailed-exitcode
	grep -q '^No changes\. The live organisation is as the snapshot says\.$' stdout
	ends 0 snapshot --live empty.yaml --out again
	diff <(without_ids snapshots) <(without_ids again)
}

@test "the way back takes away what was added, accounts only with --prune" {
	cat >>live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: intruder}
		spec: {adminRoles: [support-administrator]}
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: deployers}
		spec: {role: deployment-administrator, members: [{user: jane@example.com}]}
	END
	ends 0 restore --live live.yaml --from snapshots --out plan.json --allow-remove 100%
	grep -q 'grant/user/jane%40example.com/role/deployment-administrator".*"delete"' plan.json
	run ! grep -q '"address": "technicalAccount/intruder".*"delete"' plan.json
	ends 0 restore --live live.yaml --from snapshots --out plan.json --allow-remove 100% --prune
	grep -q '"address": "technicalAccount/intruder".*"delete"' plan.json
}

@test "an account that was renamed since gets its name back: the service's id tells it" {
	sed -i 's/name: archiver,/name: cold-storage,/; s/owner: media@/owner: cold@/' live.yaml
	ends 0 restore --live live.yaml --from snapshots --prune --out plan.json
	grep -q '^Plan: 0 to add, 1 to change, 0 to remove\.$' stdout
	grep -q '^    ~ renamed from cold-storage, owner, credential  (renamed)  snapshots/technical-accounts.yaml:[0-9]*:1$' stdout
	ends 0 apply --live live.yaml --plan plan.json
	ends 0 drift --live live.yaml --base snapshots
	# another account of that name is no account of the snapshot
	sed -i 's/name: archiver$/name: cold-storage/; s/id: "\?0d1f0c2e[^"]*/id: "another/' \
		live.yaml
	ends 0 restore --live live.yaml --from snapshots
	grep -q '^    + technical account  snapshots/' stdout
	grep -q '^    + API Storage API  snapshots/' stdout
	grep -q '^  cold-storage  no manifest declares this account, which the last snapshot has; --prune deletes it$' stdout
}

@test "whoever has an account's name and is another one is told, and gets nothing unseen" {
	sed 's/id: 0d1f0c2e[^,]*/id: another/; s/apis: \[Storage API\]/apis: []/' live.yaml \
		>other.yaml
	ends 0 restore --live other.yaml --from snapshots --out plan.json
	grep -A 1 '^IDENTITY (1)' stdout |
		grep -q '^  archiver  is another account than at the snapshot: id "another", was "0d1f'
	[ "$(jq -r '[.changes[].risk] | unique | join(" ")' plan.json)" = admin-grant ]
	sed 's/name: acme/name: copy/' other.yaml >copy.yaml
	ends 0 restore --live copy.yaml --org copy --from snapshots
	if grep IDENTITY stdout; then return 1; fi
	(
		mkdir records && git init -q records
		operator_says <<<'snapshot: {repository: records, folder: acme}'
		export WRIT_CONFIG="$PWD/config.yaml"
		ends 0 restore --live empty.yaml --from snapshots --out plan.json
		ends 0 apply --live empty.yaml --plan plan.json --commit
		sed -i '/- Storage API/d; s/^  apis:$/  apis: []/' empty.yaml
		ends 0 restore --live empty.yaml --from snapshots
		grep -q '+ API Storage API' stdout
		if grep IDENTITY stdout; then return 1; fi
	)
}

@test "who took an account's name is told though it was recorded since, and is it from then on" {
	lives() {
		acme live.yaml <<<'status: {products: [{product: P, profile: A}]}'
		while [ $# -gt 0 ]; do
			document TechnicalAccount "$1" \
				"owner: $3@example.com, adminRoles: [], products: $4"
			echo "status: {id: $2}"
			shift 4
		done >>live.yaml
	}
	mkdir records && git init -q records
	lives alpha one ann '[{product: P, profile: A}]'
	ends 0 snapshot --live live.yaml --snapshot records/acme --commit
	first=$(git -C records rev-parse HEAD)
	lives alpha two bob '[]' beta one ann '[{product: P, profile: A}]'
	sed '/^status:/d' live.yaml >wanted.yaml
	ends 0 apply --live live.yaml --snapshot records/acme --auto-approve --commit wanted.yaml
	ends 0 drift --live live.yaml --snapshot records/acme
	ends 0 restore --live live.yaml --snapshot records/acme --from "$first" \
		--allow-remove 100% --out plan.json
	grep -q '^  alpha  is another account than at the snapshot: id "two", was "one"$' stdout
	ends 0 apply --live live.yaml --snapshot records/acme --plan plan.json --commit
	ends 0 restore --live live.yaml --snapshot records/acme --detailed-exitcode
	ends 2 drift --live live.yaml --snapshot records/acme --format json
	[ "$(jq -r '.drift[] | .address, .kind' stdout)" = $'technicalAccount/beta\nappeared' ]
}

@test "into an organisation of another name only when it is named" {
	sed -i 's/metadata: {name: acme}/metadata: {name: newco}/' empty.yaml
	ends 1 restore --live empty.yaml --from snapshots
	grep -q 'E0601' stderr
	ends 0 restore --live empty.yaml --from snapshots --org newco --allow-admin-grants 100 \
		--out plan.json
	ends 0 apply --live empty.yaml --plan plan.json
	ends 0 restore --live empty.yaml --from snapshots --org newco --detailed-exitcode
}

@test "a rehearsal tells calls, order and what no API restores, and changes nothing" {
	cp live.yaml before.yaml
	ends 0 restore --rehearse --live live.yaml --from snapshots
	assert_golden restore-rehearse
	ends 0 restore --rehearse --live live.yaml --from snapshots --format json
	assert_golden restore-rehearse-json
	cmp live.yaml before.yaml
}

@test "users who are not there yet are told, and the rest is restored" {
	sed -i 's/  users: .*/  users: [omar@example.com]/' empty.yaml
	ends 0 restore --live empty.yaml --from snapshots --allow-admin-grants 100 --out plan.json
	grep -q '^NOT POSSIBLE YET' stdout
	ends 0 restore --rehearse --live empty.yaml --from snapshots
	grep -q '^  \[ \] user jane@example.com  system-administrator: ' stdout
	grep -q '^     \[ \] jane@example.com$' stdout
	ends 0 restore --live empty.yaml --from snapshots --allow-admin-grants 100 --out plan.json
	[ "$(grep -c '^Plan: .* to remove, and [1-9] not possible yet\.$' stdout)" -eq 2 ]
	ends 6 apply --live empty.yaml --plan plan.json
	ends 0 restore --live empty.yaml --from snapshots
	[ "$(grep -c '^No changes\. [1-9] grants\{0,1\} \(is\|are\) not possible yet\.$' \
		stdout)" -eq 2 ]
	run ! grep -q matches stdout
}

@test "a snapshot may be a revision" {
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	git init -q -b main .
	git config user.name Tester
	git config user.email tester@example.com
	git add snapshots
	git commit -q -m first
	rm -r snapshots
	ends 0 restore --live live.yaml --from HEAD:snapshots --detailed-exitcode
}

@test "no snapshot, no way back: 64" {
	ends 64 restore --live live.yaml
	ends 1 restore --live live.yaml --from nowhere
}

@test "a snapshot keeps reason, ticket and end while the grant is held, and what is restored ends" {
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	acme wanted.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: template-sync}
		spec:
		  adminRoles: [{role: support-administrator, reason: "nights: on call",
		    ticket: OPS-1, expires: 2026-06-30}]
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: storage}
		spec:
		  role: storage-administrator
		  members: [{user: omar@example.com, reason: cover, expires: 2026-06-30}]
	END
	ends 0 apply --live live.yaml --snapshot kept --auto-approve wanted.yaml
	grep -q 'role: support-administrator, reason: "nights: on call", ticket: OPS-1, expires: "2026-06-30"}' kept/technical-accounts.yaml
	grep -q '{user: omar@example.com, reason: cover, expires: "2026-06-30"}' \
		kept/admin-roles.yaml
	cp -R kept first
	ends 0 snapshot --live live.yaml --snapshot kept
	diff -r first kept
	sed -i '/^---$/,$d' live.yaml
	ends 0 snapshot --live live.yaml --snapshot kept
	run ! grep -q cover kept/admin-roles.yaml
	ends 0 restore --live live.yaml --from kept --out plan.json
	grep -q '"ticket": "OPS-1", "expires": "2026-06-30"' plan.json
	ends 0 apply --live live.yaml --snapshot kept --plan plan.json
	grep -h expires first/*.yaml >before
	grep -h expires kept/*.yaml | diff before -
	WRIT_NOW=2026-07-01T00:00:00Z ends 0 plan --live live.yaml kept
	[ "$(grep -c '(expired)' stdout)" -eq 2 ]
}

# wiped: snapshots of the whole and of the wiped organisation, committed, a day between them.
wiped() {
	git_setup
	git init -q history
	ends 0 snapshot --live live.yaml --snapshot history/acme --commit
	cp live.yaml whole.yaml
	cp empty.yaml live.yaml
	WRIT_NOW=2026-06-02T00:00:00Z ends 0 snapshot --live live.yaml --snapshot history/acme \
		--commit
	export WRIT_NOW=2026-06-03T00:00:00Z
}

# says PATTERN COMMAND...: the command says on standard error that a restore is under way.
says() {
	local pattern=$1
	shift
	ends 0 "$@"
	grep -q "^writ: a restore from $pattern is under way since 2026-06-03T00:00:00Z (run [^ ]*): [0-9]* of it \(is\|are\) open; " stderr
}

@test "the source of a restore is agreed and remembered until nothing of it is left, whoever asks" {
	wiped
	ends 0 restore --live live.yaml --snapshot history/acme --from 2026-06-01 \
		--target archiver --out part.json
	ends 0 apply --live live.yaml --snapshot history/acme --commit --plan part.json
	id=$(git -C history log --format=%H | tail -1)
	says "$id:acme" restore --live live.yaml --snapshot history/acme --out rest.json
	says "$id:acme" restore --live live.yaml --snapshot history/acme --from 2026-06-02
	says "$id:acme" plan --live live.yaml --base history/acme whole.yaml
	run_writ drift --live live.yaml --base history/acme
	[ "$status" -eq 2 ]
	grep -q "a restore from $id:acme is under way" stderr
	run ! grep -q archiver stdout
	ends 2 drift --live live.yaml --base history/acme --format json
	[ "$(jq -r '.restore | "\(.from) \(.since)"' stdout)" = "$id:acme 2026-06-03T00:00:00Z" ]
	# a clone knows it too
	git clone -q history clone
	says "$id:acme" restore --live live.yaml --snapshot clone/acme
	ends 0 apply --live live.yaml --snapshot history/acme --commit --plan rest.json
	grep -q "^writ: the restore from $id:acme is complete$" stderr
	ends 0 drift --live live.yaml --base history/acme
	run ! grep -q 'under way' stderr
	run ! grep -q restore history/acme/organization.yaml
	[ ! -e history/acme/open-drift.yaml ]
}

@test "an older snapshot is agreed from the first apply of its restore on, also over a lost one" {
	wiped
	sed 's/storage-administrator/support-administrator/' whole.yaml >live.yaml
	ends 0 snapshot --live live.yaml --snapshot history/acme --commit
	ends 2 drift --live live.yaml --base history/acme
	cp empty.yaml live.yaml
	cp -R snapshots kept
	rm -rf history
	git init -q history
	ends 0 restore --live live.yaml --from kept --target template-sync --out part.json
	ends 0 apply --live live.yaml --snapshot history/acme --commit --plan part.json
	ends 2 drift --live live.yaml --base history/acme
	grep -q '^  archiver$' stdout
	grep -q '^writ: a restore from kept is under way' stderr
	ends 0 restore --live live.yaml --snapshot history/acme --out rest.json
	ends 0 apply --live live.yaml --snapshot history/acme --commit --plan rest.json
	ends 0 restore --live live.yaml --from kept --detailed-exitcode
	ends 0 drift --live live.yaml --base history/acme
}

@test "manifests that are applied while a restore is under way are agreed too" {
	wiped
	ends 0 restore --live live.yaml --snapshot history/acme --from history/acme \
		--target template-sync --out part.json
	ends 0 apply --live live.yaml --snapshot history/acme --commit --plan part.json
	printf '%s\n' 'apiVersion: writ/v1' 'kind: Organization' 'metadata: {name: acme}' \
		'spec: {provider: file}' --- \
		'apiVersion: writ/v1' 'kind: TechnicalAccount' 'metadata: {name: newcomer}' \
		'spec: {}' >more.yaml
	ends 0 apply --live live.yaml --snapshot history/acme --commit --auto-approve \
		--allow-live-shrink more.yaml
	grep -q 'is under way' stderr
	ends 0 restore --live live.yaml --snapshot history/acme --out rest.json
	run ! grep -q newcomer stdout
	ends 0 apply --live live.yaml --snapshot history/acme --commit --plan rest.json
	grep -q 'is complete$' stderr
	ends 0 drift --live live.yaml --base history/acme
}

@test "a restore is complete when only what is not possible yet is left, and that stays open" {
	wiped
	sed -i 's/  users: .*/  users: [omar@example.com]/' live.yaml
	ends 0 restore --live live.yaml --snapshot history/acme --out plan.json
	ends 6 apply --live live.yaml --snapshot history/acme --commit --plan plan.json
	grep -q '^writ: the restore from history/acme is complete, but for what is not possible yet:$' stderr
	[ "$(grep -c '^writ: grant/user/jane%40example.com/.* is not possible yet$' stderr)" -eq 1 ]
	ends 2 drift --live live.yaml --base history/acme
	run ! grep -q 'under way' stderr
	grep -q jane stdout
}

@test "a restore is ended with a reason: what is left is agreed as it is, what came later is not" {
	wiped
	ends 0 restore --live live.yaml --snapshot history/acme --target archiver --out part.json
	ends 0 apply --live live.yaml --snapshot history/acme --commit --plan part.json
	WRIT_NOW=2026-06-04T00:00:00Z
	document AdminRole rogue \
		'role: deployment-administrator, members: [{user: omar@example.com}]' >>live.yaml
	ends 0 snapshot --live live.yaml --snapshot history/acme --commit
	ends 64 restore --live live.yaml --snapshot history/acme --end
	ends 64 restore --live live.yaml --snapshot history/acme --end --why 'OPS-7
		two lines'
	ends 0 restore --live live.yaml --snapshot history/acme --end \
		--why 'OPS-7: the rest is gone for good' --commit
	grep -q '^writ: technicalAccount/template-sync gone: the restore was ended; it is agreed as it is$' stderr
	[ "$(git -C history log -1 --format=%s)" = 'acme: the restore was ended' ]
	[ "$(git -C history log -1 --format='%(trailers:key=Writ-Why,valueonly)' | head -1)" = \
		'OPS-7: the rest is gone for good' ]
	ends 2 drift --live live.yaml --base history/acme
	[ "$(grep -c 'found by' stdout)" -eq 1 ]
	grep -q deployment-administrator stdout
	ends 1 restore --live live.yaml --snapshot history/acme --end --why again
	grep -q 'no restore is under way' stderr
	ends 64 restore --live live.yaml --snapshot history/acme --commit
}

@test "a source that is not at hand when its plan is applied leaves agreed what was agreed before" {
	wiped
	cp -R snapshots other
	ends 0 restore --live live.yaml --from other --target archiver --out part.json
	rm -r other
	ends 0 apply --live live.yaml --snapshot history/acme --commit --plan part.json
	grep -q 'what was agreed before this restore stays agreed$' stderr
	ends 2 drift --live live.yaml --base history/acme
	run ! grep -q 'under way' stderr
}
