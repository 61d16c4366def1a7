#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Provider adobe over the emulator: what it asks for, how often, and that each open question may be
# answered either way.

load helper

setup() {
	writ_setup
	wants <<END
apiVersion: writ/v1
kind: TechnicalAccount
metadata: {name: report-reader}
spec:
  project: Report Reader
  apis: [$STORAGE_API, AdobeExpressSDK]
  products:
    - {product: Creative Cloud Enterprise, profile: Storage}
    - {product: Adobe Express, profile: Beta}
---
apiVersion: writ/v1
kind: AdminRole
metadata: {name: support}
spec: {role: support-administrator,
  members: [{user: JANE@example.com}, {user: joe.doe@example.com}]}
END
}

teardown() {
	emulator_stop
}

# configure: writ uses the emulator as a person, and reads users with the archiver's credential.
configure() {
	credential asset-archiver
	keep_secrets
	server_config
}

# asked METHOD PATTERN: how many requests there were.
asked() {
	control GET requests | jq --arg m "$1" \
		--arg p "$2" '[.[] | select(.method == $m and (.path | test($p)))] | length'
}

converges() {
	"$WRIT" apply --auto-approve wanted.yaml >apply.out 2>&1 || { cat apply.out; return 1; }
	"$WRIT" plan --detailed-exitcode wanted.yaml >plan.out 2>&1 ||
		{ cat apply.out plan.out; return 1; }
}

@test "nothing is asked about accounts that no manifest names" {
	for n in $(seq 100 230); do
		printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' \
			"metadata: {name: other-$n}" "spec: {apis: [$STORAGE_API]}"
	done >>live.yaml
	emulator_start --rate-limits off
	configure
	"$WRIT" apply --auto-approve wanted.yaml >/dev/null
	control DELETE log
	"$WRIT" plan --detailed-exitcode wanted.yaml
	[ "$(asked GET '/integrations/[0-9]+$')" -eq 1 ]
	[ "$(asked GET '/projects_workspaces/credentials/')" -eq 1 ]
	[ "$(asked GET '/properties$')" -eq 2 ]
	[ "$(asked GET '/integrations$')" -eq 3 ] # 132 accounts, 50 a page
	[ "$(asked GET '^/console/')" -eq 10 ]
}

# many_users FIRST LAST: the organisation has these users, whose addresses are in the file users.
many_users() {
	for n in $(seq "$1" "$2"); do
		echo "user$n@example.com"
	done >users
	sed -i "s/^  users: \[/&$(paste -sd, users),/" live.yaml
}

# many.yaml: each of them is to be a support administrator.
wants_many() {
	{
		sed '/^---/,$d' wanted.yaml
		printf -- '---\napiVersion: writ/v1\nkind: AdminRole\nmetadata: {name: support}\n'
		printf 'spec: {role: support-administrator, members: ['
		sed 's/.*/{user: &},/' users | tr -d '\n'
		echo ']}'
	} >many.yaml
}

@test "what goes with an account that is pruned is asked for, and named" {
	cat >>live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: reports}
		spec: {project: Reports, apis: [Adobe Express API, User Management API],
		  products: [{product: Adobe Express, profile: Default}], adminRoles: []}
	END
	operated_start
	wants <<-'END'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset-archiver}
		spec: {}
	END
	run -0 "$WRIT" snapshot --snapshot snapshot
	run -0 "$WRIT" plan --base snapshot --prune wanted.yaml
	grep -A4 '^    - technical account, with the 3 grants it holds' <<<"$output" >told
	grep -qx '      - API Adobe Express API' told
	grep -qx '      - API User Management API' told
	grep -qx '      - Adobe Express / Default' told
}

@test "n changed users need n/10 action calls, rounded up" {
	many_users 10 34
	emulator_start --rate-limits off
	configure
	wants_many
	"$WRIT" apply --auto-approve --allow-admin-grants 25 many.yaml
	[ "$(asked POST '/action/')" -eq 3 ]
	[ "$(changes | grep -c '^grant.add user/.* role/support-administrator')" -eq 25 ]
}

@test "a limit is met, told and obeyed, and nothing is sent twice" {
	many_users 100 219
	emulator_start --rate-limits 0.1 # a minute is 6 seconds
	configure
	wants_many
	"$WRIT" apply --auto-approve --allow-admin-grants 120 many.yaml >apply.out 2>notes
	grep -q 'user-management asks to wait before more of POST /action/{org}: [2-9] s' notes
	[ "$(control GET requests |
		jq '[.[] | select(.path | test("/action/")) | .status] | map(select(. == 200)) |
			length')" -eq 12 ]
	[ "$(changes | grep -c '^grant.add user/.* role/support-administrator')" -eq 120 ]
}

@test "roles of new accounts stand together, whatever else an account gains" {
	emulator_start --rate-limits off --switch tech-action=accept --switch tech-get=shown
	configure
	echo '    technicalAccountRoles: userManagement' >>config.yaml
	{
		sed '/^---/,$d' wanted.yaml
		for n in $(seq 10 21); do
			printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' \
			"metadata: {name: account-$n}"
			printf 'spec: {apis: [%s], adminRoles: [support-administrator]}\n' \
				"$STORAGE_API"
		done
	} >many.yaml
	"$WRIT" apply --auto-approve --allow-admin-grants 24 many.yaml >apply.out
	[ "$(asked POST '/action/')" -eq 2 ]
	[ "$(changes | grep -c '^grant.add .* role/support-administrator')" -eq 12 ]
}

@test "each open question may be answered either way" {
	emulator_start --rate-limits off --switch users-page-size=2
	configure
	for choice in tech-list=absent tech-list=shown tech-get=shown storage-group=accept \
		selected=lagging \
		users-out-of-range=empty groups-out-of-range=last duplicate-headers=off \
		auth-body=empty catalogue-licences=late integration-licences=cached \
		licence-leak=on \
		create-status=ok create-status=created null-licences=drop one-profile=none \
		console-error-code=number action-repeat=error step-type=text auto-licence=off \
		username-case=upper visibility-delay-ms=200; do
		control PUT manifest "$(cat "$WRIT_ROOT/tests/emulator/live.yaml")" >/dev/null
		control PUT switches "{\"${choice%=*}\":\"${choice#*=}\"}" >/dev/null
		converges || { echo "with $choice"; return 1; }
		control DELETE switches >/dev/null
		control PUT switches '{"users-page-size":"2"}' >/dev/null
	done
}

@test "names that drift in case are the same names" {
	emulator_start --rate-limits off
	configure
	converges
	for choice in '{"name-case":"upper"}' '{"name-case":"lower"}' \
		'{"console-name-case":"upper"}' '{"console-name-case":"lower"}' \
		'{"name-case":"lower","console-name-case":"upper"}'; do
		control DELETE switches
		control PUT switches "$choice"
		"$WRIT" plan --detailed-exitcode wanted.yaml || { echo "with $choice"; return 1; }
	done
}

@test "a token that is over is refused in words, whatever the body is" {
	emulator_start --rate-limits off
	configure
	for choice in json empty; do
		control PUT switches "{\"auth-body\":\"$choice\"}"
		TOKEN=$(control POST token '{"expires_in":-1}' | jq -r .access_token)
		printf '%s' "$TOKEN" >token
		run "$WRIT" plan wanted.yaml
		echo "$output"
		[ "$status" -eq 9 ]
		[[ $output == *401* ]]
	done
}

@test "an import of the organisation plans to nothing" {
	emulator_start --rate-limits off
	configure
	converges
	"$WRIT" import --out imported
	run -0 "$WRIT" plan --detailed-exitcode imported
	[[ $output == *'No changes in what can be seen;'* ]]
	[[ $output != *nlisted* ]]
}

@test "a product is given by an API of the account, else the APIs are named, else a person does" {
	emulator_start --rate-limits off
	configure
	sed -i 's/, AdobeExpressSDK\]/]/' wanted.yaml
	run -4 "$WRIT" plan --fail-on blocked wanted.yaml
	[[ $output == *'NOT POSSIBLE YET (1)'*'add "Adobe Express API" to its '* ]]
	sed -i 's/Adobe Express, profile: Beta/Adobe Fonts, profile: All Fonts/' wanted.yaml
	control GET state | jq --arg name "$STORAGE_API" '. + {catalogue: [
		{name: $name, code: "CloudStorageCollabSDK", type: "entp", bringsStorage: true,
		 scopes: ["creative_sdk"],
			offers: [{product: "Creative Cloud Enterprise", profile: "Storage"}]},
		{name: "User Management API", code: "UserMgmtSDK", type: "entp",
			scopes: ["user_management_sdk"]}]}' >state.json
	control PUT state "$(cat state.json)"
	run -0 "$WRIT" plan wanted.yaml
	[[ $output == *'Adobe Fonts / All Fonts'*'[by hand'* ]]
	[[ $output == *'Edit products'* ]]
}

@test "what Adobe would refuse is refused when planning" {
	emulator_start --rate-limits off
	configure
	refuse() {
		cp wanted.yaml bad.yaml
		sed -i "$1" bad.yaml
		run -1 "$WRIT" plan bad.yaml
		[[ $output == *"$2"* ]] || { echo "$output"; return 1; }
	}
	refuse 's/report-reader/tiny/' 'has 4 characters; at Adobe it has 6 to 25'
	refuse 's/project: .*/project: Report-Reader/' 'letters, digits and blanks'
	sed 's/AdobeExpressSDK/Adobe Expresss API/' wanted.yaml >typo.yaml
	run -4 "$WRIT" plan --fail-on blocked typo.yaml
	[[ $output == *'NOT POSSIBLE YET (2)'*'did you mean "Adobe Express API"?'* ]]
	sed 's/profile: Beta/profile: Bata/' wanted.yaml >typo.yaml
	run -4 "$WRIT" plan --fail-on blocked typo.yaml
	[[ $output == *'"Bata"; did you mean Beta?'* ]] # as the service spells it
	refuse 's/AdobeExpressSDK/&, Adobe Express API/' 'are the same one'
	"$WRIT" apply --auto-approve wanted.yaml
	sed 's/project: .*/project: Elsewhere/' wanted.yaml >bad.yaml
	run -4 "$WRIT" plan --fail-on blocked bad.yaml
	[[ $output == *'NOT POSSIBLE YET (1)'*'report-reader  technical account: '* ]]
	[[ $output == *'Adobe cannot move it to "Elsewhere"'* ]]
}

@test "a project that was renamed in the console is the same project, and stops nothing" {
	emulator_start --rate-limits off
	configure
	wants <<-'END'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset-archiver}
		spec: {project: Asset Archiver}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: beta}
		spec: {product: Adobe Express, profile: Beta, members: [{user: kim@example.com}]}
	END
	"$WRIT" snapshot --snapshot snapshot
	state_becomes \
		'(.projects[] | select(.title == "Asset Archiver").title) = "Archive of assets"'
	"$WRIT" plan --base snapshot --out plan.json wanted.yaml >out 2>err
	[ "$(jq -r '[.changes[] | .address] | join(",")' plan.json)" = \
		grant/user/kim%40example.com/product/Adobe%20Express/Beta ]
	grep -q 'the project of account "asset-archiver" was renamed from "Asset Archiver" to "Archive of assets"' err
	run ! grep -q 'delete the account' out err
	jq -e '[.drift[] | select(.principal.name == "asset-archiver").fate] == ["left"]' \
		plan.json
	# Without the snapshot nobody knows that it is the same: it is left alone, all else goes on.
	run -6 "$WRIT" apply --auto-approve wanted.yaml
	[[ $output == *'Apply: 1 done, 0 failed, 0 unknown, 0 not tried, 1 not possible yet.'* ]]
	run -0 "$WRIT" plan --out plan.json wanted.yaml
	[[ $output == *'No changes in what can be seen. 1 account is not possible yet.'* ]]
	[ "$(jq -r '.blocked[] | "\(.address) \(.entitlement)"' plan.json)" = \
		'technicalAccount/asset-archiver null' ]
	run -0 "$WRIT" show plan.json
	[[ $output == *'asset-archiver  technical account: credential "asset-archiver" is in '* ]]
	run -4 "$WRIT" plan --fail-on blocked wanted.yaml
	run -0 "$WRIT" plan --format sarif --target asset-archiver wanted.yaml
	# What has ended of it is held all the same.
	local ended='products: [{product: Creative Cloud Enterprise, profile: Storage,'
	sed "s/project: Asset Archiver/&, $ended expires: 2020-01-31}]/" wanted.yaml >ended.yaml
	run -0 "$WRIT" expiring --overdue ended.yaml
	[[ $output == '1 grant has ended and is still held.'* ]]
}

@test "an account that was renamed in the console is the same account, and is not made again" {
	emulator_start --rate-limits off
	configure
	wants <<-'END'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset-archiver}
		spec:
		  project: Asset Archiver
		  apis: [Adobe Cloud Storage and Collaboration API, User Management API,
		    Adobe Express API, I/O Management API, Adobe Admin APIs - Storage Management]
		  products: [{product: Creative Cloud Enterprise, profile: Storage},
		             {product: Adobe Express, profile: Default}]
	END
	"$WRIT" snapshot --snapshot snapshot
	credential asset-archiver
	org PUT "credentials/oauth-server-to-server/$CREDENTIAL" \
		'{"name":"archive-writer","description":""}' >put
	control DELETE log
	run -0 --separate-stderr "$WRIT" plan --base snapshot --out plan.json wanted.yaml
	# Looking for it costs the details of those who were not asked for, and no list twice.
	control GET requests | jq -e '[.[] | select(.method == "GET") | .path] |
		length == (unique | length)'
	# shellcheck disable=SC2154 # bats sets it
	[[ $stderr == *'account "asset-archiver" is called "archive-writer" in the service'* ]]
	[[ $stderr == *'[W0719]'* ]]
	[ "$(jq -r '[.changes[].address | sub("grant/technicalAccount/archive-writer/"; "")] |
		join(",")' plan.json)" = api/Adobe%20Express%20API,product/Adobe%20Express/Default ]
	jq -e '[.drift[] | select(.entitlement == null) | .principal.name, .fate] ==
		["archive-writer", "left"] and (has("identity") | not)' plan.json
	run -0 "$WRIT" apply --snapshot snapshot --plan plan.json
	control GET state | jq -e '[.credentials[].account] | length == 1'
	run -2 "$WRIT" drift --snapshot snapshot
	[[ $output == *'~ renamed from asset-archiver'* ]]
	# The way back is a rename, and makes nothing.
	run -0 "$WRIT" drift --snapshot snapshot --out back.json revert
	[[ $output == *'~ renamed from archive-writer'* && $output != *'is made in project'* ]]
	run -0 "$WRIT" apply --snapshot snapshot --plan back.json
	run -0 "$WRIT" plan --base snapshot --detailed-exitcode wanted.yaml
}

@test "the last profile that has a name is not the last one beside one that has none" {
	sed -i 's|^  apis: \[|&Adobe Express API, |' live.yaml
	emulator_start --rate-limits off --switch odd-names=hold
	configure
	control POST \
		give '{"account":"asset-archiver","product":"Adobe Express","profile":"Default"}'
	wants <<-'END'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset-archiver}
		spec: {project: Asset Archiver,
		  products: [{product: Creative Cloud Enterprise, profile: Storage}]}
	END
	run -4 "$WRIT" plan --fail-on withheld wanted.yaml
	[[ $output == *'it is the last profile of API "Adobe Express API", which stays'* ]]
	control POST profiles '{"product":"Adobe Express","profile":"_hidden"}'
	control POST \
		give '{"account":"asset-archiver","product":"Adobe Express","profile":"_hidden"}'
	run -0 "$WRIT" plan --fail-on withheld wanted.yaml
	run -0 "$WRIT" apply --auto-approve wanted.yaml
	[[ $output == *'Apply: 1 done, 0 failed'* ]]
	control GET grants | jq -e '[.[] | select(.name == "asset-archiver" and
		.product == "Adobe Express") | .profile] == ["_hidden"]'
}

@test "a role whose group would have a longer name than the service takes is a step for a person" {
	local fits outgrown
	fits=$(printf '%0247d' 0) outgrown=$(printf '%0248d' 0)
	sed -i "s|^    - {product: Adobe Express, profile: Beta}|&\n    - {product: Adobe Express, profile: a$fits}\n    - {product: Adobe Express, profile: a$outgrown}|" live.yaml
	emulator_start --rate-limits off
	configure
	for profile in "$fits" "$outgrown"; do
		printf -- '---\napiVersion: writ/v1\nkind: AdminRole\nmetadata: {name: p-%s}\nspec: {role: product-profile-administrator, product: Adobe Express, profile: a%s, members: [{user: kim@example.com}]}\n' \
			"${#profile}" "$profile"
	done | sed 1d | wants
	sed -i "s|^    orgId: .*|&\n    policy: {maxAdminGrants: 9}|" config.yaml
	run -0 "$WRIT" plan --out plan.json wanted.yaml
	[ "$(jq -c '[.changes[] | .via]' plan.json)" = '["api","manual"]' ]
	jq -r '.changes[1].note' plan.json | grep -q 'longer than the 255 characters'
	run -6 "$WRIT" apply --plan plan.json
	[[ $output == *'Apply: 1 done, 0 failed'* ]]
	# Who was given it by hand is like any other.
	control POST give "{\"email\":\"kim@example.com\",
		\"role\":\"product-profile-administrator\",\"product\":\"Adobe Express\",
		\"profile\":\"a$outgrown\"}"
	run -0 "$WRIT" plan --detailed-exitcode wanted.yaml
}

# note FILE FILTER: the note of the change that the filter selects, from a saved plan.
note() {
	jq -r --arg address "$2" '.changes[] | select(.address == $address) | .note' "$1"
}

@test "the plan says what comes by itself, what does not, and what stays behind" {
	emulator_start --rate-limits off
	configure
	mkdir -m 700 sink
	sed -i 's|^    orgId: .*|&\n    secretSink: {directory: sink}|' config.yaml
	"$WRIT" plan --out one.json wanted.yaml >one.out
	[ "$(note one.json technicalAccount/report-reader)" = \
		'made with the storage API first, so that its licence comes by itself' ]
	sed '/Creative Cloud/d' wanted.yaml >other.yaml
	"$WRIT" plan --out other.json other.yaml
	# shellcheck disable=SC2016 # the words of the plan
	[ "$(note other.json technicalAccount/report-reader)" = \
		'made with the storage API first, so that its licence comes by itself; it goes again unless `products` lists it' ]
	[ "$(note one.json 'grant/user/jane%40example.com/role/support-administrator')" = null ]
	[ "$(grep -c 'made with the storage API first' one.out)" -eq 1 ]
	"$WRIT" show one.json | diff - one.out

	sed '/^  products:/,/Beta/d' wanted.yaml >free.yaml
	"$WRIT" plan --out two.json free.yaml
	[ "$(note two.json technicalAccount/report-reader)" = \
		'made with the storage API first, so that its licence comes by itself' ]

	sed -e '/^  products:/,/Beta/d' -e 's!^  apis: .*!  apis: [I/O Management API]!' \
		wanted.yaml >late.yaml
	"$WRIT" apply --auto-approve late.yaml
	"$WRIT" plan --out three.json free.yaml
	storage=grant/technicalAccount/report-reader/api/${STORAGE_API// /%20}
	[[ $(note three.json "$storage") == 'the storage API comes later than the account: '* ]]

	sed -e '/^  project:/a \  state: absent' -e '/^  apis:/d' late.yaml >gone.yaml
	"$WRIT" plan --out four.json gone.yaml
	[ "$(note four.json technicalAccount/report-reader)" = \
		'project "Report Reader" stays; no account that writ knows is left in it' ]
}

@test "a project in which accounts remain is not told of; equal notes of many are one line" {
	emulator_start --rate-limits off
	configure
	sed '/^---/,$d' wanted.yaml >many.yaml
	for n in 1 2 3 4 5; do
		printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' \
			"metadata: {name: reader-$n}"
		printf 'spec: {project: Readers, apis: [%s]}\n' "$STORAGE_API"
	done >>many.yaml
	"$WRIT" plan many.yaml >many.out
	grep -qF '+ 5 technical accounts' many.out
	[ "$(grep -c 'made with the storage API first' many.out)" -eq 1 ]
	"$WRIT" apply --auto-approve many.yaml
	sed 's/{name: reader-[1-4]}/&/
		/{name: reader-[1-4]}/{n;s/spec: {/spec: {state: absent, /;s/, apis: .*/}/}' \
			many.yaml >fewer.yaml
	"$WRIT" plan --out fewer.json fewer.yaml >fewer.out
	[ "$(grep -cF -- '- technical account, with the' fewer.out)" -eq 4 ]
	run ! grep -F 'stays' fewer.out
	sed '/{name: reader-/{n;s/spec: {/spec: {state: absent, /;s/, apis: .*/}/}' many.yaml \
		>none.yaml
	"$WRIT" plan --out none.json none.yaml >none.out
	[ "$(jq '[.changes[] | select(.note)] | length' none.json)" -eq 5 ]
	[ "$(grep -cF 'project "Readers" stays' none.out)" -eq 5 ]
}

@test "accounts' own profiles are asked for side by side, and one bad secret spoils nothing" {
	for n in 1 2 3; do
		printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' \
			"metadata: {name: reader-$n}"
		echo 'spec: {apis: [I/O Management API, User Management API],'
		echo '  adminRoles: [storage-administrator]}'
	done >>live.yaml
	emulator_start --rate-limits off
	operator_config reader-1 reader-2 reader-3
	printf wrong >reader-2.secret
	sed '/^---/,$d' wanted.yaml >readers.yaml
	for n in 1 2 3; do
		printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' \
			"metadata: {name: reader-$n}"
		printf 'spec: {adminRoles: [storage-administrator]}\n'
	done >>readers.yaml
	control DELETE log
	"$WRIT" plan --out plan.json readers.yaml
	[ "$(jq -r '[.changes[] | .principal.name + (if .unknown then " unknown" else "" end)] |
		join(",")' \
		plan.json)" = 'reader-2 unknown' ]
	control GET requests | jq -r '.[] | select(.path | test("^/ims/")) | .path' >asked
	diff - asked <<-END
		/ims/token/v3
		/ims/token/v3
		/ims/token/v3
		/ims/profile/v1
		/ims/profile/v1
		/ims/token/v3
		/ims/token/v3
		/ims/profile/v1
	END
}

@test "an API of a live credential comes and goes by one request of its own, and takes no other" {
	cat >>live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: report-bot}
		spec: {project: Playground, apis: [I/O Management API], adminRoles: [],
		  products: []}
	END
	emulator_start --rate-limits off
	configure
	bot() {
		wants <<-END
			apiVersion: writ/v1
			kind: TechnicalAccount
			metadata: {name: report-bot}
			spec: {apis: [$1]}
		END
	}
	bot 'I/O Management API, User Management API'
	run -0 "$WRIT" apply --auto-approve wanted.yaml
	[ "$(asked PATCH 'service/subscribe$')" -eq 1 ]
	run -0 "$WRIT" plan --detailed-exitcode wanted.yaml
	bot 'User Management API'
	run -4 "$WRIT" apply --auto-approve wanted.yaml # it hands out rights: consent is due
	[ "$(asked PATCH 'service/unsubscribe$')" -eq 0 ]
	run -0 "$WRIT" apply --auto-approve --allow-remove 1 wanted.yaml
	[ "$(asked PATCH 'service/subscribe$')" -eq 1 ]
	[ "$(asked PATCH 'service/unsubscribe$')" -eq 1 ]
	[ "$(asked PUT credentials)" -eq 0 ]
	run -0 "$WRIT" plan --detailed-exitcode wanted.yaml
}

@test "names move on along a chain, the last one first, and a killed apply goes on" {
	[ -n "${WRIT_FAILPOINT_BIN:-}" ] || skip "no failpoints"
	operated_start
	wants <<-'END'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: archive-one}
		spec: {description: first}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: archive-two}
		spec: {description: second}
	END
	"$WRIT" apply --auto-approve wanted.yaml
	names() { control GET state |
		jq -r '.credentials[] | select(.description == "first" or
			.description == "second") | "\(.description) \(.name) \(.id)"' | sort; }
	names | sed 's/archive-two/archive-three/; s/archive-one/archive-two/' >due
	sed -i 's/archive-two}/archive-three, previously: [archive-two]}/
		s/archive-one}/archive-two, previously: [archive-one]}/' wanted.yaml
	run -0 "$WRIT" plan --out plan.json wanted.yaml
	[[ $output == *'renamed from archive-one'* && $output == *'renamed from archive-two'* ]]
	for point in apply-before-send apply-after-send; do
		WRIT_FAILPOINT=$point:2 run "$WRIT_FAILPOINT_BIN" apply --auto-approve wanted.yaml
		[ "$status" -ne 0 ]
		"$WRIT" apply --resume --auto-approve
		names | diff due -
		run -0 "$WRIT" plan --detailed-exitcode wanted.yaml
		# And back again, for the next point.
		sed -e 's/archive-two, previously: .*}/archive-one, previously: [archive-two]}/' \
			-e 's/archive-three, previously: .*}/archive-two, previously: [archive-three]}/' \
			wanted.yaml >back.yaml
		"$WRIT" apply --auto-approve back.yaml
	done
}

@test "what a service gives by itself is told, and is drift" {
	cat >>live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: reports}
		spec:
		  project: Reports
		  credential: reports
		  apis: [Adobe Express API, Adobe Fonts API]
		  products: [{product: Adobe Express, profile: Beta},
		    {product: Adobe Express, profile: Default}]
		  adminRoles: []
	END
	emulator_start --rate-limits off
	configure
	wants <<-'END'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: reports}
		spec: {products: [{product: Adobe Express, profile: Beta}]}
	END
	"$WRIT" snapshot --snapshot snapshot
	# the list that leaves a profile out is new for the API of one profile, too
	"$WRIT" apply --auto-approve --allow-remove 1 --snapshot snapshot \
		--format json=result.json wanted.yaml >out
	gift=grant/technicalAccount/reports/product/Adobe%20Fonts/All%20Fonts
	jq -e --arg gift "$gift" '.status == 0 and .unasked == [$gift] and
		[.changes[].fate] == ["done"]' result.json
	status=0
	"$WRIT" drift --snapshot snapshot >out || status=$?
	[ "$status" = 2 ]
	grep -q 'Adobe Fonts / All Fonts' out
}

@test "writ's own account keeps what writ needs, also where the same plan gives it another name" {
	operated_start
	own_account
	wants <<-'END'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: other-name, previously: [asset-archiver]}
		spec: {apis: [], adminRoles: [], products: [], unlisted: remove}
	END
	ends 4 apply --config config.yaml --auto-approve --allow-remove 100% wanted.yaml
	grep -q 'ownRights of other-name: 3, limit 0  \[withheld\]' stdout
	# The one that it does not need was taken.
	[ "$(changes | grep '^service')" = 'service.unsubscribe other-name CloudStorageCollabSDK' ]
	ends 0 plan --config config.yaml --allow-remove 100% wanted.yaml
	grep -q 'API User Management API  (not-listed)  \[withheld\]' stdout
}

# As a newcomer does it, by what init and each error say; the endpoints are the emulator's.
@test "from init --adobe to a plan of one's own organisation, by the steps that init prints" {
	operated_start
	"$WRIT" init --adobe zeta >steps
	sed -n '/allowLocal/,/storage:/p' config.yaml >endpoints
	sed -i -e "s/0\{24\}@/${ORG%@*}@/; s/\"0\{32\}\"/$CLIENT/" -e '/^    orgId/r endpoints' \
		zeta/.writ/config.yaml
	sed -i "s/0\{24\}@/${ORG%@*}@/" zeta/manifests/organization.yaml
	mkdir -m 700 zeta/.writ/secrets
	cp asset-archiver.secret zeta/.writ/secrets/zeta
	grep '^    writ' steps | sed "s|^    writ|'$WRIT'|" >run
	[ "$(wc -l <run)" -eq 3 ]
	bash -e run >out 2>err || { cat out err; return 1; }
	grep -q '^No changes' out
	# What the last sentence asks for.
	grep -qF 'imported/organization.yaml, which says what is live' steps
	mv zeta/imported/technical-accounts.yaml zeta/imported/admin-roles.yaml zeta/manifests
	ends 0 plan --config zeta/.writ/config.yaml zeta/manifests
	grep -q '^No changes' stdout
	mv zeta/imported/organization.yaml zeta/manifests/live.yaml
	ends 1 plan --config zeta/.writ/config.yaml zeta/manifests
	grep -q 'what stands beside it after an import may be moved to them' stderr
}

@test "a terminal's line of progress is gone when the result stands there" {
	command -v script >/dev/null || skip 'no script(1)'
	operated_start
	wants <<-'END'
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: support}
		spec: {role: support-administrator, members: []}
	END
	control POST faults '{"kind": "status", "status": 429,
		"retry_after": "6"}' | jq -e .ok
	# script(1) reads on for a moment only behind the end of what it runs.
	TERM=xterm script -qec "stty cols 200; '$WRIT' plan wanted.yaml; sleep 1" /dev/null \
		</dev/null >shown
	cat -v shown
	grep -q 'waiting . s: the service asks for it' shown
	# Its last line is erased before anything else is written.
	tr '\r' '\n' <shown | grep -q "^$(printf '\033')\[J.*No changes"
}

# Its services do not agree on the case of names, so that these are no two that look alike.
@test "a profile in the letter case of another service is the same one" {
	operated_start name-case=upper
	own_account
	wants <<-'END'
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: fonts}
		spec: {product: Adobe Fonts, profile: All Fonts, members: [{user: kim@example.com}]}
	END
	ends 0 plan --org acme wanted.yaml
	grep -q '^    + Adobe Fonts / All Fonts' stdout
	run ! grep -q 'looks like' stdout
}
