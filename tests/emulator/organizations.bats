#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# One run with an organisation of Adobe's and one that stands in a file.

load helper

setup() {
	writ_setup
	operated_start
	printf '%s\n' '  - name: lab' '    orgId: LAB@file' '    live: lab.yaml' >>config.yaml
	printf '%s\n' 'apiVersion: writ/v1' 'kind: Organization' 'metadata: {name: lab}' \
		'spec: {provider: file}' >lab.yaml
	mkdir manifests
	cat >manifests/all.yaml <<-END
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: lab}
		spec: {provider: file}
		---
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec: {provider: adobe, orgId: $ORG}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: report-reader, organization: acme}
		spec:
		  project: Report Reader
		  apis: [$STORAGE_API]
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: report-reader, organization: lab}
		spec: {adminRoles: [storage-administrator]}
	END
}

teardown() {
	emulator_stop
}

@test "both are planned from what each has, carried out, and then there is nothing to do" {
	"$WRIT" plan --out plans manifests >stdout
	grep -q 'Organisation acme, provider adobe' stdout
	grep -q 'Organisation lab, provider file' stdout
	[ "$(jq -r '[.provider, .organization] | join(" ")' plans/acme.json plans/lab.json)" = \
		$'adobe acme\nfile lab' ]
	"$WRIT" apply --plan plans >stdout
	[ "$(grep -c '^[a-z]*  *0, done  *Apply: ' stdout)" -eq 2 ]
	control GET state | jq -e '.credentials[] | select(.account == "report-reader")' >/dev/null
	grep -q report-reader lab.yaml
	"$WRIT" plan --detailed-exitcode manifests >stdout
	[ "$(grep -c '^[a-z]*  *0, done ' stdout)" -eq 2 ]
}

@test "a service that refuses its credentials stops no other organisation" {
	printf wrong >user-token
	status=0
	"$WRIT" apply --auto-approve manifests >stdout 2>stderr || status=$?
	[ "$status" -eq 9 ]
	grep -q '^acme  *9, denied ' stdout
	grep -q '^lab  *0, done  *Apply: 2 done' stdout
}

@test "a live folder stands for all of them, and no service is asked for one that it lacks" {
	mkdir live && cp lab.yaml live/
	before=$(control GET requests | jq length)
	status=0
	"$WRIT" apply --live live --auto-approve manifests >stdout 2>stderr || status=$?
	[ "$status" -eq 1 ]
	grep -q '^acme  *1, error  *error: opening the live organisation "live/acme"' stdout
	grep -q '^lab  *0, done ' stdout
	[ "$(control GET requests | jq length)" -eq "$before" ]
}
