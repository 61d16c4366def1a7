#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Reads lag behind writes by less and by more than the operator's patience, alone and with an answer
# that is reset: nothing is made twice, nothing accepted is called failed, resumes end, and the plan
# after them is empty.
# A twentieth of the times that were seen: 150 ms stand for 3 s, 4500 ms for 90 s.

setup() {
	load service
	service_setup
}

teardown() {
	emulator_stop
}

begin() {
	service_again "visibility-delay-ms=$1"
	organization_adds 'patience: 1'
	wants <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: brand-new}
		spec: {project: Brand New, apis: [User Management API]}
	END
}

run_once() {
	status=0
	"$WRIT" apply --config config.yaml "$@" >>out 2>&1 || status=$?
}

# converges MOST: of resumes.
converges() {
	local tries=0
	while [ "$status" -ne 0 ]; do
		[ "$status" -eq 5 ] || [ "$status" -eq 6 ] || return 1
		tries=$((tries + 1))
		[ "$tries" -le "$1" ] || return 1
		run_once --resume
	done
}

made() {
	control GET changes | jq --arg what "$1" '[.[] | select(.what == $what)] | length'
}

# lags MS [FAULT]
lags() {
	begin "$1"
	: >out
	[ -z "${2:-}" ] || control POST faults "$2" >/dev/null
	run_once --auto-approve wanted.yaml
	converges 8 || { echo "lag $1, ${2:-no fault}: $status"; cat out; return 1; }
	! grep -q 'failed: ' out || { echo "lag $1, ${2:-no fault}"; cat out; return 1; }
	[ "$(made project.create) $(made credential.create)" = "1 1" ] ||
		{ echo "lag $1, ${2:-no fault}: made twice"; cat out; return 1; }
	[ -s sink/brand-new ] || { echo "lag $1, ${2:-no fault}: no secret"; cat out; return 1; }
	"$WRIT" plan --detailed-exitcode --config config.yaml wanted.yaml >plan.out 2>&1 ||
		{ cat plan.out; return 1; }
}

@test "reads that lag are waited for, and what is not seen then waits" {
	for ms in 150 300 1000 2250 4500; do
		lags "$ms"
	done
	grep -q 'not seen yet: technicalAccount/brand-new  create: the account is made, and no read shows' out
	grep -q 'Apply: 0 done, 0 failed, 0 unknown, 0 not tried, 2 not seen yet' out
}

@test "with the answer about the project lost" {
	for ms in 150 1000 4500; do
		lags "$ms" '{"method":"POST","path":"/console/organizations/*/projects",
			"kind":"reset","bytes":0,"phase":"after"}'
	done
}

@test "with the answer about the credential lost" {
	for ms in 150 1000 4500; do
		lags "$ms" '{"method":"POST","path":"/console/*oauth-server-to-server",
			"kind":"reset","bytes":0,"phase":"after"}'
	done
}

@test "a removal that is still shown is said to be" {
	begin 2250
	control POST give '{"email":"kim@example.com","product":"Adobe Fonts",
		"profile":"All Fonts"}' >/dev/null
	sleep 3
	credential asset-archiver
	organization_adds "server: {clientId: $CLIENT, clientSecret: {file: asset-archiver.secret}}"
	wants <<-END
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: fonts}
		spec: {product: Adobe Fonts, profile: All Fonts, members: [], unlisted: remove}
	END
	: >out
	run_once --auto-approve --allow-remove 5 wanted.yaml
	[ "$status" -eq 6 ] || { cat out; return 1; }
	grep -q 'delete: accepted, but reads still show it' out
	converges 5
	"$WRIT" log --org acme | grep -q '1 done'
	[ "$("$WRIT" log --org acme | grep -c 'not seen')" = 0 ]
}

@test "a group and its members get a profile at once" {
	begin 0
	control POST groups '{"name":"Designers","add":["kim@example.com"]}' >/dev/null
	credential asset-archiver
	organization_adds "server: {clientId: $CLIENT, clientSecret: {file: asset-archiver.secret}}"
	wants <<-END
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: fonts}
		spec: {product: Adobe Fonts, profile: All Fonts,
		  members: [{group: Designers}, {user: kim@example.com}]}
	END
	: >out
	run_once --auto-approve wanted.yaml
	cat out
	[ "$status" -eq 0 ]
	grep -q 'Apply: 2 done, 0 failed' out
	"$WRIT" log --org acme | grep -q '2 done'
}
