#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a service would refuse is told without the service: from manifests alone, and against a
# snapshot of it.

setup() {
	load helper
	common_setup
	git_setup
	cat >snapshot.yaml <<-'END'
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec: {provider: adobe, orgId: A@AdobeOrg}
		status:
		  products: [{product: Express, profile: Default}]
		  apis:
		    - {api: Express API, code: ExpressSDK,
		        products: [{product: Express, profile: Default}]}
		    - {api: Stock API, code: StockSDK, unavailable: MISSING_TERMS}
	END
	cat >manifest.yaml <<-'END'
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec: {provider: adobe, orgId: A@AdobeOrg}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset-archiver}
		spec:
		  credential: asset-archiver
		  apis: [Express API]
		  products: [{product: Express, profile: Default}]
	END
	git init -q -b main .
}

# between: a plan from the committed snapshot to the committed manifests, which reads nothing live.
between() {
	git add snapshot.yaml manifest.yaml
	git commit -q --allow-empty -m x
	run_writ plan --base HEAD:snapshot.yaml "$@" HEAD:manifest.yaml
}

@test "a name that the service refuses is an error without the service, at the value" {
	ends 0 validate manifest.yaml
	between
	[ "$status" -eq 0 ]
	sed -i 's/credential: .*/credential: abc/' manifest.yaml
	ends 1 validate manifest.yaml
	grep -q '^manifest.yaml:10:15: error: credential "abc" has 3 characters; .*expected 6 to 25 characters such as asset-archiver.*E0603' stderr
	between
	[ "$status" -eq 1 ]
	grep -q '^HEAD:manifest.yaml:10:15: error: credential "abc" has 3 characters; .*E0603' \
		stderr
	# An organisation in a file is one of its own, whatever provider its manifests name.
	organization >live.yaml
	ends 0 plan --live live.yaml manifest.yaml
	sed -i 's/provider: adobe, orgId: A@AdobeOrg/provider: file/' manifest.yaml
	ends 0 validate manifest.yaml
}

@test "what is wrong beside it is told in the same run" {
	sed -i 's/credential: .*/credential: abc\n  protect: maybe/' manifest.yaml
	ends 1 validate manifest.yaml
	[ "$(grep -c 'error: ' stderr)" -eq 2 ]
}

@test "an account that is there has a name that was taken" {
	sed -i 's/name: asset-archiver}/name: asset}/; s/credential: .*/description: x/' \
		manifest.yaml
	ends 1 validate manifest.yaml
	printf 'status: {id: id-1}\n' >>manifest.yaml
	ends 0 validate manifest.yaml
}

@test "a snapshot tells which API a product profile needs" {
	sed -i 's/apis: .*/apis: []/' manifest.yaml
	between
	[ "$status" -eq 0 ]
	grep -q 'no API of account "asset-archiver" offers product "Express", profile "Default": add "Express API" to its .apis.' stdout
	between --fail-on blocked
	[ "$status" -eq 4 ]
	sed -i 's/apis: .*/apis: [ExpressSDK]/' manifest.yaml
	between --fail-on blocked
	[ "$status" -eq 0 ]
	sed -i 's/apis: .*/apis: [Express API, Stock API, Expres API]/' manifest.yaml
	between --format json
	jq -e '.summary.blocked == 2' stdout
	between
	[ "$status" -eq 0 ]
	grep -q 'API "Stock API" cannot be added: MISSING_TERMS' stdout
	grep -q 'the catalogue has no API "Expres API"; did you mean "Express API"?' stdout
	sed -i 's/apis: .*/apis: [Express API, ExpressSDK]/' manifest.yaml
	between
	[ "$status" -eq 1 ]
	grep -q 'HEAD:manifest.yaml:11:23: error: APIs "Express API" and "ExpressSDK" are the same one.*E0604' stderr
}
