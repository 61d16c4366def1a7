#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A person's word on a step that no read shows: on record, told as what it is, and no proof.
# shellcheck disable=SC2154 # stdout and others of the helpers

setup() {
	load helper
	writ_setup
	export WRIT_ACTOR=ann HOME=$PWD GIT_CONFIG_NOSYSTEM=1
	export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=A \
		GIT_COMMITTER_EMAIL=a@example.com
	emulator_start --rate-limits off
	credential asset-archiver
	keep_secrets
	# No credential of the account itself, so that nothing shows its storage role.
	server_config 'policy: {minHolders: 0}'
	wanted 'adminRoles: [storage-administrator]'
	step=grant/technicalAccount/asset-archiver/role/storage-administrator
}

teardown() {
	emulator_stop
}

wanted() {
	wants <<-YAML
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset-archiver}
		spec: {project: Asset Archiver, $1}
	YAML
}

apply() {
	ends "$1" apply --auto-approve --allow-admin-grants 50 --allow-remove 100% \
		"${@:2}" wanted.yaml
}

attest() {
	WRIT_NOW=2026-11-30T10:00:00Z ends "$1" apply --attest "${3:-$step}" --why "$2" wanted.yaml
}

@test "a step that somebody attests waits no more, and is still not seen" {
	apply 6
	attest 0 'done, ticket OPS-7'
	[ "$(cat stdout)" = "Attested, not seen: $step  create, by ann. Nothing was sent." ]
	ends 0 plan --detailed-exitcode wanted.yaml
	grep -q '1 of them by hand, 1 of them attested and not seen; .* cannot be seen\.$' stdout
	grep -q '\[by hand, attested, not seen\]' stdout
	grep -q '^    attested by ann at 2026-11-30T10:00:00Z: "done, ticket OPS-7"; no read shows it$' stdout
	ends 4 plan --fail-on unseen wanted.yaml
	ends 0 plan --out plan.json --format json wanted.yaml
	jq -e '[.changes[] | select(.attested) |
		[.unknown, .attested.by, .attested.at, .attested.why]]
		== [[true, "ann", "2026-11-30T10:00:00Z", "done, ticket OPS-7"]]' plan.json
	ends 0 show plan.json
	grep -q '\[by hand, attested, not seen\]' stdout
	ends 0 plan --format markdown wanted.yaml
	grep -q 'by hand, attested, not seen' stdout
	ends 0 apply --plan plan.json
	grep -q "h manual: $step  create: attested by ann at 2026-11-30T10:00:00Z: \"done, ticket OPS-7\"; no read shows it\$" stdout
	run ! grep -q '^BY HAND' stdout
	apply 0 --format json
	jq -e '.status == 0 and ([.changes[] | .fate] == ["manual"])' stdout
	ends 0 snapshot --snapshot snapshot
	run ! grep -rq 'storage-administrator\]* *$' snapshot/acme/technical-accounts.yaml
	ends 0 ledger
	grep -q "^  attested  $step: attested by ann at 2026-11-30T10:00:00Z: \"done, ticket OPS-7\"; no read shows it\$" stdout
	ends 0 ledger --format json
	jq -e '[.ledgers[].attested[].by] == ["ann"] and [.ledgers[].waiting[]] == []' stdout
}

@test "what nobody can attest is refused, and nothing is on record" {
	attest 1 'x' grant/technicalAccount/asset-archiver/role/storage-administrato
	grep -q "no change of the plan has this address; did you mean $step?" stderr
	control POST give '{"email":"kim@example.com","role":"support-administrator"}'
	wants <<-YAML
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: support}
		spec: {role: deployment-administrator, members: [{user: kim@example.com}]}
	YAML
	attest 1 x grant/user/kim%40example.com/role/deployment-administrator
	grep -q 'a read shows whether it was made, so there is nothing to attest$' stderr
	ends 64 apply --attest "$step" wanted.yaml
	ends 64 apply --why x wanted.yaml
	ends 64 apply --resume --attest "$step" --why x
	ends 0 log --format json
	jq -e '.attested == []' stdout
}

@test "a word is over when the step is, and the next time needs another one" {
	apply 6
	attest 0 first
	wanted 'adminRoles: []'
	apply 0
	wanted 'adminRoles: [storage-administrator]'
	ends 2 plan --detailed-exitcode wanted.yaml
	grep -q 'unknown whether done' stdout
	apply 6
	ends 0 log
	grep -q '^ATTESTED, NOT SEEN (1)$' stdout
	grep -q "^  2026-11-30T10:00:00Z  acme  $step  create\$" stdout
	grep -q '"first"; no read shows it; over since .*: the plan has no such step any more, or a read shows it$' stdout
	attest 0 second
	attest 0 third
	ends 0 log --format json
	jq -e '[.attested[] | [.why, .over == null]] == [["third", true], ["second", false],
		["first", false]]' stdout
	ends 0 log --format csv
	head -1 stdout | tr -d '\r' | grep -q ',address,action,why,over_at,over$'
	[ "$(tr -d '\r' <stdout |
		grep -c "^2026-11-30T10:00:00Z,,acme,attested,ann,.*,$step,create,")" -eq 3 ]
	tr -d '\r' <stdout | grep -q ",$step,create,third,,\$"
	over='the plan has no such step any more, or a read shows it'
	tr -d '\r' <stdout | grep -q ",$step,create,first,20[^,]*,\"*$over\"*\$"
	printf 'Identity Type,Email,Admin Roles\r\nTechnical Account,%s,\r\n' "$EMAIL" >list.csv
	ends 2 plan --detailed-exitcode --roles-from list.csv wanted.yaml
	run ! grep -q attested stdout
	apply 6 --roles-from list.csv
	ends 0 log --format json
	jq -e '[.attested[] | select(.over == null)] == []' stdout
	ends 0 ledger verify
}

@test "why and who tell a word as a word" {
	git init -q repo
	mkdir repo/org
	apply 6
	WRIT_NOW=2026-11-30T11:00:00Z ends 0 snapshot --snapshot repo/org --commit
	attest 0 'clicked it'
	ends 0 why asset-archiver storage-administrator wanted.yaml
	grep -q '^  grant attested by ann at 2026-11-30T10:00:00Z: "clicked it"; no read shows it$' stdout
	ends 0 why asset-archiver storage-administrator wanted.yaml --format json
	jq -e '.grants[0].attested.why == "clicked it"' stdout
	ends 1 who storage-administrator --as-of HEAD --snapshot repo/org
	grep -q '^Who held storage-administrator is not known as of HEAD' stdout
	grep -q "^Of acme, the grant of $step: attested by ann at 2026-11-30T10:00:00Z: \"clicked it\"; no read shows it\.\$" stdout
	ends 1 why asset-archiver storage-administrator --history --snapshot repo/org --format json
	jq -e '[.attested[].why] == ["clicked it"]' stdout
}

# renamed NAME [EARLIER]: the account's document under another name.
renamed() {
	wants <<-YAML
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: $1${2:+, previously: [$2]}}
		spec: {project: Asset Archiver, adminRoles: [storage-administrator]}
	YAML
	step=grant/technicalAccount/$1/role/storage-administrator
}

@test "what waits and what somebody said of it go along with an account that is renamed" {
	WRIT_NOW=2026-11-28T10:00:00Z apply 6
	waits() {
		ends 0 ledger --format json
		jq -e --arg step "$step" '[.ledgers[].waiting[] | [.address, .since]] ==
			[[$step, "2026-11-28T10:00:00Z"]]' stdout
	}
	waits
	renamed archive-writer asset-archiver
	ends 0 plan --format json wanted.yaml
	jq -e '[.manual[] | .since] == ["2026-11-28T10:00:00Z"]' stdout
	apply 6
	waits
	attest 0 'clicked it'
	renamed archive-keeper archive-writer
	ends 0 plan wanted.yaml
	grep -q '^    attested by ann at 2026-11-30T10:00:00Z: "clicked it"' stdout
	apply 0
	ends 0 plan wanted.yaml
	grep -q '^    attested by ann at 2026-11-30T10:00:00Z: "clicked it"' stdout
	ends 0 ledger
	grep -q "^  attested  $step: attested by ann" stdout
	ends 0 log --format json
	jq -e --arg step "$step" '[.attested[] | select(.over == null) | .address] == [$step] and
		[.attested[] | select(.over != null) | .over] ==
			["its account has another name by now"]' stdout
	ends 0 ledger verify
}

@test "they go along with an account that somebody renamed in the console" {
	WRIT_NOW=2026-11-28T10:00:00Z apply 6
	attest 0 'clicked it'
	ends 0 snapshot --snapshot snapshot
	org PUT "credentials/oauth-server-to-server/$CREDENTIAL" \
		'{"name":"archive-writer","description":""}'
	ends 0 plan --base snapshot wanted.yaml
	grep -q 'W0719' stderr
	grep -q '^    attested by ann at 2026-11-30T10:00:00Z: "clicked it"' stdout
	apply 0 --snapshot snapshot
	renamed archive-writer asset-archiver
	ends 0 plan --base snapshot wanted.yaml
	grep -q '^    attested by ann at 2026-11-30T10:00:00Z: "clicked it"' stdout
	apply 0
}
