#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	load ../emulator/helper
	common_setup
	emulator_setup
}

teardown() {
	emulator_stop
}

# start SWITCH...: an emulator, the configuration, and manifests that want the account in storage.
start() {
	operated_start "$@"
	cat >wanted.yaml <<-END
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec:
		  provider: adobe
		  orgId: $ORG
		  enterpriseStorage: [{product: Creative Cloud Enterprise}]
		---
		apiVersion: writ/v1
		kind: AccessBundle
		metadata: {name: storage-access}
		spec:
		  adminRoles: [storage-administrator]
		  products: [{product: Creative Cloud Enterprise, profile: Storage}]
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset-archiver}
		spec:
		  project: Asset Archiver
		  apis: [Adobe Cloud Storage and Collaboration API]
		  bundles: [storage-access]
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: no-secret}
		spec: {}
	END
}

grant() {
	control POST "$1" "{\"account\": \"asset-archiver\", $2}" >/dev/null
}

storage='"product": "Creative Cloud Enterprise", "profile": "Storage"'

# verify STATUS ARGUMENT...: of the wanted accounts; it must end with STATUS.
verify() {
	ends "$1" verify --config config.yaml "${@:2}" wanted.yaml
}

# All that could be tried is proven; one account cannot be, so that the exit status is not 0.
is_proven() {
	grep -q '^Verify: 1 of 2 accounts proven; 1 could not be tried' stdout
}

absent() {
	! grep -q "$@"
}

# with SECRET: puts another secret into the account's file.
with() {
	printf '%s' "$1" >asset-archiver.secret
}

@test "an account that has all gets in, as text and JSON" {
	start
	grant give '"role": "storage-administrator"'
	verify 1
	assert_golden verify
	verify 1 --format json
	jq -e '(.proven | not) and .untried == ["no-secret"] and (.accounts | length == 1) and
		([.accounts[0].proofs[] | .condition] ==
		["token", "role", "licence", "storage", "token", "token", "token"])
		and (.accounts[0].not_looked_at | length == 2)' stdout
	verify 0 --target asset-archiver
	grep -q '^Verify: 1 of 1 account proven\.$' stdout
}

@test "only reads are sent" {
	start
	verify 1
	[ "$(control GET changes)" = '[]' ]
	control GET requests | jq -e 'all(.[]; .method == "GET" or .path == "/ims/token/v3")'
}

@test "without the role: who can mend it, and how" {
	start
	verify 1
	assert_golden verify-no-role
	verify 1 --format markdown
	grep -q '^## 2 accounts not proven — writ verify of ' stdout
	grep '^> - ' stdout >alarms
	[ "$(wc -l <alarms)" -eq 2 ]
	head -1 alarms | grep -q '^> - .role: .* — .not proven. — '
	tail -1 alarms | grep -q '^> - .no-secret.: .not tried. — '
	[ "$(sed -n '/^[*][*]More than is asked for (3)/,/^[*][*]Not/p' stdout |
		grep -c over-privileged)" -eq 3 ]
	verify 1 --format junit
	grep -q '<testsuites name="writ" tests="[0-9]*" failures="[1-9][0-9]*" errors="0" skipped="0">' stdout
	grep -q 'file="wanted.yaml" line="[1-9][0-9]*"' stdout
}

@test "without the licence, whatever the storage service then says" {
	for answer in 403 401 empty; do
		rm -f live.yaml.emulator.json
		cp "$WRIT_ROOT/tests/emulator/live.yaml" live.yaml
		start "role-no-licence=$answer"
		grant give '"role": "storage-administrator"'
		grant take "$storage"
		verify 1 --format json
		jq -e '.accounts[0].proofs | (.[1] | .condition == "role" and .proven) and
			(.[2] | .condition == "licence" and (.proven | not))' stdout
		emulator_stop
	done
}

@test "with neither licence nor role, whatever the storage service then says" {
	for answer in 403 401 empty; do
		rm -f live.yaml.emulator.json
		cp "$WRIT_ROOT/tests/emulator/live.yaml" live.yaml
		start "storage-neither=$answer"
		grant take "$storage"
		verify 1 --format json
		jq -e '.accounts[0].proofs | [.[] | select(.proven | not) | .condition] |
			contains(["role", "licence"])' stdout
		emulator_stop
	done
}

@test "system administrator is more than was asked for" {
	start
	grant give '"role": "system-administrator"'
	verify 1
	assert_golden verify-excess
	is_proven
}

# too_much COUNT: so many lines tell what the account has and nothing asks for.
too_much() {
	[ "$(grep -c over-privileged stdout)" -eq "$1" ]
}

@test "a role, an API or a product that nothing asks for is told as more than is due" {
	start
	grant give '"role": "storage-administrator"'
	grant give '"role": "support-administrator"'
	verify 1
	is_proven
	too_much 4
	grep -q 'over-privileged: it is Support administrator, which nothing asks for' stdout
	for api in 'User Management API' 'I/O Management API' \
		'Adobe Admin APIs - Storage Management'; do
		grep -q "ok *token .*over-privileged: it has the $api, which nothing asks for" \
			stdout
	done
	[ "$(grep -c '^  --    not looked at: ' stdout)" -eq 2 ]
	sed -i 's/\[storage-administrator\]/[storage-administrator, support-administrator]/
		s/apis: \[/&UserMgmtSDK, I\/O Management API, Adobe Admin APIs - Storage Management, /' \
		wanted.yaml
	verify 1
	too_much 0
	sed -i 's/adminRoles: .*/adminRoles: []/; s/products: \[{/products: []\n  # [{/' wanted.yaml
	verify 1
	too_much 3
	grep -q 'ok *licence .*over-privileged: it has product "Creative Cloud Enterprise", which nothing asks for' stdout
	verify 1 --format markdown
	grep -q 'not looked at' stdout
}

@test "the API is not on the credential" {
	start
	org PUT "credentials/oauth-server-to-server/$CREDENTIAL/services" \
		'[{"sdkCode": "AdobeIOManagementAPISDK", "licenseConfigs": null, "roles": null}]' \
		>/dev/null
	verify 1
	assert_golden verify-no-api
}

@test "only the storage API on the credential: the role is shown by nothing" {
	start
	grant give '"role": "storage-administrator"'
	org PUT "credentials/oauth-server-to-server/$CREDENTIAL/services" \
		'[{"sdkCode": "CloudStorageCollabSDK", "licenseConfigs": null, "roles": null}]' \
		>/dev/null
	verify 1
	assert_golden verify-blind
}

@test "a secret that is refused, and none of its bytes anywhere" {
	start
	with not-the-secret
	verify 9 --log debug
	grep -q 'FAIL *token .*invalid client_secret parameter' stdout
	grep -q 'the secret was deleted' stdout
	absent not-the-secret stdout stderr
}

@test "the log tells requests and no secret or token" {
	start
	grant give '"role": "storage-administrator"'
	verify 1 --log debug
	is_proven
	grep -q 'debug: GET storage /projects?limit=1: 200, [0-9]* bytes sent, [0-9]* received, [0-9]* ms' stderr
	absent -F "$SECRET" stdout stderr
	absent 'eyJ' stdout stderr
	absent -F "$(cat user-token)" stdout stderr
}

@test "a grant that arrives late is waited for" {
	start
	(
		sleep 2
		control POST give '{"account": "asset-archiver", "role": "storage-administrator"}' \
			>/dev/null
	) 3>&- &
	giver=$!
	verify 1 --timeout 30
	wait "$giver"
	is_proven
}

@test "the time for trying again has an end" {
	start
	verify 1 --timeout 2
	[ "$(control GET requests | jq '[.[] | select(.path == "/v1/projects")] | length')" -ge 2 ]
}

@test "a throttled or stumbling service is asked again" {
	start
	grant give '"role": "storage-administrator"'
	control POST faults '{"path": "/v1/projects", "kind": "status", "status": 429,
		"retry_after": "1"}' >/dev/null
	control POST faults '{"path": "/ims/profile/v1", "kind": "reset", "bytes": 40}' >/dev/null
	control POST faults '{"path": "/ims/token/v3", "kind": "status", "status": 500}' >/dev/null
	verify 1
	is_proven
}

@test "a service that says nothing usable is an error, not a verdict" {
	start
	for kind in html garbage redirect duplicate-keys large bom; do
		control POST faults "{\"path\": \"/v1/projects\", \"kind\": \"$kind\", \"count\": 0,
			\"location\": \"$URL/elsewhere\"}" >/dev/null
		verify 1
		[ ! -s stdout ]
		grep -q 'GET /projects?limit=1: ' stderr
		control DELETE faults >/dev/null
	done
	control GET requests | jq -e 'all(.[]; .path != "/elsewhere")'
}

@test "the accounts' own secrets are enough, for verify alone" {
	start
	grant give '"role": "storage-administrator"'
	sed -i '/^    user: /d; /secretSink/d' config.yaml
	control DELETE log
	verify 0 --target asset-archiver
	[ "$(control GET requests | jq '[.[] | select(.path | test("^/console/"))] | length')" -eq \
		0 ]
	ends 1 plan --config config.yaml wanted.yaml
	grep -q 'the configuration names no credential for the organisation' stderr
}

@test "accounts to choose from" {
	start
	verify 64 --target nobody
	verify 1 --target no-secret
	grep -q 'has the secret of no account here' stderr
	verify 1 --target asset-archiver
	absent no-secret stderr
}

@test "a file has no secrets" {
	start
	ends 1 verify --config "$WRIT_ROOT/none.yaml" wanted.yaml
	sed 's/provider: adobe/provider: file/' wanted.yaml >file.yaml
	ends 64 verify --config config.yaml file.yaml
	grep -q 'nothing to verify' stderr
}
