#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# One address, two entries: the type of a user tells which.

setup() {
	load helper
	common_setup
	acme live.yaml <<-'YAML'
		status: {products: [], users: [jane@example.com], groups: []}
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: support}
		spec:
		  role: support-administrator
		  members: [{user: jane@example.com, type: adobeID}]
	YAML
	sed -e '/^status/d' -e 's/, type: adobeID//' live.yaml >want.yaml
}

@test "the entry without a type is another than the Adobe ID" {
	ends 2 plan --detailed-exitcode --live live.yaml want.yaml
	grep -q '^  user jane@example.com$' stdout
	ends 2 plan --detailed-exitcode --live live.yaml --format json want.yaml
	[ "$(jq -c '[.changes[].address]' stdout)" = \
		'["grant/user/jane%40example.com/role/support-administrator"]' ]
	[ "$(jq -c '[.unlisted[].principal]' stdout)" = \
		'[{"kind":"user","name":"adobeID:jane@example.com"}]' ]
	sed -i 's/example.com}/example.com, type: adobeID}/' want.yaml
	ends 0 plan --detailed-exitcode --live live.yaml want.yaml
}

@test "what is written of both is read again" {
	ends 0 apply --live live.yaml --auto-approve want.yaml
	grep -q -e '- {user: jane@example.com, type: adobeID}' live.yaml
	grep -q -e '- {user: jane@example.com}' live.yaml
	sed -i 's/\[{user: jane@example.com}\]/[]\n  unlisted: remove/' want.yaml
	ends 4 apply --live live.yaml --auto-approve want.yaml
	ends 2 plan --detailed-exitcode --live live.yaml --format json want.yaml
	[ "$(jq '.changes | length' stdout)" -eq 2 ]
}
