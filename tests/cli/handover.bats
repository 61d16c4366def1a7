#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The secret of a new credential reaches the operator's sink, and nothing else.

setup() {
	load helper
	load ../emulator/helper
	common_setup
	emulator_setup
	operated_start
	wants <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: brand-new}
		spec:
		  project: Brand New Project
		  apis: [$STORAGE_API]
	END
}

teardown() {
	emulator_stop
}

# apply STATUS: of the wanted account; it must end with STATUS.
apply() {
	ends "$1" apply --config config.yaml --auto-approve --log debug wanted.yaml
}

secret() {
	control GET state | jq -r '.credentials[] | select(.account == "brand-new") |
		.secrets[].secret'
}

# The secret is in no output and in no file but those named.
nowhere_but() {
	local found
	[ -n "$(secret)" ]
	found=$(grep -rlF "$(secret)" stdout stderr state sink 2>/dev/null | sort | tr '\n' ' ')
	[ "$found" = "$1" ]
}

@test "a new account's secret is in the sink after apply" {
	apply 0
	[ "$(secret)" = "$(cat sink/brand-new)" ]
	[ "$(stat -c %a sink/brand-new)" = 600 ]
	nowhere_but 'sink/brand-new '
}

@test "without a sink it is not even fetched" {
	sed -i '/secretSink/d' config.yaml
	apply 0
	grep -q 'no secretSink is configured, so its secret is not fetched' stdout
	control GET requests | jq -e 'all(.[]; .path | endswith("/download") | not)'
	nowhere_but ''
}

@test "a sink that fails leaves the account, and the run is not done: a resume hands over" {
	sed -i 's|secretSink: .*|secretSink: {command: [/bin/false]}|' config.yaml
	apply 5
	grep -q 'failed: technicalAccount/brand-new .*did not reach the sink.*writ rotate brand-new' stdout
	nowhere_but ''
	run_writ log --org acme
	grep -q '1 failed' stdout
	sed -i 's|secretSink: .*|secretSink: {directory: sink}|' config.yaml
	ends 0 apply --resume --config config.yaml
	[ "$(secret)" = "$(cat sink/brand-new)" ]
	run_writ log --org acme
	[ "$(grep -c 'failed' stdout)" = 0 ]
}

@test "another secret of rotate is not written over by a resume" {
	sed -i 's|secretSink: .*|secretSink: {command: [/bin/false]}|' config.yaml
	apply 5
	mkdir -p sink
	sed -i 's|secretSink: .*|secretSink: {directory: sink}|' config.yaml
	ends 6 rotate --config config.yaml brand-new wanted.yaml
	[ "$(secret | tail -n 1)" = "$(cat sink/brand-new)" ]
	ends 0 apply --resume --config config.yaml
	[ "$(secret | tail -n 1)" = "$(cat sink/brand-new)" ]
}

@test "a run that owes a secret gives way to no other plan" {
	sed -i 's|secretSink: .*|secretSink: {command: [/bin/false]}|' config.yaml
	apply 5
	apply 3 # which would find nothing to do
	grep -q 'brand-new.*whose secret has not reached the sink.*writ apply --resume' stderr
	wants <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: brand-newer}
		spec: {project: Brand New Project, apis: [$STORAGE_API]}
	END
	apply 3
	grep -q 'brand-new.*whose secret has not reached the sink.*writ apply --resume' stderr
}

# What is known of accounts comes from lists, and then from each of them: whose a credential is, is
# told last.
@test "a read that fails half-way is no reason to crash, and keeps no secret back" {
	local nth
	sed -i 's|^    secretSink|    patience: 1\n&|' config.yaml
	cp wanted.yaml first.yaml
	for nth in 1 2 3; do
		sed "s/brand-new/even-$nth-newer/; s/Brand New/Newer $nth/" first.yaml >wanted.yaml
		fault=$(jq -nc --argjson nth "$nth" '{kind: "status", status: 400, nth: $nth,
			count: 0, method: "GET", path: "/console/*/integrations/*"}')
		control POST faults "$fault" | jq -e .ok
		run_writ apply --config config.yaml --auto-approve wanted.yaml
		[ "$status" -eq 1 ] || [ "$status" -eq 5 ] ||
			{ echo "read $nth: $status"; cat stderr; return 1; }
		[ -s "sink/even-$nth-newer" ]
		control DELETE faults >/dev/null
		run_writ apply --config config.yaml --resume
		ends 0 apply --config config.yaml --auto-approve wanted.yaml
		[ "$(control GET changes |
			jq --arg name "even-$nth-newer" \
				'[.[] | select(.what == "credential.create" and
				.subject == $name)] | length')" -eq 1 ]
	done
}
