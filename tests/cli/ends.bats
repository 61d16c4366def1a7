#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
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
