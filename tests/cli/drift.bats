#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	ends 0 snapshot --live live.yaml --out snapshots
}

# meddle: somebody changes the organisation.
meddle() {
	sed -i 's|^    - {product: Adobe Express, profile: Default}$||; s|description: Copies brand templates every night|description: Copies everything|' live.yaml
	cat >>live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: intruder}
		spec: {adminRoles: [system-administrator]}
	END
}

@test "no drift: 0; drift: 2, with fingerprints that stay" {
	ends 0 drift --live live.yaml --base snapshots
	grep -q '^No drift\. ' stdout
	cp live.yaml before.yaml
	meddle
	cp live.yaml meddled.yaml
	ends 2 drift --live live.yaml --base snapshots
	assert_golden drift
	mv stdout first
	ends 2 drift --live live.yaml --base snapshots
	diff first stdout
	cmp live.yaml meddled.yaml
	ends 2 drift --live live.yaml --base snapshots --format json
	assert_golden drift-json
}

@test "what a manifest ignores is no open drift" {
	sed -i 's|description: Copies brand templates every night|description: Copies everything|' live.yaml
	"$WRIT" drift --live live.yaml --base snapshots --format json >found || true
	mark=$(sed -n 's/.*"fingerprint": "\([^"]*\)".*/\1/p' found)
	cat >manifest.yaml <<-END
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec:
		  provider: file
		  ignoredDrift:
		    - {fingerprint: "$mark", until: 2026-06-30, reason: OPS-9}
	END
	ends 0 drift --live live.yaml --base snapshots manifest.yaml
	grep -q '(ignored until 2026-06-30: OPS-9)' stdout
	WRIT_NOW=2026-07-01T00:00:00Z ends 2 drift --live live.yaml --base snapshots manifest.yaml
}

@test "revert is a plan that takes the drift back" {
	meddle
	ends 0 drift --live live.yaml --base snapshots --out plan.json --allow-remove 100% revert
	ends 0 apply --live live.yaml --plan plan.json
	ends 0 drift --live live.yaml --base snapshots
}

@test "revert of one drift leaves the others" {
	meddle
	"$WRIT" drift --live live.yaml --base snapshots --format json >found || true
	mark=$(grep intruder found | grep '"technicalAccount"' | grep '"appeared"' | sed -n 's/.*"entitlement": null.*"fingerprint": "\([^"]*\)".*/\1/p')
	ends 0 drift --live live.yaml --base snapshots --out plan.json --allow-remove 100% revert "$mark"
	grep -q intruder stdout
	[ "$(grep -c '"risk"' plan.json)" -eq 1 ]
	ends 1 drift --live live.yaml --base snapshots revert 0123456789abcdef
}

@test "without a snapshot there is nothing to compare with: 64" {
	ends 64 drift --live live.yaml
	grep -q 'name one with --base' stderr
	ends 1 drift --live live.yaml --base nowhere
}
