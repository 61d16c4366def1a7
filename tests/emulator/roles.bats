#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Users, groups and admin roles through provider adobe: who writes them, who reads them back.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # variables of the helper; a test
# is a subshell

setup() {
	load helper
	writ_setup
	emulator_start --rate-limits off
	credential asset-archiver
	keep_secrets
	configure
}

teardown() {
	emulator_stop
}

# configure [LINE...]: the operator's configuration, with more lines about the organisation.
configure() {
	server_config 'policy: {minHolders: 0}' "$@"
}

OWN_SECRET='accounts: [{name: asset-archiver, clientId: CLIENT, clientSecret: {file: secret}}]'

# manifests DOCUMENT...: the organisation and these documents, each "KIND NAME SPEC" on some lines.
manifests() {
	local document kind name spec
	mkdir -p manifests
	cat >manifests/all.yaml <<-YAML
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec: {provider: adobe, orgId: "$ORG"}
	YAML
	for document in "$@"; do
		read -r kind name spec <<<"$(tr -s '\n\t' ' ' <<<"$document")"
		printf -- '---\napiVersion: writ/v1\nkind: %s\nmetadata: {name: %s}\nspec: {%s}\n' \
			"$kind" "$name" "$spec" >>manifests/all.yaml
	done
}

account() { # ROLES
	echo "TechnicalAccount asset-archiver project: Asset Archiver, adminRoles: [$1]"
}

apply() {
	ends "$1" apply --auto-approve --allow-admin-grants 50 --allow-remove 100% \
		"${@:2}" manifests
}

in_sync() {
	ends 0 plan --detailed-exitcode "$@" manifests
}

sent() { # METHOD PATTERN: how many requests
	control GET requests | jq --arg m "$1" --arg p "$2" \
		'[.[] | select(.method == $m and (.path | test($p)))] | length'
}

@test "users get products and roles, in one call, and lose them in another" {
	manifests \
		'ProductAssignment beta product: Adobe Express, profile: Beta, unlisted: remove,
			members: [{user: KIM@example.com}, {user: joe.doe@example.com}]' \
		'AdminRole support role: support-administrator, unlisted: remove,
			members: [{user: KIM@example.com}]' \
		'AdminRole product role: product-administrator, product: Adobe Fonts,
			unlisted: remove, members: [{user: KIM@example.com}]' \
		'AdminRole profile role: product-profile-administrator, product: Adobe Express,
			profile: Default, unlisted: remove, members: [{user: KIM@example.com}]' \
		'AdminRole developer role: developer, product: Adobe Express, profile: Default,
			unlisted: remove, members: [{user: joe.doe@example.com}]' \
		'AdminRole designers role: user-group-administrator, group: Designers,
			unlisted: remove, members: [{user: joe.doe@example.com}]'
	apply 0
	[ "$(sent POST /action/)" = 1 ]
	in_sync
	changes | LC_ALL=C sort >made
	cat made
	[ "$(cat made)" = "grant.add user/Joe.Doe@example.com product/Adobe Express/Beta
grant.add user/Joe.Doe@example.com role/developer/Adobe Express/Default
grant.add user/Joe.Doe@example.com role/user-group-administrator/Designers
grant.add user/kim@example.com product/Adobe Express/Beta
grant.add user/kim@example.com role/product-administrator/Adobe Fonts
grant.add user/kim@example.com role/product-profile-administrator/Adobe Express/Default
grant.add user/kim@example.com role/support-administrator" ]
	sed -i 's/members: \[.*\]/members: []/' manifests/all.yaml
	apply 0
	[ "$(sent POST /action/)" = 2 ]
	in_sync
}

@test "user groups get products; what their members show is what they hold" {
	control POST \
		give '{"email":"kim@example.com","product":"Adobe Fonts","profile":"All Fonts"}'
	manifests 'ProductAssignment beta product: Adobe Express, profile: Beta, unlisted: remove,
		members: [{group: Designers}]'
	ends 0 plan --format json manifests
	jq -e '.changes | length == 1 and .[0].via == "api"' stdout
	apply 0
	changes | grep -q 'group/Designers product/Adobe Express/Beta'
	# nobody is in the group: no read shows what it holds, and nobody lacks anything
	ends 0 plan --detailed-exitcode --out plan.json manifests
	grep -q 'no read shows it' stdout
	grep -q 'no user is in the group, and what a group has shows by its users alone' stdout
	grep -q '^Plan: 1 to add, 0 to change, 0 to remove, 1 of them not pending; 1 cannot be seen\.$' stdout
	jq -e '.changes[0] | .unknown and .idle' plan.json
	cp stdout planned
	ends 0 show plan.json
	diff stdout planned
	apply 0 # again, which changes nothing
	[ "$(changes | grep -c 'group/Designers product/Adobe Express/Beta')" = 1 ]
	control POST groups '{"name":"Designers","add":["jane@example.com"]}'
	in_sync
	# a user who joins and lacks it: the plan counts it
	control POST groups '{"name":"Auditors","add":["kim@example.com"]}'
	sed 's/{group: Designers}/&, {group: Auditors}/' manifests/all.yaml >more.yaml
	ends 2 plan --detailed-exitcode more.yaml
	control POST groups '{"name":"Auditors","remove":["kim@example.com"]}' | jq -e .ok
	ends 0 plan --detailed-exitcode more.yaml
	# whose users all have it anyway
	control POST give '{"email":"kim@example.com","product":"Adobe Express","profile":"Beta"}'
	control POST groups '{"name":"Auditors","add":["kim@example.com"]}'
	sed 's/{group: Designers}/{user: kim@example.com}, &, {group: Auditors}/' \
		manifests/all.yaml >more.yaml
	ends 0 plan --detailed-exitcode more.yaml
	grep -q 'all users of the group have it already' stdout
	control POST take '{"email":"kim@example.com","product":"Adobe Express","profile":"Beta"}'
	sed -i 's/members: \[{.*\]/members: []/' manifests/all.yaml
	apply 0
	in_sync
	[ "$(changes | tail -1)" = 'grant.remove group/Designers product/Adobe Express/Beta' ]
}

@test "what a group was given and no read can show stays done when its run goes on" {
	configure 'patience: 0'
	manifests 'ProductAssignment beta product: Adobe Express, profile: Beta,
			members: [{group: Designers}]' \
		'ProductAssignment fonts product: Adobe Fonts, profile: All Fonts,
			members: [{user: kim@example.com}]'
	control PUT switches '{"lag-users-ms":"60000"}' >/dev/null
	apply 6
	so_far='Apply: 1 done, 0 failed, 0 unknown, 0 not tried, 1 not seen yet.'
	grep -qxF "$so_far" stdout
	for _ in 1 2; do
		ends 6 apply --resume
		grep -qxF "$so_far" stdout
		ends 0 log
		grep -q '^  2 changes: 1 done, 1 not seen yet$' stdout
	done
}

@test "a user who went away after the plan is told apart from the others" {
	manifests 'ProductAssignment beta product: Adobe Express, profile: Beta,
		members: [{user: kim@example.com}, {user: joe.doe@example.com},
		{user: jane@example.com}]'
	ends 0 plan --out plan.json manifests
	control POST users '{"email":"Joe.Doe@example.com","absent":true}' | jq -e .ok
	ends 5 apply --plan plan.json
	cat stdout
	grep -q 'Joe.Doe%40example.com/.*error.user.nonexistent' stdout
	[ "$(changes | grep '^grant')" = "grant.add user/jane@example.com product/Adobe Express/Beta
grant.add user/kim@example.com product/Adobe Express/Beta" ]
	ends 4 plan --fail-on blocked manifests
	grep -q 'user "joe.doe@example.com" does not exist' stdout
}

@test "answers that contradict themselves are settled by a read, and nothing is sent twice" {
	manifests 'ProductAssignment beta product: Adobe Express, profile: Beta,
		members: [{user: kim@example.com}, {user: jane@example.com}]'
	for kind in wrong-counts missing-result garbage truncate; do
		control DELETE log
		control POST faults "{\"kind\":\"$kind\",\"phase\":\"after\",\"method\":\"POST\",
			\"path\":\"*/action/*\"}" | jq -e .ok
		apply 0
		[ "$(sent POST /action/)" = 1 ]
		in_sync
		control POST take \
			'{"email":"kim@example.com","product":"Adobe Express","profile":"Beta"}'
		control POST take \
			'{"email":"jane@example.com","product":"Adobe Express","profile":"Beta"}'
	done
}

@test "full lists are read once, and a run lives with their being rationed" {
	control PUT switches '{"frequency-throttle":"on"}'
	manifests \
		'AdminRole support role: support-administrator, members: [{user: kim@example.com}]'
	apply 0
	[ "$(sent GET /users/.*/0$)" = 1 ]
	[ "$(sent GET /groups/.*/0$)" = 1 ]
	[ "$(changes)" = 'grant.add user/kim@example.com role/support-administrator' ]
}

@test "what groups exist is read once, who holds what again before and after what is sent" {
	control POST groups '{"name":"Designers","add":["jane@example.com"]}' | jq -e .ok
	manifests 'ProductAssignment beta product: Adobe Express, profile: Beta,
		members: [{group: Designers}, {user: kim@example.com}]'
	control DELETE log
	apply 0
	[ "$(sent GET /groups/)" = 1 ]
	# with and without what comes by groups: plan, before, after
	[ "$(sent GET '/usermanagement/users/')" = 6 ]
	[ "$(sent POST /action/)" = 1 ]
	control DELETE log
	ends 0 plan --out plan.json manifests
	ends 0 apply --plan plan.json
	[ "$(sent GET /groups/)" = 2 ] # two programs
}

@test "what user groups hold is not asked for where nothing depends on it" {
	manifests 'ProductAssignment beta product: Adobe Express, profile: Beta, unlisted: keep,
		members: [{user: kim@example.com}]'
	control DELETE log
	apply 0
	[ "$(sent GET /groups/)" = 1 ]
	[ "$(sent GET '/usermanagement/users/')" = 1 ]
	[ "$(sent GET '/organizations/.*/users/kim')" = 2 ] # before and after
	in_sync
	manifests 'ProductAssignment beta product: Adobe Express, profile: Beta, unlisted: report,
		members: [{user: kim@example.com}]'
	control DELETE log
	in_sync
	[ "$(sent GET '/usermanagement/users/')" = 2 ]
}

@test "oddities of the lists change nothing" {
	manifests \
		'ProductAssignment beta product: Adobe Express, profile: Beta,
			members: [{user: kim@example.com}, {group: Designers}]' \
		'AdminRole support role: support-administrator,
			members: [{user: kim@example.com}]' \
		'AdminRole product role: product-administrator, product: Adobe Fonts,
			members: [{user: jane@example.com}]' \
		'AdminRole designers role: user-group-administrator, group: Designers,
			members: [{user: joe.doe@example.com}]'
	control POST groups '{"name":"Designers","add":["jane@example.com"]}' | jq -e .ok
	for switch in '"name-case":"upper","username-case":"upper","tech-list":"shown"' \
		'"name-case":"lower","duplicate-headers":"off","tech-list":"absent"' \
		'"step-type":"text","action-repeat":"error","email-match":"exact"'; do
		echo "switch $switch"
		control PUT switches "{$switch}" >put
		apply 0
		in_sync
		sed 's/members: \[{user.*\]/members: []/
			s/, members/, unlisted: remove, members/' manifests/all.yaml >manifests/none
		mv manifests/all.yaml keep
		mv manifests/none manifests/all.yaml
		control PUT switches "{$switch}" >put
		apply 0
		in_sync
		mv keep manifests/all.yaml
		control DELETE switches >put
	done
}

@test "lists in many pages" {
	manifests 'ProductAssignment beta product: Adobe Express, profile: Beta,
		members: [{user: kim@example.com}, {user: jane@example.com}]'
	control PUT switches '{"users-page-size":"1","groups-page-size":"8"}' >put
	ends 0 plan --format json manifests
	jq -e '.changes | length == 2' stdout
	[ "$(sent GET '/groups/.*/2$')" = 1 ]
	[ "$(sent GET '/users/.*/3$')" -ge 1 ]
	[ "$(sent GET '/users/.*/4$')" = 0 ]
	control PUT switches '{"users-out-of-range":"empty","groups-out-of-range":"last",
		"tech-list":"absent"}' >put
	ends 0 plan --format json manifests
	jq -e '.changes | length == 2' stdout
}

# lies PATH FAULT: the answers below that path say something else: the kind of a fault and its
# members.
lies() {
	control DELETE faults >put
	control POST faults "{\"method\":\"GET\",\"path\":\"/v2/usermanagement/$1/*\",\"count\":0,
		\"kind\":$2}" >put
}

@test "a list that contradicts itself is no list, and nobody is missing by it" {
	manifests 'ProductAssignment beta product: Adobe Express, profile: Beta,
		members: [{user: kim@example.com}]'
	ends 0 plan manifests
	while read -r what fault; do
		lies "$what" "$fault"
		ends 1 plan manifests
		grep -q 'contradicts itself' stderr
	done <<-'END'
		users "headers","headers":{"X-Page-Count":"5","X-Total-Count":"5000"}
		users "headers","headers":{"X-Current-Page":"1"}
		users "headers","headers":{"X-Total-Count":"1"}
		users "headers","headers":{"X-Total-Count":"5000"}
		users "edit","set":{"lastPage":false}
		users "edit","set":{"users":[]}
		groups "headers","headers":{"X-Page-Count":"2"}
		groups "edit","set":{"result":"Not found"}
	END
	control DELETE faults >put
	ends 0 plan manifests
}

@test "who is not in a list that is a little short may be there all the same" {
	manifests 'ProductAssignment beta product: Adobe Express, profile: Beta,
		members: [{user: kim@example.com}, {user: nobody@example.com}]'
	lies users '"headers","headers":{"X-Total-Count":"6"}'
	ends 0 plan --format json --out plan.json manifests
	left_out='of the users that the service counts; who is not in its list may be there all the same'
	grep -q "^manifests/all.yaml:.*: left out of what was read: [0-9]* $left_out \[W0910\]$" stderr
	jq -e --arg left_out "$left_out" '[.diagnostics[] | select(.id == "W0910") | .summary]
		| length == 1 and (.[0] | contains($left_out))' plan.json
	ends 0 show --format markdown plan.json
	grep -q "$left_out" stdout
	ends 0 snapshot --out agreed
	grep -q "^  # left out: [0-9]* $left_out$" agreed/organization.yaml
	ends 0 drift --base agreed --format text --format markdown=drift.md --format json=drift.json
	grep -q '^No drift in what can be seen, since the snapshot agreed\.$' stdout
	grep -q 'No drift in what can be seen, since the snapshot\.' drift.md
	grep -q "$left_out" drift.md
	jq -e '[.diagnostics[].id] == ["W0910"]' drift.json
}

@test "a storage administrator is a person's work, until the account's own profile shows it" {
	manifests "$(account storage-administrator)"
	configure "${OWN_SECRET/CLIENT/$CLIENT}"
	apply 6 --export-csv admins.csv
	grep -q 'Tick Storage administrator' stdout
	grep -q "$EMAIL" stdout
	grep -q 'Technical Account' stdout
	run ! grep -q "$ACCOUNT_ID" stdout admins.csv
	head -1 admins.csv | grep \
		-q '^Identity Type,Username,Domain,Email,First Name,Last Name,Country Code,ID,Product Configurations,Admin Roles,'
	sed -n 2p admins.csv | grep -q "^Technical Account,$EMAIL,,$EMAIL,,,,,,Storage,"
	[ "$(sent POST /action/)" = 0 ]
	ends 2 plan --detailed-exitcode manifests
	control POST give "{\"email\":\"$EMAIL\",\"role\":\"storage-administrator\"}"
	in_sync --format json
	jq -e '.live.source | test("own profile")' stdout
	apply 0
}

# meanwhile METHOD PATH: jane loses the role before that request is answered.
meanwhile() {
	control DELETE faults >put
	control POST give '{"email":"jane@example.com","role":"support-administrator"}' >put
	control DELETE log >put
	control POST faults "{\"method\":\"$1\",\"path\":\"$2\",\"kind\":\"change\",
		\"take\":{\"email\":\"jane@example.com\",\"role\":\"support-administrator\"}}" >put
}

@test "whom somebody else takes meanwhile is no holder any more, before a removal and after it" {
	sed -i 's/minHolders: 0/minHolders: {support-administrator: 2}/' config.yaml
	for who in joe.doe kim; do
		control POST give \
			"{\"email\":\"$who@example.com\",\"role\":\"support-administrator\"}" >put
	done
	manifests 'AdminRole support role: support-administrator, unlisted: remove,
		members: [{user: jane@example.com}, {user: joe.doe@example.com}]'
	meanwhile GET '*/users/kim@example.com'
	apply 4
	grep -q 'withheld: grant/user/kim%40example.com/role/support-administrator' stdout
	[ "$(sent POST /action/)" = 0 ]
	role=$(tail -n 5 manifests/all.yaml)
	manifests 'ProductAssignment fonts product: Adobe Fonts, profile: All Fonts,
		members: [{user: kim@example.com}]'
	echo "$role" >>manifests/all.yaml
	meanwhile POST '*/action/*'
	apply 4
	grep -q 'withheld: grant/user/kim%40example.com/role/support-administrator' stdout
	[ "$(sent POST /action/)" = 1 ]
	meanwhile POST '*/action/*'
	apply 5
	grep -q '1 holds support-administrator now, limit 2: somebody else took some .*; give it to somebody' stderr
	[ "$(sent POST /action/)" = 1 ]
	# Nothing is left to send, and the run has ended when the role has its holders again.
	control DELETE faults >put
	ends 5 apply --resume --auto-approve --org acme
	grep -q '1 holds support-administrator now' stderr
	control POST give '{"email":"jane@example.com","role":"support-administrator"}' >put
	ends 0 apply --resume --auto-approve --org acme
	[ "$(sent POST /action/)" = 1 ]
	in_sync
}

@test "an account that got something in mid-run is not deleted, and is told by name" {
	emulator_stop
	cat >>live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: leaver}
		spec:
		  {project: Playground, apis: [I/O Management API], adminRoles: [], products: []}
	END
	emulator_start --rate-limits off --switch tech-action=accept --switch tech-get=shown
	credential asset-archiver
	keep_secrets
	configure 'technicalAccountRoles: userManagement'
	manifests 'TechnicalAccount leaver state: absent' \
		'ProductAssignment fonts product: Adobe Fonts, profile: All Fonts,
			members: [{user: kim@example.com}]'
	ends 0 plan --format json manifests
	email=$(jq -r '.accounts[] | select(.name == "leaver") | .email' stdout)
	control POST faults '{"method":"POST","path":"*/action/*","kind":"change",
		"give":{"email":"'"$email"'","role":"support-administrator"}}' >put
	apply 4
	cat stdout
	grep -q 'withheld: technicalAccount/leaver .*it holds by now what the plan does not name: role/support-administrator' stdout
	[ "$(sent DELETE /credentials/)" = 0 ]
	apply 0
	[ "$(sent DELETE /credentials/)" = 1 ]
}

@test "a step that nobody may make any more when the run is over is not asked for" {
	sed -i 's/minHolders: 0/minHolders: {system-administrator: 2}/' config.yaml
	for who in jane joe.doe kim; do
		control POST give \
			"{\"email\":\"$who@example.com\",\"role\":\"system-administrator\"}" >put
	done
	manifests 'AdminRole system role: system-administrator, unlisted: remove, members: [{user: jane@example.com}, {user: joe.doe@example.com}]' \
		'ProductAssignment fonts product: Adobe Fonts, profile: All Fonts, members: [{user: jane@example.com}]'
	control POST faults '{"method":"POST","path":"*/action/*","kind":"change","take":{"email":"joe.doe@example.com","role":"system-administrator"}}' >put
	apply 4
	grep -q 'withheld: grant/user/kim%40example.com/role/system-administrator .*too few would hold' stdout
	grep -q '^Apply: 1 done, .* not tried, 1 withheld[.]$' stdout
	control DELETE faults >put
	apply 4
	grep -q 'withheld: grant/user/kim%40example.com/role/system-administrator' stdout
	grep -q '^    not to be made while it is withheld$' stdout
	run ! grep -q 'Take the tick' stdout
	ends 0 plan --allow-remove 1 --format markdown manifests
	grep -q 'not to be made while it is withheld' stdout
	run ! grep -q 'Take the tick' stdout
	# Once it has its holders again, somebody is asked to.
	control POST give '{"email":"joe.doe@example.com","role":"system-administrator"}' >put
	apply 6
	grep -q 'Open Users > Administrators and find kim@example.com' stdout
}

@test "whoever pastes the id makes an Adobe ID that counts for nothing" {
	manifests "$(account storage-administrator)"
	configure "${OWN_SECRET/CLIENT/$CLIENT}"
	control POST give "{\"email\":\"$ACCOUNT_ID\",\"role\":\"storage-administrator\"}"
	ends 2 plan --detailed-exitcode manifests
	grep -q "$ACCOUNT_ID is a user of the organisation: somebody pasted the id" stderr
}

@test "without a source a manual role stays unknown and is never claimed as done" {
	manifests "$(account storage-administrator)"
	control POST give "{\"email\":\"$EMAIL\",\"role\":\"storage-administrator\"}"
	ends 2 plan --detailed-exitcode manifests
	grep -q 'unknown whether done' stdout
	grep -q -- --roles-from stdout
	apply 6
}

@test "a list of administrators shows roles, and says where it is wrong" {
	manifests "$(account storage-administrator)"
	printf '%s\r\n' 'Identity Type,Email,Admin Roles' \
		"Technical Account,$EMAIL,\"Storage administrator\"" >list.csv
	in_sync --roles-from list.csv --format json
	jq -e '.live.source | test("list.csv")' stdout
	printf 'Identity Type,Email,Admin Roles\r\nTechnical Account,%s,\r\n' "$EMAIL" >list.csv
	ends 2 plan --detailed-exitcode --roles-from list.csv manifests
	run ! grep -q 'unknown whether done' stdout
	printf 'Email,Admin Roles\nx@example.com,System\nnobody,"System\n' >list.csv
	ends 1 plan --roles-from list.csv manifests
	grep -q '^list.csv:3:8: ' stderr
}

@test "a role of the list that nobody knows is told" {
	manifests "AdminRole support role: support-administrator, members: []"
	printf '%s\r\n' 'Email,Admin Roles' 'joe.doe@example.com,"Support, Brand guardian"' \
		'kim@example.com,Brand guardian' >list.csv
	ends 0 plan --roles-from list.csv manifests
	[ "$(grep -c 'the admin role "Brand guardian", which writ does not know' stderr)" -eq 1 ]
	grep -q 'is not seen (list\.csv:2:21)' stderr
}

@test "an administrator whom no manifest can name is told, and kept out of what is read again" {
	manifests "AdminRole support role: support-administrator, members: [], unlisted: remove"
	printf 'Email,Admin Roles\r\njoe@intranet,Support\r\nkim@example.com,Support\r\n' >list.csv
	ends 0 plan --roles-from list.csv --allow-remove 100% --out plan.json manifests
	grep -q 'user kim@example.com' stdout
	! grep -q joe stdout || return 1
	grep 'left out of' stderr >stdout
	: >stderr
	assert_golden left-out-of-a-list
	ends 0 show plan.json
}

role_writer() { # SHELL: answers with $n, the number of the request in $line
	printf '#!/bin/sh\nn=0\nwhile read -r line; do
		n=$((n + 1)); printf "%%s\\n" "$line" >>"%s/requests"; %s; done\n' \
		"$BATS_TEST_TMPDIR" "$1" >writer
	chmod 700 writer
	configure "${OWN_SECRET/CLIENT/$CLIENT}" "roleWriter: {command: [$BATS_TEST_TMPDIR/writer]}"
}

@test "behind names that move on, a step by hand is for who has the name then" {
	emulator_stop
	cat >>live.yaml <<-'YAML'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: alpha-key}
		spec: {project: Alpha, apis: [I/O Management API], adminRoles: [], products: []}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: beta-key}
		spec: {project: Beta, apis: [I/O Management API], adminRoles: [], products: []}
	YAML
	emulator_start --rate-limits off
	credential asset-archiver
	printf %s "$TOKEN" >token
	printf %s "$SECRET" >secret
	configure
	manifests 'TechnicalAccount beta-key adminRoles: [deployment-administrator]' \
		'TechnicalAccount gamma-key adminRoles: [support-administrator]'
	sed -i 's/{name: beta-key}/{name: beta-key, previously: [alpha-key]}/
		s/{name: gamma-key}/{name: gamma-key, previously: [beta-key]}/' manifests/all.yaml
	ends 0 plan --out plan.json manifests
	for name in alpha:beta beta:gamma; do
		credential "${name%:*}-key"
		grep -q "technical account of \"${name#*:}-key\": $EMAIL" stdout
	done
	ends 6 apply --plan plan.json
	[ "$(jq -r '.accounts[] | select(.former) | .name' plan.json | paste -sd ' ')" = \
		'alpha-key beta-key' ]
}

@test "an entry that an address does not have gets nothing, and is named" {
	manifests 'ProductAssignment default product: Adobe Express, profile: Default,
		members: [{user: kim@example.com, type: adobeID}]'
	ends 0 plan --out plan.json manifests
	grep -q 'user adobeID:kim@example.com  Adobe Express / Default: user "kim@example.com" has no entry of type adobeID  manifests' stdout
	[ "$(jq -c '[.summary.add, .summary.blocked, .blocked[0].nearest]' plan.json)" = \
		'[0,1,null]' ]
	apply 6
	[ "$(sent POST /action/)" = 0 ]
	control POST users '{"email":"adobeID:kim@example.com","type":"adobeID"}'
	apply 0
	[ "$(changes | grep -c \
		'grant.add user/adobeID:kim@example.com product/Adobe Express/Default')" -eq 1 ]
	in_sync
}

@test "the operator's program makes a storage administrator" {
	manifests "$(account storage-administrator)"
	given="{\"email\":\"$EMAIL\",\"role\":\"storage-administrator\"}"
	role_writer "curl -s -X POST $URL/_control/give --data-binary '$given' >/dev/null
		echo '{\"id\": \"1\", \"outcome\": \"applied\"}'"
	ends 0 plan manifests
	apply 0
	in_sync
	[ "$(wc -l <requests)" = 1 ]
	jq -e --arg email "$EMAIL" '.principal.email == $email and
		.entitlement.role == "storage-administrator" and .action == "grant" and
			.organization.name == "acme"' requests
}

@test "what the operator's program refuses or only pretends is not done" {
	manifests "$(account storage-administrator)"
	role_writer \
		"echo '{\"id\": \"1\", \"outcome\": \"refused\", \"message\": \"needs approval\"}'"
	apply 5
	grep -q 'needs approval' stdout
	role_writer "echo '{\"id\": \"1\", \"outcome\": \"applied\"}'"
	sed -i 's|^    roleWriter|    patience: 1\n&|' config.yaml
	rm -rf state
	apply 6
	grep -q 'not seen yet: .*storage-administrator' stdout
}

services() { # NAMES: the account's credential has these APIs from the start
	sed -i "s|  apis: \[Adobe Cloud Storage.*|  apis: [$1]|
		/^         Adobe Admin APIs - Storage Management\]/d" live.yaml
	emulator_stop
	emulator_start --rate-limits off
	credential asset-archiver
	printf %s "$TOKEN" >token
	printf %s "$SECRET" >secret
}

@test "the policy probe proves that an account is no administrator, and no more" {
	services "$STORAGE_API, User Management API, Adobe Admin APIs - Storage Management"
	manifests "$(account storage-administrator)"
	configure "${OWN_SECRET/CLIENT/$CLIENT}"
	ends 2 plan --detailed-exitcode manifests
	run ! grep -q 'unknown whether done' stdout
	[ "$(sent GET /policies/)" = 1 ]
	control POST give "{\"email\":\"$EMAIL\",\"role\":\"storage-administrator\"}"
	ends 2 plan --detailed-exitcode manifests
	grep -q 'unknown whether done' stdout
}

@test "where the organisation takes technical accounts, their roles go through the API" {
	configure 'technicalAccountRoles: userManagement'
	control PUT switches '{"tech-action":"accept","tech-get":"shown"}' >put
	developer='{role: developer, product: Adobe Express, profile: Beta}'
	manifests "$(account "support-administrator, deployment-administrator, $developer")"
	apply 0
	[ "$(sent POST /action/)" = 1 ]
	in_sync
	manifests "$(account deployment-administrator)"
	apply 0
	in_sync
	[ "$(changes | grep remove | LC_ALL=C sort)" = \
		'grant.remove technicalAccount/asset-archiver role/developer/Adobe Express/Beta
grant.remove technicalAccount/asset-archiver role/support-administrator' ]
}

@test "where it does not, the API refuses and nothing is claimed" {
	configure 'technicalAccountRoles: userManagement'
	manifests "$(account support-administrator)"
	apply 5
	grep -q error.user.nonexistent stdout
	ends 2 plan --detailed-exitcode manifests
}

@test "with a person's token alone no sentence says more than was seen" {
	cp config.yaml whole.yaml
	sed -i '/server:/d' config.yaml
	manifests 'TechnicalAccount asset-archiver apis: [], products: [], unlisted: keep'
	ends 0 plan manifests
	[ "$(head -n 1 stdout)" = 'No changes in what can be seen.' ]
	[ "$(grep -c 'would show' stdout)" -eq 2 ] # of the account itself keep says nothing
	if grep -q matches stdout; then return 1; fi
	ends 4 drift --base "$(ends 0 snapshot --out base && echo base)" --fail-on unseen
	[ "$(head -n 1 stdout)" = 'No drift in what can be seen, since the snapshot base.' ]
	for file in base/organization.yaml base/technical-accounts.yaml; do
		grep -q 'unseen: \[system-administrator, storage-administrator, deployment-administrator, support-administrator' "$file"
	done
	grep -q '^  unseen: .*, products\]$' base/organization.yaml
	control POST give '{"email":"jane@example.com","product":"Adobe Express","profile":"Beta"}'
	ends 0 restore --config whole.yaml --from base --format json
	jq -e '.changes == [] and ([.unlisted[].address] |
		index("grant/user/jane%40example.com/product/Adobe%20Express/Beta"))' stdout
}
