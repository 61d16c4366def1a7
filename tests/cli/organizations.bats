#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A set that is about several organisations.

load helper

setup() {
	common_setup
	organizations acme beta
}

# organizations NAME...: manifests/NAME.yaml with an account that gets a role, and live/NAME.yaml,
# which lacks it.
organizations() {
	mkdir -p manifests live
	local name
	for name; do
		cat >"manifests/$name.yaml" <<-END
			apiVersion: writ/v1
			kind: Organization
			metadata: {name: $name}
			spec: {provider: file, unlisted: remove}
			---
			apiVersion: writ/v1
			kind: TechnicalAccount
			metadata: {name: archiver, organization: $name}
			spec:
			  owner: media@example.com
			  adminRoles:
			    - {role: storage-administrator, reason: "archive of $name",
			        expires: 2026-07-01}
		END
		cat >"live/$name.yaml" <<-END
			apiVersion: writ/v1
			kind: Organization
			metadata: {name: $name}
			spec: {provider: file}
			---
			apiVersion: writ/v1
			kind: TechnicalAccount
			metadata: {name: archiver}
			spec: {owner: media@example.com, adminRoles: []}
		END
	done
}

@test "--org chooses one organisation of a set, and no document of another counts" {
	ends 0 plan --org beta --live live/beta.yaml --out plan.json manifests
	[ "$(jq -r '.organization + " " + (.changes | length | tostring)' plan.json)" = 'beta 1' ]
	[ "$(jq -r '.changes[0].location.file' plan.json)" = manifests/beta.yaml ]
	ends 0 apply --org acme --live live/acme.yaml --auto-approve manifests
	ends 2 plan --detailed-exitcode --org beta --live live/beta.yaml manifests
	ends 1 plan --org gamma --live live/beta.yaml manifests
	grep -qxF 'writ: error: the manifests describe 2 organisations: acme, beta; none is "gamma"' stderr
}

@test "what is about one organisation asks for --org where there are several, and takes it" {
	local words=() command
	while read -r command; do
		read -ra words <<<"$command"
		ends 64 "${words[@]}"
		grep -qF 'the manifests describe 2 organisations: acme, beta; choose one with --org' stderr
		[ ! -s stdout ]
		ends 0 "${words[@]}" --org beta
	done <<-'END'
		why archiver all manifests
		who storage-administrator manifests
		edit grant archiver support-administrator manifests --reason test
	END
	grep -q support-administrator manifests/beta.yaml
	run -1 grep -q support-administrator manifests/acme.yaml
}

@test "validate reads the whole set, and warns of one with --org" {
	sed -i '/owner/d' manifests/*.yaml
	ends 0 validate manifests
	grep -q '^manifests/acme.yaml:.*warning' stderr
	grep -q '^manifests/beta.yaml:.*warning' stderr
	ends 0 validate --org beta manifests
	run -1 grep -q acme.yaml stderr
	grep -q '^manifests/beta.yaml:.*warning' stderr
	sed -i 's/organization: acme/organization: acne/' manifests/acme.yaml
	ends 1 validate --org beta manifests
	grep -q '^manifests/acme.yaml:.*did you mean acme' stderr
}

@test "an account that moves to another organisation goes in one and comes in the other" {
	sed -n '/^---/,$p' manifests/acme.yaml |
		sed 's/organization: acme/organization: beta/; s/archiver/mover/' \
			>manifests/moved.yaml
	sed -i '/^---/,$d' manifests/acme.yaml
	ends 4 plan --org acme --live live/acme.yaml --fail-on guard manifests
	grep -q emptyManifests stdout
	ends 0 plan --org beta --live live/beta.yaml --out plan.json manifests
	[ "$(jq -r '.changes[0].address' plan.json)" = technicalAccount/mover ]
}

@test "fmt puts the organisation behind the name" {
	printf '%s\n' 'apiVersion: writ/v1' 'kind: AccessBundle' 'metadata:' '  labels: {a: b}' \
		'  organization: acme' '  name: b' 'spec: {}' >manifests/bundle.yaml
	ends 0 fmt manifests/bundle.yaml
	[ "$(sed -n '3,5p' manifests/bundle.yaml | tr -d ' \n')" = \
		metadata:name:borganization:acme ]
}

@test "what drift brings into the manifests says whose it is" {
	ends 0 snapshot --live live/beta.yaml --snapshot snapshot --org beta
	sed -i 's/adminRoles: \[\]/adminRoles: [support-administrator]/' live/beta.yaml
	document TechnicalAccount found '' >>live/beta.yaml
	ends 64 drift accept --live live/beta.yaml --base snapshot --why found manifests
	ends 0 drift accept --org beta --live live/beta.yaml --base snapshot --why found manifests
	grep -A1 'name: found' manifests/beta.yaml | grep -qx '  organization: beta'
	ends 0 validate manifests
}

@test "plan goes through all: each as if alone, a table, the worst exit status" {
	rm live/beta.yaml
	organizations gamma
	sed -i 's/adminRoles: \[\]/adminRoles: [storage-administrator]/' live/gamma.yaml
	run_writ plan --live live --detailed-exitcode --out plans manifests
	assert_golden organizations-plan
	[ "$status" -eq 1 ]
	[ "$(echo plans/*)" = 'plans/acme.json plans/gamma.json' ]
	[ "$(stat -c %a plans/acme.json)" = 600 ]
	# The same as of one alone, and the same again.
	ends 0 plan --org acme --live live/acme.yaml --out alone.json manifests
	cmp alone.json plans/acme.json
	cp stdout alone
	ends 1 plan --live live manifests
	sed -n '/^Organisation acme$/,/^Organisation gamma$/p' stdout | sed '1,2d;$d' | sed '$d' |
		diff alone -
}

@test "plans are saved to a new folder alone, and never among manifests" {
	mkdir plans && : >plans/other.json
	ends 1 plan --live live --out plans manifests
	grep -q 'plans is not empty' stderr
	[ ! -s stdout ]
	ends 64 plan --live live --out manifests/plans manifests
	grep -q 'plans in "manifests/plans" would be read as manifests' stderr
	[ ! -e manifests/plans ]
	ln -s "$BATS_TEST_TMPDIR" link
	ends 1 plan --live live --out link/plans manifests
	[ ! -e plans/acme.json ]
}

@test "one JSON document has what each organisation's own would be" {
	rm live/beta.yaml
	ends 1 plan --live live --format json --format text=plan.txt \
		--format markdown=plan.md manifests
	cp stdout all.json
	[ "$(jq -c '[.command, .status, [.organizations[] | [.organization, .status, .summary]]]' \
		all.json)" = \
		'["plan",1,[["acme",0,"Plan: 1 to add, 0 to change, 0 to remove. 1 administrator right granted."],["beta",1,"error: opening the live organisation \"live/beta\": No such file or directory"]]]' ]
	ends 0 plan --org acme --live live/acme.yaml --format json manifests
	diff <(jq '.organizations[0].result' all.json) <(jq . stdout)
	[ "$(jq -c '.organizations | [.[0].diagnostics, .[1].result,
		.[1].diagnostics.error_count]' all.json)" = '[null,null,1]' ]
	grep -q '^Organisation acme$' plan.txt
	grep -q '^beta  *1, error ' plan.txt
	grep -q '^> - .beta. — .1, error. — .error: opening' plan.md
	[ "$(jq -r .title "$WRIT_ROOT/schemas/organizations.schema.json")" = organizations ]
}

@test "options that are of one organisation ask for --org" {
	local words
	while read -ra words; do
		ends 64 "${words[@]}" manifests
		grep -q 'of one organisation, and here are 2; choose one with --org' stderr
	done <<-'END'
		plan --live live --target archiver
		plan --live live --roles-from roles.csv
		apply --live live --auto-approve --export-csv roles.csv
	END
	ends 64 report --format html manifests
	grep -q 'each has a page of its own: give them a name' stderr
	ends 64 plan --live live/acme.yaml manifests
	grep -q 'is no folder that has acme.yaml or a folder acme' stderr
	[ ! -e file ]
}

@test "formats for reviewers have all organisations in one document" {
	rm live/beta.yaml
	ends 1 plan --live live --format markdown=plan.md --format html=plan.html \
		--format junit=plan.xml --format github=plan.txt \
		--format codequality=plan.json --format sarif=plan.sarif manifests
	cat plan.md plan.txt plan.xml plan.json >stdout
	assert_golden organizations-formats
	[ "$(jq -c '[.runs[].results[] | [.ruleId, .properties.organization]]' plan.sarif)" = \
		'[["admin-grant","acme"],["E0001","beta"]]' ]
	[ "$(grep -c '<h2>acme: Administrator rights granted (1)</h2>' plan.html)" -eq 1 ]
	# The same finding has one fingerprint in each organisation.
	organizations beta
	ends 0 plan --live live --format codequality manifests
	[ "$(jq 'map(.fingerprint) | unique | length' stdout)" -eq 2 ]
}

@test "a budget is of all organisations together, and what one does not need another has" {
	for i in $(seq 60); do
		printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' \
			"metadata: {name: more-$i, organization: beta}" 'spec: {}'
	done >manifests/more.yaml
	ends 0 plan --live live --format markdown manifests
	whole=$(wc -c <stdout)
	for most in $((whole - 1)) $((whole - 500)); do
		ends 0 plan --live live --format markdown --max-bytes "$most" manifests
		[ "$(wc -c <stdout)" -le "$most" ]
		[ "$(wc -c <stdout)" -gt $((most - 200)) ]
		grep -q '^\*Left out to stay within .* of "beta: Changes"' stdout
		grep -q 'archive of acme' stdout
	done
	ends 1 plan --live live --format markdown --max-bytes 100 manifests
	grep -q 'max-bytes 100 is too little' stderr
}

@test "a step's summary and outputs are of all organisations" {
	GITHUB_STEP_SUMMARY=$PWD/summary GITHUB_OUTPUT=$PWD/output ends 0 plan --live live \
		--format github manifests
	[ "$(grep -c '^<!-- writ:plan -->$' summary)" -eq 1 ]
	grep -qx 'add=2' output
	grep -qx 'add_beta=1' output
	grep -q '^digest_acme=sha256:' output
	run -1 grep -q '^digest=' output
	[ "$(cut -d = -f 1 output | sort | uniq -d)" = '' ]
}

@test "the lines of --json say of which organisation they are" {
	ends 64 apply --live live --json manifests
	grep -q 'no terminal to ask on' stderr
	ends 0 apply --live live --json --auto-approve manifests
	jq -s -e '.[0].type == "version" and .[-1].type == "end" and
		(.[-1] | has("organization") | not) and .[-1].status == 0' stdout
	jq -s -e '.[1:-1] | all(.organization == "acme" or .organization == "beta")' stdout
	for name in acme beta; do
		jq -r --arg of "$name" 'select(.organization == $of) | .type' stdout |
			grep -vx log |
			diff - <(printf '%s\n' planned_change change_summary apply_start \
				apply_progress apply_complete change_summary end)
	done
	rm live/beta.yaml
	ends 1 plan --live live --json-into lines manifests
	grep -q '^beta  *1, error ' stdout
	[ "$(jq -c 'select(.type == "end") | [.organization, .status]' lines | sort |
		tr -d '\n')" = '["acme",0]["beta",1][null,1]' ]
	[ "$(jq -r 'select(.type == "diagnostic") | .organization' lines)" = beta ]
}

@test "an organisation whose process is killed stops no other, and the table says what is known" {
	[ -x "${WRIT_FAILPOINT_BIN:-}" ] || skip 'no build with failpoints'
	# A removal is sent behind what is added, so that acme alone comes by there a second time.
	sed -i 's/adminRoles: \[\]/adminRoles: [support-administrator]/' live/acme.yaml
	status=0
	WRIT_FAILPOINT=apply-after-send:2 "$WRIT_FAILPOINT_BIN" apply --live live --auto-approve \
		--allow-remove 1 --format text \
		--format json=all.json --json-into lines manifests >stdout 2>stderr </dev/null ||
		status=$?
	[ "$status" -eq 137 ]
	grep -q '^acme  *137, signal  *killed by signal 9; it said last: Plan: 1 to add, 0 to change, 1 to remove\..*; what it sent is on record' stdout
	grep -q '^beta  *0, done  *Apply: 1 done' stdout
	[ "$(tail -1 stdout)" = '2 organisations, exit status 137.' ]
	[ "$(jq -c '[.status, (.organizations[] | [.organization, .status, .result.status])]' \
		all.json)" = '[137,["acme",137,null],["beta",0,0]]' ]
	[ "$(jq -c 'select(.type == "end") | [.organization, .status]' lines | sort |
		tr -d '\n')" = '["acme",137]["beta",0][null,137]' ]
	# Another goes on with it, and finds the others done.
	ends 0 apply --live live --auto-approve --allow-remove 1 manifests
	grep -q '^beta  *0, done  *No changes' stdout
	grep -q 'an earlier run stopped part-way' stderr
	ends 0 plan --live live --detailed-exitcode manifests
}

@test "a plan that is cut short is told in every format" {
	cat >writer <<-'END'
		#!/bin/sh
		echo $PPID >"$0.parent"
		exec sleep 20
	END
	chmod 700 writer
	sed -i 's/provider: file.*}/provider: adobe, orgId: A@AdobeOrg}/' manifests/acme.yaml
	printf '%s\n' 'apiVersion: writ/v1' 'kind: Configuration' organizations: '  - name: acme' \
		'    orgId: A@AdobeOrg' \
		"    server: {clientId: id, clientSecret: {command: [$PWD/writer]}}" \
		'  - name: beta' '    orgId: B@AdobeOrg' '    live: live/beta.yaml' >config.yaml
	chmod 600 config.yaml
	"$WRIT" plan --config config.yaml --format text --format junit=plan.xml \
		--format codequality=plan.json --format json=all.json manifests >stdout 2>stderr &
	pid=$!
	for _ in $(seq 400); do [ ! -s writer.parent ] || break; sleep 0.05; done
	kill -KILL "$(cat writer.parent)"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 137 ]
	grep -q '^acme  *137, signal  *killed by signal 9; what it would have told is not known' \
		stdout
	grep -q '^beta  *0, done' stdout
	[ "$(jq -c '.organizations[] | [.organization, .result == null]' all.json | tr -d '\n')" = \
		'["acme",true]["beta",false]' ]
	[ "$(jq -r '.[] | select(.check_name == "no-result") | .description' plan.json)" = \
		'acme: no whole result, 137, signal, killed by signal 9; what it would have told is not known' ]
	grep -q '<failure type="no-result" message="acme: no whole result' plan.xml
}

@test "apply carries out all; one that fails stops no other" {
	rm live/acme.yaml
	organizations gamma
	run_writ apply --live live --auto-approve manifests
	assert_golden organizations-apply
	[ "$status" -eq 1 ]
	ends 0 plan --org gamma --live live/gamma.yaml --detailed-exitcode manifests
	ends 0 plan --org beta --live live/beta.yaml --detailed-exitcode manifests
	grep -q storage-administrator live/gamma.yaml
	ends 1 apply --live live --auto-approve --format json manifests
	[ "$(jq -c '[.organizations[] | [.organization, .status, .result.status]]' stdout)" = \
		'[["acme",1,null],["beta",0,0],["gamma",0,0]]' ]
}

@test "saved plans of a folder, or several, are each its own organisation's, once" {
	ends 0 plan --live live --out plans manifests
	ends 64 apply --live live --plan plans/acme.json --plan plans/acme.json
	cp plans/acme.json other.txt
	ends 64 apply --live live --plan plans/acme.json --plan other.txt
	mkdir swapped && cp plans/acme.json swapped/beta.json
	ends 1 apply --live live --plan swapped
	grep -qF 'the plan is for organisation "acme"' stderr
	ends 0 plan --live live --detailed-exitcode --org beta manifests --live live/beta.yaml ||
		[ "$status" -eq 2 ]
	ends 0 apply --live live --plan plans/beta.json --plan plans/acme.json
	[ "$(grep -c '^[a-z]*  *0, done  *Apply: 1 done' stdout)" -eq 2 ]
	ends 1 apply --live live --plan plans --org gamma
	grep -qF 'there is no plan of organisation "gamma"' stderr
	ends 3 apply --live live --plan plans --org beta
	run -1 grep -q acme stdout
	ends 3 apply --live live --plan plans
	grep -q '^acme  *3, refused ' stdout
	mkdir empty
	ends 1 apply --live live --plan empty
}

@test "--expect names the digests of all plans; another plan is refused alone" {
	ends 0 plan --live live --format json manifests
	acme=$(jq -r '.organizations[0].result.digest' stdout)
	beta=$(jq -r '.organizations[1].result.digest' stdout)
	ends 3 apply --live live --auto-approve --expect "$acme" manifests
	grep -q '^acme  *0, done' stdout
	grep -q '^beta  *3, refused' stdout
	ends 0 apply --live live --auto-approve --expect "$acme" --expect "$beta" --org beta \
		--live live/beta.yaml manifests
}

# digests: of the plans of acme and of beta.
digests() {
	ends 0 plan --live live --format json manifests
	jq -r '.organizations[].result.digest' stdout
}

@test "what is said of one organisation leaves the digest of another's plan as it is" {
	cat manifests/beta.yaml >>manifests/acme.yaml
	sed -i 's/^apiVersion: writ.v1$/---\n&/; 1s/^---$/# all/' manifests/acme.yaml
	rm manifests/beta.yaml
	digests >before
	sed -i 's/archive of beta/archives of beta/' manifests/acme.yaml
	digests >after
	[ "$(sed -n 1p before)" = "$(sed -n 1p after)" ]
	[ "$(sed -n 2p before)" != "$(sed -n 2p after)" ]
	cat >manifests/more.yaml <<-'END'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: other, organization: acme}
		spec: {}
	END
	digests >last
	[ "$(sed -n 1p last)" != "$(sed -n 1p after)" ]
	[ "$(sed -n 2p last)" = "$(sed -n 2p after)" ]
	ends 0 plan --org beta --live live/beta.yaml --format json manifests
	[ "$(jq -r .digest stdout)" = "$(sed -n 2p last)" ]
}

@test "a saved plan is good although newer commits about other organisations were applied" {
	git_setup
	git init -q .
	git add manifests && git commit -qm 'the first'
	ends 0 plan --live live --out plans manifests
	sed -i 's/archive of beta/archives of beta/' manifests/beta.yaml
	git commit -qam 'of beta'
	cp live/acme.yaml before.yaml
	ends 0 apply --live live --auto-approve manifests
	cp before.yaml live/acme.yaml # somebody took it away again
	ends 0 apply --live live/acme.yaml --org acme --plan plans/acme.json
	ends 3 apply --live live/beta.yaml --org beta --plan plans/beta.json
	grep -q 'the plan is superseded' stderr
}

# answers LINE: apply of all on a terminal, at which LINE is typed.
answers() {
	types "$1" 'apply --live live manifests'
}

@test "one question is asked when all plans were shown, and says what is among them" {
	needs_terminals
	organizations gamma
	rm live/beta.yaml
	cp -R live before
	answers 'no\n'
	[ "$status" -eq 1 ]
	diff -r before live
	answers 'yes\n'
	[ "$status" -eq 1 ]
	run -1 diff -r before live
	tr -d '\r' <stdout >said
	grep -qx 'acme: Plan: 1 to add, 0 to change, 0 to remove. 1 administrator right granted.' said
	grep -qx 'beta: exit status 1, and not among these' said
	[ "$(grep -c 'Apply 2 plans?' said)" -eq 1 ]
	[ "$(sed '/Apply 2 plans?/,$d' said | grep -c '^Organisation \(acme\|gamma\)$')" -eq 2 ]
	[ "$(sed '1,/Apply 2 plans?/d' said | grep -c 'Apply: 1 done')" -eq 4 ]
}

@test "a result that cannot be written is 8 behind an apply, and 1 behind a plan" {
	[ -e /dev/full ] || skip 'no /dev/full'
	status=0
	"$WRIT" plan --live live manifests >/dev/full 2>stderr || status=$?
	[ "$status" -eq 1 ]
	"$WRIT" apply --live live --auto-approve manifests >/dev/full 2>stderr || status=$?
	[ "$status" -eq 8 ]
	ends 0 plan --live live manifests
	grep -q '^acme  *0, done  *No changes' stdout
}

@test "without a terminal nothing is approved" {
	cp -R live before
	ends 64 apply --live live manifests
	grep -q 'no terminal to ask on' stderr
	diff -r before live
}

@test "snapshots and bases are folders by name, and commits come one after the other" {
	git_setup
	git init -q repo
	organizations gamma delta epsilon
	ends 0 apply --live live --auto-approve --snapshot repo/snapshots --commit manifests
	[ "$(echo repo/snapshots/*)" = \
		'repo/snapshots/acme repo/snapshots/beta repo/snapshots/delta repo/snapshots/epsilon repo/snapshots/gamma' ]
	[ -z "$(git -C repo status --porcelain)" ]
	[ "$(git -C repo log --format=%s | grep -c '1 added')" -eq 5 ]
	git -C repo fsck --strict
	sed -i 's/adminRoles:.*/adminRoles: []/' live/delta.yaml
	sed -i '/- .*storage-administrator/d' live/delta.yaml
	ends 2 drift --live live --base repo/snapshots manifests
	[ "$(grep -c '0, done  *No drift' stdout)" -eq 4 ]
	grep -q '^delta  *2, changes  *Drift: 1 since' stdout
}

@test "every organisation stops at a signal that came once, and none begins behind it" {
	git_setup
	organizations gamma delta epsilon zeta
	cat >writer <<-'END'
		#!/bin/sh
		echo $$ >>running
		exec sleep 20
	END
	chmod 700 writer
	sed -i 's/provider: file.*}/provider: adobe, orgId: ID@AdobeOrg}/' manifests/*.yaml
	for name in acme beta gamma delta epsilon \
		zeta; do sed -i "s/ID@/$name@/" "manifests/$name.yaml"; done
	{
		printf '%s\n' 'apiVersion: writ/v1' 'kind: Configuration' organizations:
		for name in acme beta gamma delta epsilon zeta; do
			printf '%s\n' "  - name: $name" "    orgId: $name@AdobeOrg" \
				"    server: {clientId: id, clientSecret: {command: [$PWD/writer]}}"
		done
	} >config.yaml
	chmod 600 config.yaml
	"$WRIT" plan --config config.yaml manifests >stdout 2>stderr &
	pid=$!
	for _ in $(seq 400); do [ "$(grep -c . running 2>/dev/null)" != 4 ] ||
		break; sleep 0.05; done
	[ "$(wc -l <running)" -eq 4 ]
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	xargs kill <running 2>/dev/null || :
	[ "$status" -eq 143 ]
	[ "$(grep -c '143, signal' stdout)" -eq 6 ]
	[ "$(wc -l <running)" -eq 4 ]
}

@test "an organisation that the configuration does not name is an error of it alone" {
	sed -i 's/provider: file.*}/provider: adobe, orgId: B@AdobeOrg}/' manifests/beta.yaml
	operator_says <<-END
		live: live/acme.yaml
	END
	ends 1 plan --config config.yaml manifests
	grep -q '^acme  *0, done  *Plan: 1 to add' stdout
	grep -q '^beta  *1, error  *error: config.yaml has no organisation "beta"' stdout
	# What the environment says serves a single organisation.
	WRIT_ADOBE_ORG_ID=B@AdobeOrg WRIT_ADOBE_CLIENT_ID=id WRIT_ADOBE_CLIENT_SECRET=s \
		run_writ plan manifests
	[ "$status" -eq 1 ]
}

@test "an organisation that is emptied is withheld, whoever its documents went to" {
	sed -n '/^---/,$p' manifests/acme.yaml |
		sed 's/organization: acme/organization: beta/; s/archiver/mover/' \
			>manifests/moved.yaml
	sed -i '/^---/,$d' manifests/acme.yaml
	cp live/acme.yaml before.yaml
	ends 4 apply --live live --auto-approve --allow-remove 9 manifests
	grep -q '^acme  *4, guard ' stdout
	grep -q '^beta  *0, done ' stdout
	cmp live/acme.yaml before.yaml
}

# configured: config.yaml of both organisations, in files and with snapshots in repo.
configured() {
	git_setup
	git init -q repo
	{
		printf '%s\n' 'apiVersion: writ/v1' 'kind: Configuration' organizations:
		for name in beta acme; do
			printf '%s\n' "  - name: $name" "    orgId: $name@AdobeOrg" \
				"    live: live/$name.yaml" \
				"    snapshot: {repository: repo, folder: $name}"
		done
	} >config.yaml
	chmod 600 config.yaml
}

@test "drift without manifests goes through the organisations of the configuration" {
	configured
	ends 0 apply --config config.yaml --auto-approve manifests
	ends 0 drift --config config.yaml
	[ "$(tail -3 stdout | cut -d ' ' -f 1 | tr '\n' ' ')" = 'acme beta 2 ' ]
	grep -q '^acme  *0, done  *No drift' stdout
}

@test "what is imported together is one set, and snapshots are made of all" {
	configured
	ends 64 import --config config.yaml
	grep -q 'manifests of 2 organisations go to a folder each, below --out DIR' stderr
	ends 0 import --config config.yaml --out imported
	grep -qx '  organization: beta' imported/beta/technical-accounts.yaml
	run -1 grep -q organization: imported/acme/organization.yaml
	ends 0 plan --config config.yaml --detailed-exitcode imported
	[ "$(grep -c '0, done  *No changes' stdout)" -eq 2 ]
	ends 1 import --config config.yaml --out imported
	ends 0 import --config config.yaml --org beta --out alone
	run -1 grep -rq organization: alone
	ends 0 snapshot --config config.yaml
	[ "$(echo repo/*/organization.yaml)" = \
		'repo/acme/organization.yaml repo/beta/organization.yaml' ]
	ends 0 snapshot --config config.yaml
	grep -q 'Snapshot 1 of acme: nothing new' stdout
	ends 64 snapshot --config config.yaml --run RUN
}

@test "guards that one organisation loosens in a branch are told of it alone" {
	git_setup
	git init -q .
	sed -i 's/unlisted: remove}/unlisted: remove, guards: {maxRemovals: 1}}/' manifests/*.yaml
	git add manifests && git commit -qm 'the guards'
	git checkout -qb loosened
	sed -i 's/maxRemovals: 1/maxRemovals: 9/' manifests/beta.yaml
	git commit -qam 'a looser one'
	ends 0 plan --live live manifests
	sed -n '/^Organisation beta$/,$p' stdout >beta
	grep -q '^POLICY (1): guards are looser than those of commit' beta
	[ "$(grep -c POLICY stdout)" -eq 1 ]
}

@test "tables and calendars of all are one, and pages have one that leads to them" {
	for name in acme beta; do
		ends 0 report --org $name --format csv=$name.csv --format html=$name.html manifests
		ends 0 expiring --org $name --in 90d --format csv=$name.ends.csv \
			--format ics=$name.ics manifests
	done
	ends 0 report --format csv=all.csv --format html=all.html manifests
	[ "$(head -n 1 all.csv | cut -d , -f 1,2)" = organization,principal_kind ]
	for name in acme beta; do
		sed 1d $name.csv | sed "s/^/$name,/"
	done | diff - <(sed 1d all.csv)
	cmp all.acme.html acme.html
	cmp all.beta.html beta.html
	[ "$(grep -o 'href="[^"]*"' all.html | paste -sd ' ')" = \
		'href="./all.acme.html" href="./all.beta.html"' ]
	ends 0 expiring --in 90d --format csv --format ics=all.ics manifests
	for name in acme beta; do
		sed 1d $name.ends.csv | sed "s/^/$name,/"
	done | diff - <(sed 1d stdout)
	[ "$(grep -c '^BEGIN:VCALENDAR' all.ics)" -eq 1 ]
	[ "$(grep -c '^BEGIN:VEVENT' all.ics)" -eq \
		"$(cat acme.ics beta.ics | grep -c '^BEGIN:VEVENT')" ]
	diff <(sed -n '/^BEGIN:VEVENT/,/^END:VEVENT/p' acme.ics beta.ics) \
		<(sed -n '/^BEGIN:VEVENT/,/^END:VEVENT/p' all.ics)
	grep -c '^BEGIN:VEVENT' all.ics | grep -vqx 0
	# What changed is a table of its own beside it.
	ends 0 report --since 2026-01-01 --format csv=period.csv manifests
	[ "$(head -n 1 period.changes.csv | cut -d , -f 1)" = organization ]
	# What failed is in none, and is told.
	sed -i 's/^spec:/sped:/' manifests/beta.yaml
	ends 1 report --format csv=bad.csv manifests
	[ ! -e bad.csv ]
}

@test "report, expiring and verify go through all of a set" {
	ends 0 report manifests
	[ "$(grep -c '^Organisation \(acme\|beta\)$' stdout)" -eq 2 ]
	ends 0 expiring --in 60d --format json manifests
	[ "$(jq -c '[.organizations[].result.organization]' stdout)" = '["acme","beta"]' ]
	ends 64 verify manifests
	[ "$(grep -c '64, usage' stdout)" -eq 2 ]
}
