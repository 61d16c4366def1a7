#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031 # a test is a subshell
# Grants with an end, and what has to be on record before one of them may go for that alone.

setup() {
	load helper
	common_setup
	acme live.yaml <<-'END'
		status: {products: [{product: P, profile: A}],
		  users: [a@example.com, b@example.com], groups: []}
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: system}
		spec: {role: system-administrator,
		  members: [{user: a@example.com}, {user: b@example.com}]}
	END
	mkdir manifests
	acme manifests/organization.yaml <<-'END'
	END
}

# ends_on DAY: the migrator's role does.
ends_on() {
	cat >manifests/migrator.yaml <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: migrator}
		spec:
		  adminRoles:
		    - {role: deployment-administrator, reason: migration, expires: $1}
	END
}

held() {
	grep -c deployment-administrator live.yaml || :
}

# apply_on DAY STATUS OPTION...
apply_on() {
	WRIT_NOW=$1T10:00:00Z ends "$2" apply --live live.yaml --auto-approve "${@:3}" manifests
}

@test "an end that the ledger has from before it passed goes by --allow-expired" {
	ends_on 2026-06-10
	apply_on 2026-06-01 0
	role=grant/technicalAccount/migrator/role/deployment-administrator
	grep -qF "{\\\"grant\\\": \\\"$role\\\", \\\"expires\\\": \\\"2026-06-10\\\"}" \
		"$(records | tail -n 1)"
	apply_on 2026-06-11 4
	[ "$(held)" -eq 1 ]
	[ "$(grep -c 'no record has this end' stdout)" -eq 0 ]
	apply_on 2026-06-12 0 --allow-expired
	[ "$(held)" -eq 0 ]
}

@test "an end that is past where it is first written is a removal like any other" {
	ends_on 2027-06-10
	apply_on 2026-06-01 0
	ends_on 2026-05-31
	apply_on 2026-06-02 4 --allow-expired
	grep -q 'no record has this end from before it passed: it needs --allow-remove like any other removal' stdout
	[ "$(held)" -eq 1 ]
	# What was withheld does not come by itself into the record.
	apply_on 2026-06-03 4 --allow-expired
	[ "$(held)" -eq 1 ]
	apply_on 2026-06-04 0 --allow-remove 1
	[ "$(held)" -eq 0 ]
}

@test "the snapshot of a machine without the ledger tells ends, but none that was past by then" {
	ends_on 2026-06-10
	apply_on 2026-06-01 0 --snapshot snap
	rm -r "$XDG_STATE_HOME"
	ends_on 2026-05-31
	apply_on 2026-06-02 4 --snapshot snap --base snap --allow-expired
	grep -q 'expires: "2026-06-10"' snap/*.yaml
	rm -r "$XDG_STATE_HOME"
	apply_on 2026-06-11 0 --base snap --allow-expired
	[ "$(held)" -eq 0 ]
}

@test "a saved plan is judged by the record, whatever it says itself" {
	ends_on 2027-06-10
	apply_on 2026-06-01 0
	ends_on 2026-05-31
	WRIT_NOW=2026-06-02T10:00:00Z ends 0 plan --live live.yaml --allow-expired \
		--out plan.json manifests
	sed -i 's/"withheld": true/"withheld": false/; s/"withheld": "consent"/"withheld": null/' \
		plan.json
	WRIT_NOW=2026-06-02T11:00:00Z run_writ apply --live live.yaml --plan plan.json
	[ "$status" -ne 0 ]
	[ "$(held)" -eq 1 ]
}

@test "a plan of one account leaves the record as it is" {
	ends_on 2026-06-10
	apply_on 2026-06-01 0
	cat >manifests/other.yaml <<-'END'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: other}
		spec: {}
	END
	apply_on 2026-06-02 0 --target other
	apply_on 2026-06-11 4
	apply_on 2026-06-12 0 --allow-expired
	[ "$(held)" -eq 0 ]
}

@test "what was to end is told where its line is gone and nobody takes it back" {
	granted() {
		acme manifests/organization.yaml <<-END
			---
			apiVersion: writ/v1
			kind: TechnicalAccount
			metadata: {name: migrator}
			spec: {unlisted: keep, adminRoles: [$1]}
			---
			apiVersion: writ/v1
			kind: ProductAssignment
			metadata: {name: a}
			spec: {product: P, profile: A, unlisted: keep, members: [$2]}
		END
	}
	granted '{role: support-administrator, expires: "2026-06-10"}' \
		'{user: a@example.com, expires: "2026-06-11"}, {user: b@example.com}'
	apply_on 2026-06-01 0 --snapshot snap
	granted '' ''
	for known in ledger snapshot; do
		[ "$known" = ledger ] || rm -r state
		for day in 2026-06-02 2026-06-12; do # no end of another line passes it over
			WRIT_NOW=${day}T10:00:00Z ends 0 plan --live live.yaml --base snap \
				--out plan.json manifests
			grep -q '^No changes\. What is live and not listed is left alone\.$' stdout
			grep -A1 '^  migrator  support-administrator$' stdout |
				grep -q '^    it was to end on 2026-06-10, which no manifest says any more$'
			grep -A1 '^  user a@example.com  P / A$' stdout |
				grep -q '^    it was to end on 2026-06-11, '
			run ! grep -q 'user b@example.com  P / A' stdout
			jq -e '[.unlisted[].was_to_end | select(.)] == ["2026-06-10", "2026-06-11"]' \
				plan.json
			ends 0 show plan.json
			grep -q '^    it was to end on 2026-06-10, ' stdout
			rm plan.json
		done
	done
	# The snapshot keeps the words of what is held, and so the end stays told.
	apply_on 2026-06-03 0 --snapshot snap
	WRIT_NOW=2026-06-04T10:00:00Z ends 0 plan --live live.yaml --base snap manifests
	grep -q '^    it was to end on 2026-06-10, ' stdout
}

@test "it is told under the name that the same plan, or somebody in the service, gives" {
	granted() {
		document TechnicalAccount "$1" "unlisted: keep, adminRoles: [$3]" |
			sed "s/name: $1}/name: $1${2:+, previously: [$2]}}/" |
			acme manifests/organization.yaml
	}
	told() {
		WRIT_NOW=2026-06-02T10:00:00Z ends 0 plan --live live.yaml --base snap manifests
		grep -A1 "^  $1  support-administrator\$" stdout |
			grep -q '^    it was to end on 2026-06-10, which no manifest says any more$'
	}
	document TechnicalAccount migrator '' |
		sed '$a status: {id: 0123456789ABCDEF01234567@techacct.adobe.com}' >>live.yaml
	granted migrator '' '{role: support-administrator, expires: "2026-06-10"}'
	apply_on 2026-06-01 0 --snapshot snap
	for known in ledger snapshot; do
		[ "$known" = ledger ] || rm -r state
		granted mover migrator ''
		told mover
		grep -q 'renamed from migrator' stdout

		granted migrator '' ''
		sed -i.bak 's/name: migrator/name: mover/' live.yaml
		told mover
		mv live.yaml.bak live.yaml
	done
}

# named FILE NAME PREVIOUSLY ROLE: one account more, that may have had another name.
named() {
	document TechnicalAccount "$2" "adminRoles: [$4]" |
		sed "s/name: $2}/name: $2${3:+, previously: [$3]}}/" >>"$1"
}

@test "an end is of the account that had it, whatever names move" {
	ended='{role: support-administrator, expires: "2026-06-10"}'
	acme live.yaml </dev/null
	named live.yaml bot '' support-administrator
	named live.yaml victim '' support-administrator
	acme first.yaml </dev/null
	named first.yaml bot '' "$ended"
	named first.yaml victim '' support-administrator
	ends 0 apply --live live.yaml --auto-approve first.yaml
	cp -R state kept-state
	cp live.yaml kept.yaml
	export WRIT_NOW=2026-06-12T00:00:00Z
	# The name that has an end on record goes to an account that has none.
	acme swapped.yaml </dev/null
	named swapped.yaml bot victim "$ended"
	named swapped.yaml old-bot bot support-administrator
	for point in none apply-after-send:1; do
		rm -rf state
		cp -R kept-state state
		cp kept.yaml live.yaml
		[ "$point" = none ] || ends_at "$point" 137 apply --live live.yaml --auto-approve \
			--allow-expired swapped.yaml
		for _ in 1 2; do
			ends 4 apply --live live.yaml --auto-approve --allow-expired swapped.yaml
			grep -q 'withheld: grant/technicalAccount/bot/role/support-admin' stdout
		done
		[ "$(grep -c -- '- support-administrator' live.yaml)" -eq 2 ]
	done
	# It goes along with the account that has it.
	acme renamed.yaml </dev/null
	named renamed.yaml new-bot bot "$ended"
	named renamed.yaml victim '' support-administrator
	for target in '' --target=new-bot; do
		rm -rf state
		cp -R kept-state state
		cp kept.yaml live.yaml
		ends 4 apply --live live.yaml --auto-approve ${target:+"$target"} renamed.yaml
		ends 0 apply --live live.yaml --auto-approve --allow-expired renamed.yaml
		[ "$(grep -c -- '- support-administrator' live.yaml)" -eq 1 ]
	done
	rm -rf state
	cp -R kept-state state
	cp kept.yaml live.yaml
	ends 0 apply --live live.yaml --auto-approve --allow-expired renamed.yaml
	[ "$(grep -c -- '- support-administrator' live.yaml)" -eq 1 ]
}

@test "a grant that is to be held longer is told, though nothing of it changes in the service" {
	export WRIT_NOW=2026-06-01T10:00:00Z
	ends_on 2026-12-31
	echo '  products: [{product: P, profile: A, expires: 2026-12-31}]' >>manifests/migrator.yaml
	apply_on 2026-06-01 0
	ends_on 2026-09-30 # sooner is nobody's gain
	echo '  products: [{product: P, profile: A, expires: 2027-01-01}]' >>manifests/migrator.yaml
	ends 0 plan --live live.yaml manifests
	grep -q '^No administrator right granted\.$' stdout
	longer='HELD LONGER THAN BEFORE (1)' at=manifests/migrator.yaml
	grep -x -A 1 "$longer" stdout |
		grep -qx "  migrator  P / A  until 2027-01-01, was 2026-12-31  $at:7:14"

	ends_on 2099-12-31
	ends 0 plan --live live.yaml --detailed-exitcode --out plan.json \
		--format markdown=comment.md --format github=annotations --format text manifests
	sed -n 2p stdout |
		grep -qx 'No administrator right granted, 1 administrator right ends later\.'
	moved='until 2099-12-31, was 2026-12-31'
	grep -x -A 1 "$longer" stdout |
		grep -qx "  migrator  deployment-administrator  $moved  $at:6:7"
	sed -n 2p comment.md | grep -q '1 administrator right ends later'
	grep -q "deployment-administrator.*migrator.*$moved.*$at:6" comment.md
	grep -q "^::warning .*,file=$at,line=6," annotations
	[ "$(jq -r '.extended[] | .before + " " + .after' plan.json)" = '2026-12-31 2099-12-31' ]
	ends 0 show plan.json
	grep -q "$moved" stdout

	# told once: the next apply has it on record, whether it changes anything or not
	apply_on 2026-06-01 0
	ends 0 plan --live live.yaml manifests
	run ! grep 'HELD LONGER' stdout
	sed -i 's/, expires: [^}]*//' manifests/migrator.yaml
	ends 0 plan --live live.yaml manifests
	grep -q 'deployment-administrator  no end any more, was 2099-12-31' stdout
}

@test "a snapshot tells ends to who has no ledger, and under the name that an account gets" {
	export WRIT_NOW=2026-06-01T10:00:00Z
	ends_on 2026-12-31
	apply_on 2026-06-01 0 --snapshot snapshots
	sed -i 's/name: migrator/name: mover, previously: [migrator]/; s/2026-12-31/2027-12-31/' \
		manifests/migrator.yaml
	rm -rf "$XDG_STATE_HOME"
	ends 0 plan --live live.yaml manifests
	run ! grep 'HELD LONGER' stdout
	ends 0 plan --live live.yaml --base snapshots manifests
	grep -q '^  mover  deployment-administrator  until 2027-12-31, was 2026-12-31' stdout
	ends 0 plan --live live.yaml --base snapshots --target mover manifests
	grep -q 'was 2026-12-31' stdout
}
