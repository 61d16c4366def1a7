#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the operator's configuration says of a plan.

setup() {
	load helper
	common_setup
	umask 022
	unset WRIT_CONFIG
	quickstart
}

# configure YAML: an operator's configuration whose policy is this flow mapping.
configure() {
	operator_says <<-END
		policy: $1
	END
}

# add_accounts N: manifests of N accounts that each get a role.
add_accounts() {
	for n in $(seq "$1"); do
		cat <<-END
			---
			apiVersion: writ/v1
			kind: TechnicalAccount
			metadata: {name: more-$n}
			spec: {adminRoles: [deployment-administrator]}
		END
	done >manifests/more.yaml
}

guard() {
	"$WRIT" plan --live live.yaml --format json "${@:2}" manifests 2>/dev/null |
		grep -o "{\"name\": \"$1\"[^}]*}"
}

@test "the operator may loosen the default, the manifests may not" {
	add_accounts 7
	configure '{maxAdminGrants: 20}'
	guard maxAdminGrants | grep -q '"limit": 5.*"refused"'
	guard maxAdminGrants --config config.yaml | grep -q '"limit": 20.*"pass"'
	sed -i '0,/^spec:$/s//spec:\n  guards: {maxAdminGrants: 3}/' manifests/organization.yaml
	guard maxAdminGrants --config config.yaml | grep -q '"limit": 3.*"refused"'
	sed -i 's/maxAdminGrants: 3/maxAdminGrants: 30/' manifests/organization.yaml
	guard maxAdminGrants --config config.yaml | grep -q '"limit": 20.*"pass"'
}

@test "a saved plan is judged by the policy of the operator who applies it" {
	add_accounts 7
	configure '{maxAdminGrants: 20}'
	ends 0 plan --live live.yaml --config config.yaml --out plan.json manifests
	ends 4 apply --live live.yaml --plan plan.json
	grep -q 'guard maxAdminGrants refuses' stderr
	ends 0 apply --live live.yaml --config config.yaml --allow-remove 1 --plan plan.json
}

@test "a required holder cannot lose the role, nor be missing" {
	configure '{minHolders: 1, requiredHolders: [{role: system-administrator, member: {user: OMAR@example.com}}]}'
	guard required --config config.yaml | grep -q '"verdict": "pass"'
	cat >manifests/admins.yaml <<-'END'
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: admins}
		spec:
		  role: system-administrator
		  members: [{user: jane@example.com}]
		  unlisted: remove
	END
	guard required --config config.yaml --allow-remove 100% | grep -q '"verdict": "refused"'
	ends 4 apply --live live.yaml --config config.yaml --auto-approve --allow-remove 100% manifests
	configure '{requiredHolders: [{role: support-administrator, member: {user: jane@example.com}}]}'
	guard required --config config.yaml | grep -q '"verdict": "refused"'
}

@test "with --live only a configuration that is named counts" {
	configure '{maxAdminGrants: 0}'
	mkdir -p home/writ
	mv config.yaml home/writ/
	XDG_CONFIG_HOME=$PWD/home ends 0 plan --live live.yaml manifests
	XDG_CONFIG_HOME=$PWD/home guard maxAdminGrants | grep -q '"limit": 5'
	WRIT_CONFIG=home/writ/config.yaml guard maxAdminGrants | grep -q '"limit": 0'
}

@test "an orgId in manifests or a plan does not lead around the policy" {
	configure '{maxAdminGrants: 0}'
	ends 4 apply --live live.yaml --config config.yaml --auto-approve manifests
	ends 0 plan --live live.yaml --out plan.json manifests
	sed -i 's/"org_id": null/"org_id": "X@AdobeOrg"/' plan.json
	sed -i 's/provider: file/&\n  orgId: X@AdobeOrg/' manifests/organization.yaml
	for what in manifests "--plan=plan.json"; do
		ends 1 apply --live live.yaml --config config.yaml --auto-approve "$what"
		grep -q 'organisation "acme" has orgId "A@AdobeOrg" here, and "X@AdobeOrg" where it is used' stderr
	done
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
}

@test "an empty set is refused also when its plan was saved" {
	rm -r manifests
	mkdir manifests
	cat >manifests/organization.yaml <<-'END'
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec: {provider: file, unlisted: remove}
	END
	ends 0 plan --live live.yaml --out plan.json manifests
	ends 4 apply --live live.yaml --allow-remove 100% --plan plan.json
	grep -q 'guard emptyManifests refuses' stderr
}
