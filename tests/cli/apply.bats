#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	quickstart
}

@test "apply says what it did: 0, then nothing to do" {
	run_writ apply --live live.yaml --auto-approve --allow-remove 1 manifests
	assert_golden apply
	run_writ apply --live live.yaml --auto-approve manifests
	assert_golden apply-nothing
	ends 0 plan --live live.yaml --detailed-exitcode manifests
}

# answers LINE: apply of paths on a terminal, at which LINE is typed.
answers() {
	types "$1" 'apply --live live.yaml --allow-remove 1 manifests'
}

@test "on a terminal it asks, and takes the word yes alone" {
	needs_terminals
	cp live.yaml before.yaml
	for word in 'y\n' 'no\n' 'Yes\n' 'yes please\n' ' yes\n' '\n' '\004'; do
		answers "$word"
		[ "$status" -eq 1 ] && grep -q 'not approved; nothing was changed' stdout
		cmp before.yaml live.yaml
	done
	grep -q 'Only "yes" is taken for consent' stdout
	answers 'yes\n'
	[ "$status" -eq 0 ] && grep -q 'Apply: 7 done' stdout
	ends 0 plan --live live.yaml --detailed-exitcode manifests
}

@test "colour is for terminals that have it" {
	needs_terminals
	for row in xterm: dumb:no :no 'xterm NO_COLOR=1:no' 'dumb CLICOLOR_FORCE=1:' \
		'dumb CLICOLOR_FORCE=0:no'; do
		# shellcheck disable=SC2086 # words
		env TERM=${row%:*} script -qec "'$WRIT' plan --live live.yaml manifests" /dev/null \
			>stdout
		if [ -n "${row##*:}" ]; then
			! grep -q $'\e' stdout
		else
			grep -q $'\e\[' stdout
		fi || { echo "$row"; cat stdout; return 1; }
	done
}

@test "every example: apply leaves an empty plan, import too" {
	count=0
	for example in "$WRIT_ROOT"/examples/*/; do
		[ -d "$example/manifests" ] || continue
		cp "$example/live.yaml" live.yaml
		ends 0 validate "$example/manifests"
		ends 0 apply --live live.yaml --auto-approve --allow-remove '100%' \
			--allow-admin-grants 1000 "$example/manifests"
		ends 0 plan --live live.yaml --detailed-exitcode "$example/manifests"
		rm -rf imported
		ends 0 import --live live.yaml --out imported
		ends 0 plan --live live.yaml --detailed-exitcode --format json imported
		[ "$(jq '.changes + .unlisted | length' stdout)" = 0 ]
		count=$((count + 1))
	done
	[ "$count" -ge 1 ]
}

@test "without consent removals are withheld: 4" {
	run_writ apply --live live.yaml --auto-approve manifests
	assert_golden apply-withheld
	[ "$status" -eq 4 ]
}

# holding SPEC: an organisation with one account.
holding() {
	organization
	document TechnicalAccount a "$1"
}

@test "what is withheld tells the consent that is left to give" {
	most="{product: P, profile: A}, {product: P, profile: B}, {product: P, profile: C}"
	{
		holding "adminRoles: [system-administrator], products: [$most, {product: P, profile: D}]"
		document AdminRole s 'role: system-administrator, members: [{user: j@example.com}]'
	} >live.yaml
	holding "adminRoles: [], products: [$most]" >wanted.yaml
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	jq -e '.summary.withheld == ([.changes[] | select(.withheld)] | length) and
		.summary.withheld > 0' plan.json
	grep -q 'roleRemovals: 1, limit 0; allow with --allow-remove 2$' stdout
	grep -q 'minHolders of system-administrator: 1, limit 2 (policy.minHolders)$' stdout
	cp live.yaml before.yaml
	ends 0 plan --live live.yaml --allow-remove 100% wanted.yaml
	grep -q '^Plan: .* (1 removal withheld)' stdout
	ends 4 apply --live live.yaml --auto-approve wanted.yaml
	grep -q '^Removals were withheld; carry them out with --allow-remove 1\.$' stdout
	grep -q '^Guard minHolders of system-administrator withholds: 1 would be left, limit 2 (policy.minHolders)\.$' stdout
	rm -r "$XDG_STATE_HOME"
	cp before.yaml live.yaml
	ends 4 apply --live live.yaml --plan plan.json
	grep -q '^Removals were withheld; carry them out with a new plan and --allow-remove 1\.$' \
		stdout
	ends 3 apply --live live.yaml --allow-remove 1 --plan plan.json
	# nothing else to do: the plan did not begin
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	ends 4 apply --live live.yaml --plan plan.json
	grep -q '^Removals were withheld; carry them out with --allow-remove 1\.$' stdout
}

@test "a guard refuses: 4, and live is as it was" {
	sed -i 's/^  provider: file/  provider: file\n  guards: {maxAdminGrants: 0}/' \
		manifests/organization.yaml
	cp live.yaml before
	run_writ apply --live live.yaml --auto-approve --allow-remove 1 manifests
	assert_golden apply-guard
	cmp live.yaml before
}

@test "stale, used, expired, unexpected: 3" {
	ends 0 plan --live live.yaml --allow-remove 1 --out plan.json manifests
	cp live.yaml before
	run_writ apply --live live.yaml --expect sha256:0000 --plan plan.json
	assert_golden apply-unexpected
	WRIT_NOW=2026-06-02T00:00:01Z run_writ apply --live live.yaml --plan plan.json
	assert_golden apply-expired
	cmp live.yaml before
	sed -i '/adminRoles: .* #/d' live.yaml
	cp live.yaml edited
	run_writ apply --live live.yaml --plan plan.json
	assert_golden apply-stale
	cmp live.yaml edited
	cp before live.yaml
	ends 0 apply --live live.yaml --plan plan.json
	cp live.yaml applied
	run_writ apply --live live.yaml --plan plan.json
	assert_golden apply-used
	cp before live.yaml
	ends 3 apply --live live.yaml --plan plan.json
	cmp live.yaml before
}

@test "a plan holds to its last second" {
	ends 0 plan --live live.yaml --allow-remove 1 --out plan.json manifests
	WRIT_NOW=2026-06-02T00:00:00Z ends 0 apply --live live.yaml --plan plan.json
}

@test "what somebody changed while a run stood still is not overwritten by its resume" {
	acme live.yaml <<<"$(document TechnicalAccount a 'description: one')"
	acme wanted.yaml <<<"$(document TechnicalAccount a 'description: two')"
	ends_at apply-before-send:1 137 apply --live live.yaml --auto-approve wanted.yaml
	sed -i 's/description: one/description: other/' live.yaml
	ends 5 apply --live live.yaml --resume
	grep -q 'failed: technicalAccount/a  update: live has changed since the plan' stdout
	grep -q 'description: other' live.yaml
}

@test "another run holds the lock: 7, and live is as it was" {
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	# One that stands still between two requests holds it.
	stops_at apply-before-send:1 apply --live live.yaml --auto-approve \
		--allow-remove 1 manifests
	ends 7 apply --live live.yaml --auto-approve --allow-remove 1 --wait 1 manifests
	grep -q 'another run holds the lock: .* on .* since 2026-06-01T00:00:00Z' stderr
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
	kill -KILL $!
	wait $! || true
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
}

@test "a run that was taken over alive sends nothing more and ends with 5" {
	echo 'ledger: {lease: 10}' | operator_says
	stops_at apply-before-send:1 apply --config config.yaml --live live.yaml --auto-approve \
		--allow-remove 1 manifests
	ends 0 apply --config config.yaml --live live.yaml --auto-approve --take-over \
		--target asset-archiver manifests
	grep -q 'an earlier run stopped part-way' stderr
	kill -CONT $!
	status=0
	wait $! || status=$?
	[ "$status" -eq 5 ]
	grep -q 'another run took over, and nothing more is sent' other
	"$WRIT" ledger --format json |
		jq -e '.ledgers[0].held_by == null and .ledgers[0].open == []'
	"$WRIT" log --format json | jq -e '[.runs[].state] | sort == ["done", "superseded"]'
	ends 0 ledger verify
}

@test "state is for this user alone" {
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	[ -z "$(find state/writ -perm /077)" ]
}

@test "--resume with a PATH, and paths without a terminal: 64" {
	ends 64 apply --live live.yaml --resume manifests
	ends 64 apply --live live.yaml manifests
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
}

@test "a saved plan is for one organisation" {
	ends 0 plan --live live.yaml --allow-remove 1 --out plan.json manifests
	ends 1 apply --live live.yaml --org other --plan plan.json
	sed -i 's/name: acme/name: other/' live.yaml
	run_writ apply --live live.yaml --plan plan.json
	[ "$status" -eq 3 ]
	assert_golden apply-other
}

@test "--target applies one account's changes" {
	ends 0 apply --live live.yaml --auto-approve --target asset-archiver manifests
	ends 0 plan --live live.yaml --format json manifests
	jq -e 'all(.changes[]; .principal.name != "asset-archiver")' stdout
	jq -e '.changes | length > 0' stdout
}

@test "SIGINT and SIGTERM stop between batches: 130 and 143; one resume ends it" {
	for row in int:130 term:143; do
		cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
		rm -rf state
		due=${row#*:} status=0
		WRIT_FAILPOINT="*:12:${row%:*}" env --default-signal=INT,TERM \
			"$WRIT_FAILPOINT_BIN" apply --live live.yaml --auto-approve \
			--allow-remove 1 manifests >stdout 2>stderr || status=$?
		assert_golden "apply-stopped-${row%:*}"
		[ "$status" -eq "$due" ]
		ends 0 apply --live live.yaml --auto-approve --resume
		ends 0 plan --live live.yaml --detailed-exitcode manifests
	done
}

@test "what goes on with a stopped run is said as it is to be typed" {
	git_setup
	git init -q repo
	mv live.yaml "it's live.yaml"
	WRIT_FAILPOINT='*:12:term' env --default-signal=TERM "$WRIT_FAILPOINT_BIN" apply \
		--live "it's live.yaml" --snapshot repo/org --commit --auto-approve \
		--allow-remove 1 manifests >stdout 2>stderr || [ $? -eq 143 ]
	command=$(sed -n 's|^Stopped part-way; .writ \(.*\). goes on from here.$|\1|p' stdout)
	eval "ends 0 $command"
	grep -q '^Apply: 7 done' stdout
	grep -q '^Commit ' stdout
	ends 0 plan --live "it's live.yaml" --detailed-exitcode manifests
}

@test "a signal that is ignored when the program starts stays ignored" {
	for row in int term; do
		cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
		rm -rf state
		WRIT_FAILPOINT="*:12:$row" env --ignore-signal=INT,TERM "$WRIT_FAILPOINT_BIN" \
			apply --live live.yaml --auto-approve --allow-remove 1 manifests
		ends 0 plan --live live.yaml --detailed-exitcode manifests
	done
}

@test "of two runs of one second with the same plan, the one that stopped is resumed" {
	cp live.yaml start.yaml
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	cp start.yaml live.yaml
	ends_at apply-after-send:1 137 apply --live live.yaml --auto-approve \
		--allow-remove 1 manifests
	ends 0 apply --live live.yaml --resume
	ends 0 plan --live live.yaml --detailed-exitcode manifests
}

@test "a resume carries out the plan that its run began with, and no other: 3" {
	ends_at apply-after-send:1 137 apply --live live.yaml --auto-approve \
		--allow-remove 1 manifests
	cp live.yaml before
	cp -R state state-before
	sed -i 's/storage-administrator/system-administrator/g' \
		"$(grep -l '"type": "plan"' state/writ/acme-*/ledger/0*)"
	ends 3 apply --live live.yaml --resume
	grep -q 'is not the plan that the stopped run began with' stderr
	cmp before live.yaml
	rm -r state
	mv state-before state
	ends 0 apply --live live.yaml --resume
	ends 0 plan --live live.yaml --detailed-exitcode manifests
}

@test "a plan that cannot be shown is not applied: 1" {
	status=0
	"$WRIT" apply --live live.yaml --auto-approve --allow-remove 1 manifests >/dev/full \
		2>stderr || status=$?
	[ "$status" -eq 1 ]
	grep -q 'writing to standard output failed' stderr
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
}

# Two hold the role, so that minHolders lets neither go; the run stops before its first batch is
# sent.
stop_before_removals() {
	mkdir few
	acme few/all.yaml <<-END
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: first}
		spec: {adminRoles: [], products: [{product: Express, profile: Default}]}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: second}
		spec: {adminRoles: [], products: [{product: Express, profile: Default}]}
	END
	sed 's/adminRoles: \[\]/adminRoles: [system-administrator]/
		s/products: .*}\]/products: []/' few/all.yaml >live.yaml
	ends_at apply-before-send:1 137 apply --live live.yaml --auto-approve few
}

@test "consent that a resume is given is judged like any other" {
	stop_before_removals
	ends 4 apply --live live.yaml --resume --allow-remove 2
	grep -q '2 done, .* 2 withheld' stdout
	grep -q 'Guard minHolders of system-administrator withholds: 0 would be left, limit 2' \
		stdout
	[ "$(grep -c system-administrator live.yaml)" -eq 2 ]
}

@test "a stopped run says again the consent that its saved plan does not carry" {
	ends 0 plan --live live.yaml --out plan.json manifests
	ends_at apply-before-send:1:term 143 apply --live live.yaml --allow-remove 1 \
		--allow-admin-grants 2 --plan plan.json
	grep -qF 'writ apply --resume --live live.yaml --allow-remove 1 --allow-admin-grants 2` goes on' stdout
	ends 0 apply --live live.yaml --resume --allow-remove 1
	ends 0 plan --live live.yaml --detailed-exitcode manifests
}

@test "what a stopped run has removed is done, also without its consent" {
	ends 0 plan --live live.yaml --out plan.json manifests
	ends_at apply-after-send:3 137 apply --live live.yaml --allow-remove 1 --plan plan.json
	ends 0 apply --live live.yaml --resume
	grep -q '^Apply: 7 done, 0 failed, 0 unknown, 0 not tried\.$' stdout
}

@test "a resume gives nobody what is over by then" {
	sed -i 's/profile: Templates/&, expires: "2026-06-01"/' \
		manifests/accounts/template-sync.yaml
	export WRIT_NOW=2026-06-01T23:00:00Z
	ends_at apply-before-send:1 137 apply --live live.yaml --auto-approve \
		--allow-remove 1 manifests
	export WRIT_NOW=2026-06-02T00:00:00Z
	ends 5 apply --live live.yaml --resume
	grep -q 'Templates  create: its last day is over; make a new plan' stdout
	[ "$(grep -c 'profile: Templates' live.yaml)" -eq 1 ] # that it exists
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	ends 0 plan --live live.yaml --detailed-exitcode manifests
}

@test "a resume that is refused tells what was done before it" {
	{
		organization
		document TechnicalAccount bot 'description: old, apis: []' |
			sed 's/^metadata: .*/&\nstatus: {id: one}/'
	} >live.yaml
	document TechnicalAccount bot 'description: new, adminRoles: [storage-administrator],
		apis: [Express API]' | acme wanted.yaml
	ends_at apply-before-send:2 137 apply --live live.yaml --auto-approve wanted.yaml
	sed -i 's/id: one/id: two/' live.yaml
	ends 5 apply --live live.yaml --resume
	grep -q 'is another account by now, with id two in place of one' stderr
	grep -q '^  ? unknown: .*: by the ledger, and not compared with live now$' stdout
	grep -q '^Apply: 1 done, 0 failed, [12] unknown, ' stdout
}

@test "a resume after the plan's end settles what was sent, sends nothing new, and closes the run" {
	ends_at apply-after-send:1 137 apply --live live.yaml --auto-approve \
		--allow-remove 1 manifests
	cp live.yaml killed.yaml
	later=2026-06-02T00:00:01Z
	WRIT_NOW=$later ends 5 apply --live live.yaml --resume
	cmp live.yaml killed.yaml
	grep -q '^Apply: 2 done, 0 failed, 0 unknown, 5 not tried\.$' stdout
	grep -q 'Templates  create: the plan expired at 2026-06-02T00:00:00Z; make a new one' stdout
	grep -q 'nothing new was sent, and the run has ended' stdout
	! grep -q 'goes on from here' stdout || return 1
	[ "$(WRIT_NOW=$later "$WRIT" log --format json 2>/dev/null |
		jq -r '.runs[0] | "\(.state) \(.counts.done) \(.counts.not_sent)"')" = \
			'expired 2 5' ]
	# There is nothing to go on with any more, and a new plan makes the rest.
	WRIT_NOW=$later ends 0 apply --live live.yaml --resume
	grep -q '^Nothing to resume' stdout
	cmp live.yaml killed.yaml
	WRIT_NOW=$later ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	WRIT_NOW=$later ends 0 plan --live live.yaml --detailed-exitcode manifests
}

@test "a plan that calls a holder unknown does not lead around the guards" {
	cat >>manifests/organization.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: system-administrators}
		spec: {role: system-administrator, members: [{user: jane@example.com}],
		  unlisted: remove}
	END
	ends 0 plan --live live.yaml --allow-remove 100% --out plan.json manifests
	grep -q '"name": "minHolders"' plan.json
	jq -c '(.changes[] | select(.change.actions == ["delete"])).unknown = true' plan.json \
		>edited.json
	forged edited.json
	ends 4 apply --live live.yaml --plan edited.json
	grep -q 'Guard minHolders of system-administrator withholds: 1 would be left, limit 2' \
		stdout
	grep -q 'members: .*omar@example.com\|user: omar@example.com' live.yaml
}

@test "the result as JSON is one document, with nothing behind it" {
	ends 4 apply --live live.yaml --auto-approve --format json manifests
	jq -es 'length == 1' stdout
	jq -e '.status == 4 and .summary.done == 6 and .summary.withheld == 1 and .error == null and
		.resume == null and .record == null' stdout
	jq -e '[.changes[] | select(.fate == "withheld")] ==
		[{"id": "c7", "address": "grant/technicalAccount/template-sync/role/support-administrator",
			"action": "delete", "fate": "withheld", "message": null,
				"withheld": "consent"}]' stdout
	jq -e '.plan | test("^sha256:[0-9a-f]{64}$")' stdout
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 --format json=result.json \
		--format text=result.txt manifests
	jq -e '.status == 0 and .summary.done == 1' result.json
	grep -q '^Plan: 0 to add, 0 to change, 1 to remove\.$' result.txt
	grep -q '^Apply: 1 done, 0 failed, 0 unknown, 0 not tried\.$' result.txt
	[ ! -s stdout ]
	ends 0 apply --live live.yaml --auto-approve --format json manifests
	jq -e '.status == 0 and .changes == [] and .run == null and .ledger == null' stdout
}

@test "a run that an error stops is a result too" {
	ends_at apply-before-send:2:term 143 apply --live live.yaml --auto-approve \
		--allow-remove 1 --format json manifests
	jq -es 'length == 1 and .[0].status == 143 and
		(.[0].resume | startswith("writ apply --resume"))' stdout
	jq -e '.summary.not_tried > 0' stdout
}

@test "a plan is named with --plan, and is no manifest" {
	ends 0 plan --live live.yaml --out plan.json manifests
	ends 1 apply --live live.yaml plan.json
	# shellcheck disable=SC2016 # the backquotes are the program's
	grep -q 'plan.json:1:1: error: this is a saved plan, not a manifest; carry it out with `writ apply --plan FILE` \[E0423\]' stderr
	ends 64 apply --live live.yaml --plan plan.json manifests
	ends 64 apply --live live.yaml --plan plan.json --resume
	ends 1 apply --live live.yaml --plan manifests/organization.yaml
	ends 1 apply --live live.yaml --plan missing.json
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
}

@test "a ledger without its end does not make a plan usable again: 3" {
	ends 0 plan --live live.yaml --allow-remove 1 --out plan.json manifests
	cp live.yaml before
	ends 0 apply --live live.yaml --plan plan.json
	cp before live.yaml
	ends 3 apply --live live.yaml --plan plan.json
	grep -q 'this plan has been applied already (run 20260601T' stderr
	cp -R state kept
	# Cut behind each record: the run is as far as it says, and its plan is its own.
	for record in $(records | tac | head -n -1); do
		rm "$record"
		before=$(wc -l <live.yaml)
		"$WRIT" apply --live live.yaml --plan plan.json >stdout 2>stderr &&
			[ "$(wc -l <live.yaml)" -ge "$before" ]
		rm -r state
		cp -R kept state
		cp before live.yaml
		break
	done
	: >"$(records | tail -1)"
	ends 1 apply --live live.yaml --plan plan.json
	grep -q 'is damaged: it is no JSON' stderr
	cmp live.yaml before
}

@test "a name that another account has by now makes a saved plan stale: 3" {
	ends 0 plan --live live.yaml --allow-remove 1 --out plan.json manifests
	sed -i 's/5d1f0c2e-7a54/6d1f0c2e-7a54/' live.yaml
	cp live.yaml before
	ends 3 apply --live live.yaml --plan plan.json
	grep -q 'template-sync is another account by now' stderr
	cmp live.yaml before
}

@test "what an account got since the plan does not go with it unnamed: 3" {
	acme live.yaml <<<"$(document TechnicalAccount reader \
		'adminRoles: [], apis: [], products: [{product: Express, profile: Default}]')"
	acme wanted.yaml <<<"$(document TechnicalAccount reader 'state: absent')"
	ends 0 plan --live live.yaml --allow-remove 1 --out plan.json wanted.yaml
	cp live.yaml then.yaml
	sed -i 's/adminRoles: \[\], apis: \[\]/adminRoles: [support-administrator], apis: [One API]/' \
		live.yaml
	cp live.yaml before
	ends 3 apply --live live.yaml --plan plan.json
	grep -q 'the plan is stale: technicalAccount/reader holds by now what the plan does not name: role/support-administrator, api/One%20API; nothing was sent, plan again$' stderr
	cmp live.yaml before
	# What it has lost since is named all the same, and a new plan names all of it.
	sed 's/products: .*}]/products: []/' then.yaml >live.yaml
	ends 0 apply --live live.yaml --plan plan.json
	cp before live.yaml
	ends 0 plan --live live.yaml --allow-remove 1 --out plan.json wanted.yaml
	ends 0 apply --live live.yaml --plan plan.json
	run ! grep reader live.yaml
}

@test "a live file that is JSON is read, and not written" {
	cat >live.json <<-'EOF'
		{"apiVersion": "writ/v1", "kind": "Organization", "metadata": {"name": "acme"},
		 "spec": {"provider": "file", "orgId": "A@AdobeOrg"},
		 "status": {"users": [], "groups": [], "products": []}}
	EOF
	mkdir json
	cat >json/all.yaml <<-'EOF'
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec: {provider: file, orgId: A@AdobeOrg}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: robot}
		spec: {owner: payments}
	EOF
	cp live.json before
	ends 2 plan --detailed-exitcode --live live.json json
	ends 1 apply --auto-approve --live live.json json
	grep -q '^writ: error: "live.json" is JSON, which holds one document, .*: keep it in a YAML file or in a folder$' stderr
	cmp live.json before
	ends 0 log
	grep -q '^No run is known here' stdout
}
