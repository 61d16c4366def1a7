#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The User Management API.
# shellcheck disable=SC2030,SC2031,SC2034,SC2059,SC2119,SC2120,SC2153 # variables of the helper; a
# test is a subshell

setup() {
	load helper
	emulator_setup
	emulator_start --rate-limits off
	credential asset-archiver
	SERVICE=$(service_token openid,AdobeID,user_management_sdk)
}

teardown() {
	emulator_stop
}

groups_of() { # E-MAIL
	umapi GET "organizations/$ORG/users/$1" | jq -r '.user.groups // [] | join(",")'
}

# code_of BODY: the error codes of an action, or its result.
code_of() {
	action "$1" "${2:-}" | jq -r 'if .errors then [.errors[].errorCode] |
		join(",") else .result // .error_code end'
}

one() { # STEP: the code when kim does it
	code_of "[{\"user\":\"kim@example.com\",\"do\":[$1]}]"
}

@test "who may call" {
	call() {
		curl -sS --max-time 20 "$URL/v2/usermanagement/users/$1/0" "${@:2}"
	}
	call "$ORG" -H "Authorization: Bearer $SERVICE" | jq -e '.error_code == "403000"'
	call "$ORG" -H "Authorization: Bearer $SERVICE" -H 'X-Api-Key: x' |
		jq -e '.error_code == "403003"'
	call "$ORG" -D head -H "X-Api-Key: $CLIENT" | jq -e '.error_code == "401013"'
	grep -q '^WWW-Authenticate: Bearer realm="JIL"' head
	call nonsense -H "Authorization: Bearer $SERVICE" -H "X-Api-Key: $CLIENT" |
		jq -e '.result == "error.organization.invalid_id"'
	call ABC@AdobeOrg -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $SERVICE" \
		-H "X-Api-Key: $CLIENT" | grep -q 401
	SERVICE=$(service_token openid)
	umapi GET "users/$ORG/0" | jq -e '.error_code == "403011"'
	control PUT switches '{"auth-body":"empty"}'
	[ -z "$(umapi GET "users/$ORG/0")" ]
	curl -sS "$URL/status" | jq -e '.state == "LIVE"'
}

@test "a list: paging headers, technical accounts hidden but counted, headers twice" {
	umapi GET "users/$ORG/0" '' -D head -H 'X-Request-Id: abc_1' >page
	jq -e '[.users[].email] == ["jane@example.com","Joe.Doe@example.com","kim@example.com"] and
		.lastPage' page
	grep -qi '^X-Total-Count: 4' head
	grep -qi '^X-Page-Size: 4' head
	grep -qi '^X-Current-Page: 0' head
	grep -qi '^X-Page-Count: 1' head
	[ "$(grep -ci '^X-Request-Id: abc_1' head)" = 2 ]
	control PUT switches '{"duplicate-headers":"off","tech-list":"absent"}'
	umapi GET "users/$ORG/0" '' -D head >page
	grep -qi '^X-Total-Count: 3' head
	[ "$(grep -ci '^X-Request-Id:' head)" = 1 ]
	control PUT switches '{"tech-list":"shown"}'
	umapi GET "users/$ORG/0/?directOnly=False" | jq -e '[.users[].type] | index("unknown")'
	umapi GET "users/$ORG/0?domain=nowhere.example" | jq -e '.result'
	[ "$(umapi GET "users/$ORG/0?domain=nowhere.example" '' -o /dev/null -w '%{http_code}')" = \
		404 ]
}

@test "pages: sizes, beyond the last, repeated" {
	control PUT switches '{"users-page-size":1,"groups-page-size":5}'
	for n in 0 1 2 3; do
		umapi GET "users/$ORG/$n"
	done | jq -se '[.[].users | length] | add == 3 and (map(.) | length) == 4'
	umapi GET "users/$ORG/9" '' -D head | jq -e '.lastPage and .result == "success"'
	grep -qi '^X-Current-Page: 3' head
	umapi GET "groups/$ORG/99" | jq -e \
		'.result == "Not found" and .lastPage and has("groups") == false'
	control PUT switches '{"users-out-of-range":"empty","groups-out-of-range":"last"}'
	umapi GET "users/$ORG/9" | jq -e '.users == []'
	umapi GET "groups/$ORG/99" | jq -e '.groups | length > 0'
	umapi GET "users/$ORG/x" | jq -e '.errorMessage == "For input string: \"x\""'
}

@test "groups of every type, by name and by number" {
	umapi GET "groups/$ORG/0" >groups
	jq -e '[.groups[].type] | unique | length == 9' groups
	jq -e '.groups[] | select(.type == "SYSADMIN_GROUP") | .groupName == "Administrators" and
		.memberCount == 1' groups
	jq -e '.groups[] | select(.groupName == "All Fonts") | .productName == "Adobe Fonts" and
		(.licenseQuota | type) == "string"' groups
	jq -e '[.groups[].groupId] | length == (unique | length)' groups
	umapi GET "users/$ORG/0/_org_admin" |
		jq -e '.groupName == "_org_admin" and .users[0].email == "jane@example.com"'
	id=$(jq '.groups[] | select(.groupName == "Designers") | .groupId' groups)
	umapi GET "users/$ORG/0/$id" | jq -e '.groupName == "Designers" and .users == []'
	umapi GET "users/$ORG/0/None" | jq \
		-e '.result == "error.group.not_found" and .lastPage == false'
	control POST groups '{"name":"Dot. Name/Slash","add":["kim@example.com"]}'
	umapi GET "users/$ORG/0/Dot.%20Name%2FSlash" | jq -e '.result == "error.group.not_found"'
	control POST groups '{"name":"A/B","add":["kim@example.com"]}'
	umapi GET "users/$ORG/0/A/B" | jq -e '.users | length == 1'
}

@test "one user" {
	umapi GET "organizations/$ORG/users/JOE.DOE@example.com" |
		jq -e '.user | .email == "Joe.Doe@example.com" and has("groups") == false'
	umapi GET "organizations/$ORG/users/none@example.com" |
		jq -e '.result == "error.user.not_found" and
			.message == "User not found none@example.com"'
	[ "$(umapi GET "organizations/$ORG/users/$EMAIL" '' -o /dev/null -w '%{http_code}')" = 404 ]
	control PUT switches '{"tech-get":"shown","name-case":"upper","username-case":"upper"}'
	umapi GET "organizations/$ORG/users/$EMAIL" |
		jq -e '.user.email == ($email | ascii_upcase)' --arg email "$EMAIL"
	umapi GET "organizations/$ORG/users/kim@example.com" |
		jq -e '.user.email == "KIM@EXAMPLE.COM"'
}

@test "roles and profiles: give and take, names folded, admin names not" {
	[ "$(one '{"add":{"group":["_support_admin","all fonts","_admin_Designers",
		"_product_admin_Adobe Fonts","designers"]}}')" = success ]
	[ "$(groups_of kim@example.com)" = \
		'_support_admin,Designers,_admin_Designers,_product_admin_Adobe Fonts,All Fonts' ]
	control GET manifest | grep -q 'role: support-administrator'
	[ "$(one '{"add":{"group":["_product_admin_adobe fonts"]}}')" = error.group.not_found ]
	[ "$(one '{"remove":{"group":["_support_admin","Designers"]}}')" = success ]
	[ "$(one '{"remove":"all"}')" = success ]
	[ -z "$(groups_of kim@example.com)" ]
	[ "$(code_of '[{"user":"jane@example.com","do":[{"remove":"all"}]}]')" = success ]
	[ "$(groups_of jane@example.com)" = _org_admin ]
}

@test "what is refused: the administrators' own group, storage, technical accounts" {
	[ "$(one '{"add":{"group":["_org_admin"]}}')" = error.group.not_found ]
	[ "$(one '{"add":{"group":["_storage_admin"]}}')" = error.group.not_found ]
	[ "$(code_of "[{\"user\":\"$EMAIL\",\"do\":[{\"add\":{\"group\":[\"All Fonts\"]}}]}]")" = \
		error.user.nonexistent ]
	[ -z "$(changes)" ]
	control PUT switches '{"org-admin-error":"illegal-entry","storage-group":"accept",
		"tech-action":"accept"}'
	[ "$(one '{"add":{"group":["_org_admin"]}}')" = error.command.illegal_entry ]
	[ "$(code_of "[{\"user\":\"$EMAIL\",
		\"do\":[{\"add\":{\"group\":[\"_storage_admin\",\"All Fonts\"]}}]}]")" = success ]
	[ "$(changes)" = 'grant.add technicalAccount/asset-archiver role/storage-administrator
grant.add technicalAccount/asset-archiver product/Adobe Fonts/All Fonts' ]
}

@test "users: create, update, remove" {
	new='{"email":"lee@example.com","firstname":"Lee","lastname":"Li","country":"DE"}'
	create() {
		code_of "[{\"user\":\"${2:-lee@example.com}\",\"do\":[{\"$1\":$new}]}]"
	}
	[ "$(create createFederatedID)" = success ]
	[ "$(create createFederatedID)" = error.user.already_in_org ]
	[ "$(create createEnterpriseID)" = error.user.type_mismatch ]
	[ "$(create addAdobeID)" = error.user.type_mismatch ]
	new='{"email":"lee@example.com","firstname":"Lea","lastname":"Li","country":"DE",
		"option":"updateIfAlreadyExists"}'
	[ "$(create createFederatedID)" = success ]
	umapi GET "organizations/$ORG/users/lee@example.com" | jq -e '.user.firstname == "Lea"'
	new='{"email":"lee@elsewhere.test","firstname":"Lee","lastname":"Li","country":"DE"}'
	[ "$(create createFederatedID)" = error.domain.trust.nonexistent ]
	new='{"email":"lee@elsewhere.test"}'
	[ "$(create addAdobeID lee@elsewhere.test)" = success ]
	update() {
		code_of "[{\"user\":\"$1\",\"do\":[{\"update\":$2}]}]"
	}
	[ "$(update lee@elsewhere.test '{"firstname":"X"}')" = error.update.adobeid.no ]
	[ "$(update lee@example.com '{"country":"FR"}')" = error.update.country.no_update ]
	[ "$(update lee@example.com '{"option":"x"}')" = error.command.update.option.no ]
	[ "$(update lee@example.com '{"email":"kim@example.com"}')" = error.user.email.name_in_use ]
	[ "$(update lee@example.com '{"email":"lee@other.test"}')" = \
		error.user.change_domain_update.no ]
	[ "$(update lee@example.com '{"email":"LEE@example.com"}')" = success ]
	umapi GET "organizations/$ORG/users/lee@example.com" |
		jq -e '.user.email == "lee@example.com"'
	[ "$(update lee@example.com '{"email":"li@example.com"}')" = success ]
	[ "$(update nobody@example.com '{"firstname":"X"}')" = error.user.nonexistent ]
	[ "$(code_of '[{"user":"li@example.com",
		"do":[{"removeFromOrg":{"deleteAccount":false}}]}]')" = success ]
	[ "$(code_of '[{"user":"LI@example.com","do":[{"removeFromOrg":{}}]}]')" = success ]
	control PUT switches '{"remove-unknown":"error"}'
	[ "$(code_of '[{"user":"li@example.com","do":[{"removeFromOrg":{}}]}]')" = \
		error.user.nonexistent ]
}

@test "letter case of e-mails, both ways" {
	[ "$(code_of '[{"user":"KIM@Example.com","do":[{"add":{"group":["Designers"]}}]}]')" = \
		success ]
	control PUT switches '{"email-match":"exact"}'
	[ "$(code_of '[{"user":"KIM@Example.com","do":[{"add":{"group":["Auditors"]}}]}]')" = \
		error.user.nonexistent ]
	[ "$(code_of '[{"user":"KIM@Example.com","do":[{"removeFromOrg":{}}]}]')" = success ]
	umapi GET "organizations/$ORG/users/kim@example.com" |
		jq -e '.user.email == "kim@example.com"'
}

@test "user groups" {
	group() {
		code_of "[{\"usergroup\":\"$1\",\"do\":[$2]}]"
	}
	[ "$(group Writers '{"createUserGroup":{"description":"w",
		"option":"ignoreIfAlreadyExists"}},{"add":{"user":["kim@example.com"],
		"productConfiguration":["All Fonts"]}}')" = success ]
	[ "$(group Writers '{"createUserGroup":{}}')" = error.usergroup.already_exists ]
	umapi GET "users/$ORG/0/All%20Fonts?directOnly=true" | jq -e '.users == []'
	umapi GET "users/$ORG/0/All%20Fonts?directOnly=false" |
		jq -e '[.users[].email] == ["kim@example.com"]'
	[ "$(group Writers '{"updateUserGroup":{"name":"Authors"}}')" = success ]
	[ "$(groups_of kim@example.com)" = Authors ]
	[ "$(group Writers '{"add":{"user":["kim@example.com"]}}')" = error.usergroup.not_found ]
	[ "$(group 'All Fonts' '{"add":{"user":["kim@example.com"]}}')" = \
		error.usergroup.not_found ]
	[ "$(group Authors '{"add":{"user":["none@example.com"]}}')" = error.user.nonexistent ]
	[ "$(group Authors '{"remove":{"productConfiguration":["All Fonts"]}}')" = success ]
	control POST groups '{"name":"Authors","readOnly":true}'
	[ "$(group Authors '{"updateUserGroup":{"name":"x"}}')" = \
		error.usergroup.readonly.update_not_allowed ]
	[ "$(group Authors '{"deleteUserGroup":{}}')" = \
		error.usergroup.readonly.remove_not_allowed ]
	[ "$(group Authors '{"remove":{"user":["kim@example.com"]}}')" = \
		error.usergroup.readonly.remove_user_not_allowed ]
	control POST groups '{"name":"Authors","readOnly":false}'
	[ "$(group Authors '{"deleteUserGroup":{}},{"add":{"user":["kim@example.com"]}}')" = \
		success ]
	[ "$(group Authors '{"deleteUserGroup":{}}')" = error.usergroup.not_found ]
	[ "$(group _bad '{"createUserGroup":{}}')" = error.group.invalid_name ]
}

@test "limits and malformed requests" {
	many() { # COUNT: a list of so many entries
		jq -nc --argjson n "$1" \
			'[range($n) | {user: "kim@example.com",
			do: [{add: {group: ["Designers"]}}]}]'
	}
	[ "$(code_of "$(many 10)")" = success ]
	[ "$(code_of "$(many 11)")" = error.command.malformed ]
	for body in '[]' '{}' 'nonsense' '"x"'; do
		[ "$(code_of "$body")" = error.command.malformed ]
	done
	[ "$(one "$(jq -nc '{add: {group: [range(11) | tostring]}}')")" = \
		error.command.add_remove.list_too_long ]
	[ "$(code_of "[{\"user\":\"kim@example.com\",\"do\":$(jq \
		-nc '[range(11) | {update: {}}]')}]")" = error.command.add_remove.list_too_long ]
	[ "$(one '{"add":{"group":"x"}}')" = error.command.add_remove.list_not_array ]
	[ "$(one '{"add":"x"}')" = error.command.add_remove.list ]
	[ "$(one '{"add":{}}')" = error.command.add_remove.missing_list ]
	[ "$(one '{"add":{"groups":["x"]}}')" = error.command.add_remove.key.unknown ]
	[ "$(one '{"add":{"group":[]}}')" = error.group.invalid_list ]
	[ "$(one '{"add":{"group":["Designers","designers"]}}')" = \
		error.command.add_remove.duplicate.usergroup_list ]
	[ "$(one '{"add":{"group":["Designers"],"group":["Auditors"]}}')" = \
		error.command.add_remove.duplicate.group_list ]
	[ "$(one '{"addRoles":{"admin":["org"]}}')" = error.command.step.unknown ]
	[ "$(one '{"removeFromOrg":{}},{"update":{}}')" = error.command.removefromorg.not_last ]
	[ "$(one '{"update":{}},{"addAdobeID":{"email":"kim@example.com"}}')" = \
		error.command.create.not_first ]
	[ "$(code_of '[{"do":[]}]')" = error.command.user_usergroup.missing ]
	[ "$(code_of '[{"user":1,"do":[]}]')" = error.command.string_expected ]
	[ "$(code_of '[{"user":"kim@example.com","do":{}}]')" = error.command.steps.malformed ]
	[ "$(code_of '[{"user":"kim@example.com","useAdobeID":"true","do":[]}]')" = \
		error.command.boolean_expected ]
	[ "$(code_of '[{"user":"kim","do":[]}]')" = error.command.domain.missing ]
	[ "$(code_of '[{"user":"kim@example.com","domain":"example.com","do":[]}]')" = \
		error.command.domain.must_be_used_with_nonemail_username ]
	control PUT switches '{"body-limit":20}'
	[ "$(code_of "$(many 1)")" = error.command.malformed ]
}

@test "partial success: index, step, request id" {
	action '[{"user":"kim@example.com","requestID":"a","do":[{"add":{"group":["Designers"]}}]},
		{"user":"joe.doe@example.com","requestID":"b","do":[{"add":{"group":["Auditors"]}},
		{"add":{"group":["Nope"]}}]}]' >result
	jq -e '. == {completed: 1, notCompleted: 1, completedInTestMode: 0, result: "partial",
		errors: [{index: 1, step: 1, requestID: "b", message: "Group Nope was not found",
		user: "joe.doe@example.com", errorCode: "error.group.not_found"}]}' result
	[ "$(groups_of joe.doe@example.com)" = Auditors ]
	control PUT switches '{"step-type":"text"}'
	action '[{"user":"no@example.com","do":[{"add":{"group":["Designers"]}}]}]' |
		jq -e '.errors[0].step == "0" and .result == "error"'
	action '[{"user":"kim@example.com","do":[{"add":{"product":["All Fonts"]}}]}]' |
		jq -e '.warnings[0].warningCode == "warning.command.deprecated"'
	control PUT switches '{"action-repeat":"error"}'
	[ "$(one '{"add":{"group":["All Fonts"]}}')" = error.user.already_exists ]
}

@test "test mode writes nothing" {
	new='[{"user":"lee@example.com",
		"do":[{"createFederatedID":{"email":"lee@example.com","firstname":"L",
		"lastname":"L","country":"DE"}},{"add":{"group":["All Fonts"]}}]}]'
	[ "$(code_of "$new" '?testOnly=true')" = error.user.not_found ]
	control PUT switches '{"test-mode-add":"documented"}'
	action "$new" '?testOnly=True' | jq \
		-e '. == {completed:0,notCompleted:0,completedInTestMode:1,result:"success"}'
	[ "$(code_of '[{"user":"who@example.com","do":[{"add":{"group":["None"]}}]}]' \
		'?testOnly=true')" = error.group.not_found ]
	[ -z "$(changes)" ]
}

@test "the deprecated calls" {
	umapi GET "$ORG/users?page=0" | jq \
		-e '.[0] | .email == "jane@example.com" and .userType == "federatedID" and
		.adminRoles == null'
	umapi GET "$ORG/user-groups?page=1" '' -D head |
		jq -e '[.[].name] == ["Designers","Auditors"] or
			[.[].name] == ["Auditors","Designers"]'
	grep -qi '^X-Page-Count: 1' head
	id=$(umapi GET "$ORG/user-groups" | jq '.[0].groupId')
	umapi GET "$ORG/user-groups/$id" |
		jq -e '.type == "USER_GROUP" and (.adminCount | type) == "string"'
	umapi GET "$ORG/user-groups/$id/users" | jq -e '. == []'
	umapi GET "$ORG/user-groups/1" | jq -e '.errorCode == "GROUP_NOT_FOUND"'
	product=$(umapi GET "$ORG/products" | jq -r '.[] | select(.name == "Adobe Fonts") | .id')
	profile=$(umapi GET "$ORG/products/$product/configurations" | jq -r '.[0].id')
	umapi POST "$ORG/products/$product/configurations/$profile" \
		'{"addUsers":["kim@example.com"]}' | jq -e '.userCount == 1'
	umapi GET "$ORG/products/$product/configurations/$profile/users" |
		jq -e '.[0].email == "kim@example.com"'
	umapi GET "$ORG/products/$product/configurations/1" | jq -e '.errorCode == "PLC_NOT_FOUND"'
}

@test "rate limits: real, by window, per client, in both forms" {
	control PUT rate-limits '{"rate_limits":"real"}'
	for n in 1 2 3 4 5; do
		[ "$(umapi GET "groups/$ORG/0" '' -o /dev/null -w '%{http_code}')" = 200 ]
	done
	umapi GET "groups/$ORG/0" '' -D head | jq -e '.error_code == "429050"'
	wait=$(sed -n 's/^Retry-After: \([0-9]*\).*/\1/Ip' head)
	[ "$wait" -ge 1 ] && [ "$wait" -le 60 ]
	control POST clock "{\"advance_ms\":${wait}000}"
	[ "$(umapi GET "groups/$ORG/0" '' -o /dev/null -w '%{http_code}')" = 200 ]
	control PUT switches '{"retry-after":"date"}'
	for n in 1 2 3 4; do umapi GET "groups/$ORG/0" >/dev/null; done
	umapi GET "groups/$ORG/0" '' -D head
	grep -qi '^Retry-After: [A-Z][a-z][a-z], [0-9][0-9] .* GMT' head
	control POST reset
	control PUT switches '{"frequency-throttle":"on","retry-after":"seconds"}'
	umapi GET "users/$ORG/0" >/dev/null
	umapi GET "users/$ORG/0" '' -D head >/dev/null
	[ "$(sed -n 's/^Retry-After: \([0-9]*\).*/\1/Ip' head)" -gt 1000 ]
	[ "$(umapi GET "organizations/$ORG/users/kim@example.com" '' -o /dev/null \
		-w '%{http_code}')" = 200 ]
}

@test "values of a new user" {
	control PUT switches '{"entries-limit":100}'
	state_becomes '.directories += [{domain: "enterprise.test", type: "enterpriseID"},
		{domain: "trusted.test", trusted: true},
		{domain: "login.test", byUsername: true}, {domain: "second.test"},
		{type: "federatedID"}, {domain: ""}]'
	local long named='"firstname":"A","lastname":"B"'
	long=$(printf '%0251d' 0)
	entries <<-END
		user a@example.com {"createFederatedID":"x"} -> error.command.create.object_expected
		user a@example.com {"addAdobeID":{"email":"a@free.test","nick":"A"}}
		  -> error.command.create.key.unknown
		user a@example.com {"addAdobeID":{"email":1}}
		  -> error.command.create.string_expected
		user a@example.com {"addAdobeID":{"email":"a@free.test","country":"DEU"}}
		  -> error.command.string.too_long String too long, field: country, max length 2
		user a@example.com {"addAdobeID":{"email":"a@free.test","lastname":"$long"}}
		  -> error.command.string.too_long
		user a@example.com {"addAdobeID":{}} -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":"none"}}
		  -> error.user.email.invalid Invalid email: none
		user a@example.com {"addAdobeID":{"email":"@free.test"}} -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":"a@b@free.test"}}
		  -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":"a@free"}} -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":"a@.test"}} -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":"a@free."}} -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":"a@free.test."}}
		  -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":"a@free.test-"}}
		  -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":"a.@free.test"}}
		  -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":".a@free.test"}}
		  -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":"a(b@free.test"}}
		  -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":"a@fr_ee.test"}}
		  -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":"${long:0:52}@free.test"}}
		  -> error.user.email.invalid
		user a@example.com {"addAdobeID":{"email":"${long:0:50}@free.test"}} -> success
		user o'z~9@free.test {"addAdobeID":{"email":"o'z~9@free.test"}} -> success
		user a@example.com {"createFederatedID":{"email":"a@example.com","lastname":"B",
		  "country":"DE"}} -> error.user.firstname_missing
		user a@example.com {"createFederatedID":{"email":"a@example.com","firstname":"A",
		  "country":"DE"}} -> error.user.lastname_missing
		user a@example.com {"createFederatedID":{"email":"a@example.com",$named}}
		  -> error.country.invalid
		user a@example.com {"createFederatedID":{"email":"a@example.com",$named,
		  "country":"UD"}} -> error.country.invalid
		user a@example.com {"createFederatedID":{"email":"a@example.com",$named,
		  "country":"D"}} -> error.country.invalid
		user a@example.com {"createFederatedID":{"email":"a@example.com",$named,
		  "country":"dE"}} -> error.country.invalid
		user a@example.com {"createFederatedID":{"email":"a@example.com",$named,
		  "country":"1E"}} -> error.country.invalid
		user a@example.com {"createFederatedID":{"email":"a@example.com",$named,
		  "country":"De"}} -> error.country.invalid
		user a@example.com {"createFederatedID":{"email":"a@example.com",$named,
		  "country":"D1"}} -> error.country.invalid Invalid country: D1
		user a@example.com {"createFederatedID":{"email":"a@example.com",$named,
		  "country":"DE","option":"x"}} -> error.option.illegal
		user e@enterprise.test {"createEnterpriseID":{"email":"e@enterprise.test",$named}}
		  -> success
		user f@enterprise.test {"createEnterpriseID":{"email":"f@enterprise.test",$named,
		  "country":"UD"}} -> success
		user t@trusted.test {"createFederatedID":{"email":"t@trusted.test",$named,
		  "country":"DE"}}
		  -> error.user.belongs_to_another_org Illegal to invite user from another
		  + organization's owned auth src
		user t@trusted.test {"addAdobeID":{"email":"t@trusted.test"}} -> success
		user u@login.test {"createFederatedID":{"email":"u@login.test",$named,
		  "country":"DE"}}
		  -> error.user.name.contains.email Username is invalid: u@login.test
		{"user":"uname","domain":"login.test","do":[{"createFederatedID":{
		  "email":"u@login.test",$named,"country":"DE"}}]} -> success
		{"user":"UNAME","domain":"LOGIN.test","do":[{"update":{"lastname":"Other"}}]}
		  -> success
		{"user":"uname","domain":"example.com","do":[{"update":{"lastname":"X"}}]}
		  -> error.user.nonexistent User Id does not exist: uname
		{"user":"other","domain":"login.test","do":[{"update":{"lastname":"X"}}]}
		  -> error.user.nonexistent
		user e@enterprise.test {"createEnterpriseID":{"email":"e@enterprise.test",
		  "firstname":"X","lastname":"Y","option":"ignoreIfAlreadyExists"}} -> success
	END
	control PUT switches '{"username-case":"upper"}'
	umapi GET "organizations/$ORG/users/o'z~9@free.test" |
		jq -e ".user.username == \"O'Z~9@FREE.TEST\""
	control DELETE switches
	umapi GET "organizations/$ORG/users/e@enterprise.test" |
		jq -e '.user | .firstname == "A" and .type == "enterpriseID"'
	umapi GET "organizations/$ORG/users/uname?domain=login.test" |
		jq -e '.user | .email == "u@login.test" and .lastname == "Other"'
	answers umapi <<-END
		GET | organizations/$ORG/users/uname?domain=example.com | | 404
		  | "result":"error.user.not_found","message":"User not found uname"
		GET | organizations/$ORG/users/nobody?domain=login.test | | 404
		  | "result":"error.user.not_found"
		GET | organizations/$ORG/users/t@trusted.test?domain=AdobeID | | 200
		  | "type":"adobeID"
		GET | organizations/$ORG/users/t@trusted.test?domain=trusted.test | | 200
		  | "type":"adobeID"
		GET | organizations/$ORG/users/kim@example.com?domain=adobeid | | 404
		  | "result":"error.user.not_found"
		GET | users/$ORG/0?domain=login.test | | 200 | "users":[{"email":"u@login.test"
		GET | users/$ORG/0?domain=second.test | | 200 | "users":[]
		GET | users/$ORG/0?domain=techacct.adobe.com | | 200 | "users":[]
		GET | users/$ORG/0?domain=free.example | | 404
		  | "result":"error.domain.trust.nonexistent"
	END
	[ "$(code_of '[{"user":"uname","domain":"login.test","do":[{"remove":"all"}]},
		{"user":"u@login.test","do":[{"removeFromOrg":{}}]}]')" = success ]
	[ "$(code_of '[{"user":"uname","domain":"login.test","do":[{"remove":"all"}]}]')" = \
		error.user.nonexistent ]
	[ "$(umapi GET "organizations/$ORG/users/uname?domain=login.test" '' -o /dev/null \
		-w '%{http_code}')" = 404 ]
}

@test "changes of a user" {
	control PUT switches '{"entries-limit":100}'
	state_becomes '.directories += [{domain: "enterprise.test", type: "enterpriseID"},
		{domain: "trusted.test", trusted: true},
		{domain: "second.test"}]'
	for domain in trusted unclaimed; do
		control POST users "{\"email\":\"p@$domain.test\"}" | jq -e .ok
	done
	control DELETE log
	entries '?testOnly=true' <<-'END'
		user kim@example.com {"update":{"lastname":"Tested"}} -> success
		user nobody@example.com {"update":{"lastname":"Tested"}} -> success
		user kim@example.com {"remove":"all"} -> success
		user kim@example.com {"removeFromOrg":{}} -> success
		user nobody@example.com {"removeFromOrg":{}} -> success
		group Designers {"updateUserGroup":{"name":"Tested"}} -> success
		group Designers {"add":{"user":["kim@example.com"],
		  "productConfiguration":["All Fonts"]}} -> success
		group Designers {"deleteUserGroup":{}} -> success
		group Designers {"createUserGroup":{}} -> success
		group New {"createUserGroup":{}},{"add":{"user":["kim@example.com"]}} -> success
		group New {"add":{"user":["kim@example.com"]}} -> error.usergroup.not_found
	END
	[ -z "$(changes)" ]
	entries <<-'END'
		user kim@example.com {"update":1} -> error.command.create.object_expected
		user kim@example.com {"update":{"phone":"1"}} -> error.command.create.key.unknown
		user p@trusted.test {"update":{"firstname":"X"}}
		  -> error.domain.trust.nonexistent Changes to users are only allowed in
		  + claimed domains.
		user p@unclaimed.test {"update":{"firstname":"X"}} -> error.domain.trust.nonexistent
		user kim@example.com {"update":{"email":"kim"}} -> error.user.email.invalid
		user kim@example.com {"update":{"email":"kim@enterprise.test"}}
		  -> error.user.change_domain_update.no
		user kim@example.com {"update":{}} -> success
		user kim@example.com {"update":{"lastname":"Li"}} -> success
		user kim@example.com {"update":{"lastname":"LI"}} -> success
		user kim@example.com {"update":{"username":"kim.li@example.com"}} -> success
		user kim@example.com {"update":{"email":"kim@second.test"}} -> success
		user kim@second.test {"removeFromOrg":"now"} -> error.command.object_not_empty
		user kim@second.test {"removeFromOrg":{"force":true}}
		  -> error.command.object_not_empty
		user kim@second.test {"removeFromOrg":{"deleteAccount":"yes"}}
		  -> error.command.object_not_empty
		user kim@second.test {"removeFromOrg":{"removedDomain":"second.test"}} -> success
	END
	[ "$(changes)" = 'user.update kim@example.com null
user.update kim@example.com null
user.rename kim@example.com kim@second.test
user.delete kim@second.test null' ]
}

@test "entries and steps that are none" {
	control PUT switches '{"entries-limit":100}'
	local long
	long=$(printf '%0256d' 0)
	entries <<-END
		1 -> error.command.illegal_entry
		{"user":"","do":[]} -> error.command.user_usergroup.missing
		{"user":"kim@example.com","usergroup":"Designers","do":[]}
		  -> error.command.illegal_entry
		{"user":"${long:0:251}","do":[]}
		  -> error.command.string.too_long String too long, field: user, max length 250
		{"user":"kim@example.com","requestID":1,"do":[]} -> error.command.string_expected
		{"user":"kim@example.com","domain":1,"do":[]}
		  -> error.command.domain.string_expected
		{"user":"kim@example.com","useAdobeID":true,"do":[]} -> success
		{"usergroup":"Designers","domain":"example.com","do":[]} -> success
		user kim@example.com 1 -> error.command.illegal_entry
		user kim@example.com {} -> error.command.illegal_entry
		user kim@example.com {"update":{},"add":{}} -> error.command.illegal_entry
		user kim@example.com {"update":{}},1,[1] -> error.command.illegal_entry
		user kim@example.com {"addAdobeID":{}},{"addAdobeID":{}}
		  -> error.command.create.more_than_one
		group Designers {"removeFromOrg":{}} -> error.command.step.unknown
		user kim@example.com {"remove":"none"} -> error.command.add_remove.list
		user kim@example.com {"remove":{"group":[1]}} -> error.group.invalid_list
		user kim@example.com {"add":{"group":["$long"]}}
		  -> error.command.add_remove.group_or_product_name_too_long
		user kim@example.com {"add":{"group":["_compartment_admin"]}}
		  -> error.group.not_found
		user kim@example.com {"add":{"group":["_compartment_viewer"]}}
		  -> error.group.not_found
		user kim@example.com {"add":{"product":["_support_admin"]}}
		  -> error.group.not_found Group _support_admin was not found
		user kim@example.com {"add":{"product":["Nothing"]}} -> error.group.not_found
		user kim@example.com {"add":{"group":["Designers"],"product":["All Fonts"],
		  "product":["Beta"]}} -> error.command.add_remove.duplicate.product_list
		group Designers {"add":{"user":["kim@example.com"],"user":["jane@example.com"]}}
		  -> error.command.add_remove.duplicate.user_list
		user kim@example.com {"add":{"usergroup":["Designers"],
		  "productConfiguration":["All Fonts"]}} -> success
		user nobody@example.com {"remove":"all"}
		  -> error.user.nonexistent User Id does not exist: nobody@example.com
	END
	[ "$(groups_of kim@example.com)" = 'Designers,All Fonts' ]
}

@test "steps of a user group" {
	control PUT switches '{"entries-limit":100}'
	control POST give \
		'{"email":"jane@example.com","role":"user-group-administrator","group":"Designers"}'
	entries <<-END
		group Writers {"createUserGroup":1} -> error.command.create.object_expected
		group Writers {"createUserGroup":{"name":"_writers"}} -> error.group.invalid_name
		group Writers {"createUserGroup":{"option":"x"}} -> error.option.illegal
		group Writers {"createUserGroup":{"name":"Authors","description":"who writes"}}
		  -> success
		group Authors {"createUserGroup":{"option":"ignoreIfAlreadyExists",
		  "description":"not taken"}} -> success
		group Authors {"createUserGroup":{"option":"updateIfAlreadyExists"}},{"add":{
		  "user":["kim@example.com"]}} -> success
		group Beta {"createUserGroup":{}} -> success
		group Writers {"updateUserGroup":{"name":"x"}}
		  -> error.usergroup.not_found User group Writers was not found
		group Writers {"deleteUserGroup":{}} -> error.usergroup.not_found
		group Authors {"updateUserGroup":1} -> error.command.create.object_expected
		group Authors {"updateUserGroup":{"name":"_authors"}} -> error.group.invalid_name
		group Authors {"updateUserGroup":{"name":"designers"}}
		  -> error.usergroup.already_exists
		group Authors {"updateUserGroup":{"name":"All Fonts"}} -> success
		group Authors {"updateUserGroup":{}} -> error.usergroup.not_found
		group Designers {"updateUserGroup":{"name":"Designers","description":"who draws"}}
		  -> success
		group Designers {"updateUserGroup":{"name":"Artists"}} -> success
		group Artists {"updateUserGroup":{"description":"$(printf '%0251d' 0)"}} -> success
		group Artists {"add":"kim@example.com"} -> error.command.add_remove.list
		group Artists {"add":{}} -> error.command.add_remove.missing_list
		group Artists {"add":{"group":["Auditors"]}} -> error.command.add_remove.key.unknown
		group Artists {"add":{"user":"kim@example.com"}}
		  -> error.command.add_remove.list_not_array
		group Artists {"add":{"productConfiguration":["Auditors"]}} -> error.group.not_found
		group Artists {"add":{"productConfiguration":["Nothing"]}}
		  -> error.group.not_found Group Nothing was not found
		group Artists {"add":{"user":["kim@example.com"],
		  "productConfiguration":["Default"]}} -> success
		group Artists {"remove":{"user":["kim@example.com"],
		  "productConfiguration":["Default"]}} -> success
	END
	control GET state | jq -e '.groups | map({(.name): .description}) | add
		| .["All Fonts"] == "who writes" and (.Artists | length == 251)'
	[ "$(groups_of jane@example.com)" = _org_admin,_admin_Artists ]
	control PUT switches '{"action-repeat":"error"}'
	control POST groups '{"name":"Auditors","readOnly":true}'
	entries <<-'END'
		user kim@example.com {"remove":{"group":["Artists"]}}
		  -> error.group.remove_failed remove [kim@example.com] to product group
		  + Artists failed: 
		user kim@example.com {"add":{"group":["Auditors"]}}
		  -> error.usergroup.readonly.add_user_not_allowed User cannot be added to
		  + group as owned by another org and readonly: Auditors
		user kim@example.com {"remove":{"group":["Auditors"]}}
		  -> error.usergroup.readonly.remove_user_not_allowed User cannot be removed
		  + from group as owned by another org and readonly: Auditors
		group Auditors {"add":{"user":["kim@example.com"]}}
		  -> error.usergroup.readonly.add_user_not_allowed
		group Auditors {"remove":{"user":["kim@example.com"]}}
		  -> error.usergroup.readonly.remove_user_not_allowed
		group Auditors {"updateUserGroup":{"name":"x"}}
		  -> error.usergroup.readonly.update_not_allowed Usergroup is owned by another
		  + org and readonly: Auditors
		group Auditors {"deleteUserGroup":{}}
		  -> error.usergroup.readonly.remove_not_allowed User group owned by another
		  + organization. Remove not allowed: Auditors
		group Auditors {"add":{"productConfiguration":["Default"]}} -> success
		group Auditors {"add":{"productConfiguration":["Default"]}}
		  -> error.user.already_exists
		group Artists {"add":{"user":["kim@example.com"]}} -> success
		group Artists {"add":{"user":["kim@example.com"]}} -> error.user.already_exists
		group Artists {"deleteUserGroup":{}} -> success
	END
	changes | grep -Fx \
		'grant.remove user/jane@example.com role/user-group-administrator/Artists'
}

@test "technical accounts in actions, when they are taken" {
	control PUT switches '{"tech-action":"accept"}'
	control DELETE log
	entries <<-END
		user $EMAIL {"remove":"all"} -> success
		user $EMAIL {"add":{"group":["Designers"]}} -> success
		user nobody@example.com {"remove":"all"} -> error.user.nonexistent
	END
	[ "$(changes)" = \
		'grant.remove technicalAccount/asset-archiver product/Creative Cloud Enterprise/Storage' ]
}

@test "what a read is asked" {
	control POST groups '{"name":"Team ~ {One}","add":["kim@example.com","jane@example.com"]}'
	control POST users '{"email":"kim@example.com","firstname":"","lastname":"","country":""}'
	id=$(umapi GET "groups/$ORG/0" | jq \
		'.groups[] | select(.groupName == "All Fonts") | .groupId')
	control POST \
		give '{"email":"kim@example.com","product":"Adobe Fonts","profile":"All Fonts"}'
	answers umapi <<-END
		GET | users/@AdobeOrg/0 | | 400
		  | {"result":"error.organization.invalid_id","message":"Bad organization Id"}
		GET | users/123@Adobe/0 | | 400 | "result":"error.organization.invalid_id"
		GET | users/$ORG/12345678901 | | 400
		  | {"errorMessage":"For input string: \"12345678901\""}
		GET | users/$ORG/-1/Designers | | 400 | {"errorMessage":"For input string: \"-1\""}
		GET | groups/$ORG/x | | 400 | {"errorMessage":"For input string: \"x\""}
		GET | users/$ORG/0/$id?status=active | | 200 | "users":[{"email":"kim@example.com"
		GET | users/$ORG/0/All%20Fonts?status=inactive | | 200 | "users":[]
		GET | users/$ORG/0/Team%20~%20%7BOne%7D?status=inactive | | 200
		  | "email":"kim@example.com","status":"active","groups":["Team ~ {One}",
		  "All Fonts"],"username":"kim@example.com","domain":"example.com",
		  "type":"federatedID"}]
		GET | users/$ORG/0/Team%20~%20%7BOne%7D?excludeGroups=TRUE | | 200
		  | "email":"kim@example.com","status":"active","username"
		GET | organizations/$ORG/users/a+b@example.com | | 404
		  | "message":"User not found a+b@example.com"
		GET | users/$ORG/0/All%20Fonts?directOnly=maybe | | 200
		  | "users":[{"email":"kim@example.com"
		GET | users/$ORG/0/.%20x | | 404
		  | {"lastPage":false,"result":"error.group.not_found","message":"Not found: "}
		GET | action/$ORG | | 405 | Method not allowed
		DELETE | $ORG/users | | 405 | Method not allowed
		GET | nothing/$ORG/to/be/found | | 404 | Not found
		GET | users/$ORG//0 | | 404 | Not found
	END
	typed() { # HEADER: the status with that Content-Type
		curl -sS --max-time 20 "$URL/v2/usermanagement/users/$ORG/0" \
			-H "Authorization: Bearer $SERVICE" \
			-H "X-Api-Key: $CLIENT" -H "$1" -o /dev/null -w '%{http_code}'
	}
	[ "$(typed 'Content-Type: text/plain')" = 415 ]
	[ "$(typed 'Content-Type;')" = 200 ]
	[ "$(typed 'X-Other: text/plain')" = 200 ]
	control PUT switches '{"users-page-size":0,"name-case":"upper"}'
	umapi GET "users/$ORG/1" '' -D head | jq -e '.lastPage == false'
	grep -qi '^X-Page-Count: 4' head
	umapi GET "users/$ORG/0/team%20~%20%7Bone%7D" | jq -e '.groupName == "TEAM ~ {ONE}"'
}

@test "the deprecated calls: pages, refusals, changes of a profile" {
	change() { # BODY: status and users of the profile
		umapi POST "$ORG/products/$product/configurations/$profile" "$1" -w ' %{http_code}'
	}
	product=$(umapi GET "$ORG/products" | jq -r '.[] | select(.name == "Adobe Express") | .id')
	profile=$(umapi GET "$ORG/products/$product/configurations" |
		jq -r '.[] | select(.name == "Beta") | .id')
	group=$(umapi GET "$ORG/user-groups" | jq '.[] | select(.name == "Designers") | .groupId')
	control PUT switches '{"users-page-size":1,"tech-list":"absent"}'
	answers umapi <<-END
		GET | $ORG/users?page=-3 | | 200 | jane@example.com
		GET | $ORG/users?page=2 | | 200 | kim@example.com
		GET | $ORG/users?page=99999999 | | 200 | kim@example.com
		GET | $ORG/user-groups?page=0 | | 200 | "name":"Designers"
		GET | $ORG/user-groups/1/users | | 404
		  | {"errorMessage":"GROUP_NOT_FOUND","errorCode":"GROUP_NOT_FOUND"}
		GET | $ORG/user-groups/$profile | | 404 | "errorCode":"GROUP_NOT_FOUND"
		GET | $ORG/products/none/configurations | | 404 | "errorCode":"PRODUCT_NOT_FOUND"
		GET | $ORG/products/none/configurations/$profile | | 404
		  | {"errorMessage":"PLC_NOT_FOUND","errorCode":"PLC_NOT_FOUND"}
		GET | $ORG/products/$product/configurations/1/users | | 404
		  | "errorCode":"PLC_NOT_FOUND"
		POST | $ORG/products/$product/configurations/1 | {} | 404
		  | "errorCode":"PLC_NOT_FOUND"
		POST | $ORG/products/$product/configurations/$profile
		  | {"addUsers":["nobody@example.com"]} | 404 | "errorCode":"USER_NOT_FOUND"
		POST | $ORG/products/$product/configurations/$profile | {"addUsers":[1]} | 404
		  | "errorCode":"USER_NOT_FOUND"
		POST | $ORG/products/$product/configurations/$profile | {"addUserGroups":["Nobody"]}
		  | 404 | "errorCode":"USER_NOT_FOUND"
		POST | $ORG/products/$product/configurations/$profile
		  | {"addUsers":["kim@example.com"],"addAdminUsers":["kim@example.com"]} | 200
		  | "userCount":1,"adminCount":1
		POST | $ORG/products/$product/configurations/$profile
		  | {"removeUsers":["kim@example.com"],"removeAdminUsers":["kim@example.com"],
		  "addUserGroups":["Designers"]} | 200 | "userCount":0,"adminCount":0
	END
	changes | grep -Fx 'grant.add group/Designers product/Adobe Express/Beta'
	control POST profiles '{"product":"Adobe Express","profile":"Beta","absent":true}'
	umapi GET "$ORG/products" | jq -e \
		'.[] | select(.name == "Adobe Express") | .configurationCount == 1'
	umapi GET "$ORG/products/$product/configurations" | jq -e 'map(.name) == ["Default"]'
	umapi GET "$ORG/user-groups/$group/users?page=5" | jq -e '. == []'
	control PUT switches '{"tech-list":"shown","users-page-size":9}'
	umapi GET "$ORG/users" | jq -e --arg id "$ACCOUNT_ID" \
		'.[] | select(.id == $id) | .userType == "unknown"'
}

# shown FILTER: of the users that a list shows.
shown() {
	umapi GET "users/$ORG/0" | jq -r "$1"
}

@test "what answers may be like is turned by switches" {
	control POST give '{"email":"jane@example.com","role":"support-administrator"}' >put
	control POST \
		give '{"email":"jane@example.com","product":"Adobe Express","profile":"Beta"}' >put
	local jane='.users[] | select(.email == "jane@example.com")'
	[ "$(shown "$jane | .groups | sort | join(\",\")")" = Beta,_org_admin,_support_admin ]
	control PUT switches '{"admin-name-case":"upper"}' >put
	[ "$(shown "$jane | .groups | sort | join(\",\")")" = Beta,_ORG_ADMIN,_SUPPORT_ADMIN ]
	control PUT switches '{"admin-name-case":"keep","hide":"support"}' >put
	[ "$(shown "$jane | .groups | sort | join(\",\")")" = Beta,_org_admin ]
	control PUT switches '{"hide":"profiles"}' >put
	[ "$(shown "$jane | .groups | sort | join(\",\")")" = _org_admin,_support_admin ]
	control PUT switches '{"hide":"none","name-tail":"blank"}' >put
	[ "$(shown "$jane | .groups | sort | join(\",\")")" = 'Beta ,_org_admin,_support_admin' ]
	[ "$(umapi GET "groups/$ORG/0" | jq \
		-r '[.groups[] | select(.type == "USER_GROUP").groupName] | join(",")')" = \
		'Designers ,Auditors ' ]
	action '[{"user":"jane@example.com","do":[{"remove":{"group":["Beta "]}}]}]' |
		jq -e '.completed == 1'
	control DELETE switches >put
	[ "$(shown "$jane | .groups | sort | join(\",\")")" = _org_admin,_support_admin ]
	[ "$(shown "$jane | has(\"country\")")" = true ]
	control PUT switches '{"country":"missing","error-user":"missing"}' >put
	[ "$(shown "$jane | has(\"country\")")" = false ]
	action '[{"user":"nobody@example.com","do":[{"add":{"group":["Beta"]}}]}]' |
		jq -e '.errors[0] | has("user") | not'
	control DELETE switches >put
	action '[{"user":"nobody@example.com","do":[{"add":{"group":["Beta"]}}]}]' |
		jq -e '.errors[0].user == "nobody@example.com"'
}

@test "pages contradict themselves when they are told to" {
	local word total count current last
	while read -r word total count current last; do
		control PUT switches "{\"page-headers\":\"$word\"}" >put
		umapi GET "users/$ORG/0" '' -D head.txt >body
		tr -d '\r' <head.txt | grep -qi "^X-Total-Count: $total\$"
		tr -d '\r' <head.txt | grep -qi "^X-Page-Count: $count\$"
		tr -d '\r' <head.txt | grep -qi "^X-Current-Page: $current\$"
		[ "$(jq .lastPage body)" = "$last" ]
	done <<-'END'
		true 4 1 0 true
		more 4 2 0 true
		fewer 4 0 0 true
		other 4 1 1 true
		low-total 0 1 0 true
		high-total 13 1 0 true
		not-last 4 1 0 false
	END
}

@test "each kind of read can lag by itself" {
	local kind
	for kind in users groups; do
		control DELETE switches >put
		control POST reset '{}' >put
		control PUT switches "{\"lag-$kind-ms\":\"900000\"}" >put
		control POST give '{"email":"kim@example.com","role":"support-administrator"}' >put
		{
			shown '.users[] | select(.email == "kim@example.com") |
				"users " +
				((.groups // []) | index("_support_admin") != null | tostring)'
			umapi GET "groups/$ORG/0" | jq \
				-r '.groups[] | select(.type == "SUPPORT_ADMIN_GROUP") |
				"groups " + (.memberCount > 0 | tostring)'
		} >fresh
		[ "$(grep "^$kind" fresh)" = "$kind false" ]
		[ "$(grep -c true fresh)" = 1 ]
	done
	control DELETE switches >put
	control PUT switches '{"lag-projects-ms":"900000"}' >put
	org POST projects '{"name":"Late","title":"Late","type":"default"}' >made
	[ "$(org GET projects | jq '[.[] | select(.title == "Late")] | length')" = 0 ]
	control PUT switches '{"lag-projects-ms":"0"}' >put
	[ "$(org GET projects | jq '[.[] | select(.title == "Late")] | length')" = 1 ]
}

@test "useAdobeID finds no entry of another type, unless the service is like that" {
	action='[{"user":"kim@example.com","useAdobeID":true,
		"do":[{"add":{"group":["Designers"]}}]}]'
	[ "$(code_of "$action")" = error.user.nonexistent ]
	control PUT switches '{"adobe-id-only":"off"}'
	[ "$(code_of "$action")" = success ]
}

@test "an address may have an Adobe ID beside another entry" {
	control POST users '{"email":"adobeID:jane@example.com","type":"adobeID"}' >put
	control POST give '{"email":"adobeID:jane@example.com","role":"support-administrator"}' >put
	[ "$(shown '[.users[] | select(.email == "jane@example.com").type] | sort | join(",")')" = \
		adobeID,federatedID ]
	[ "$(umapi GET "organizations/$ORG/users/jane@example.com" | jq -r .user.type)" = \
		federatedID ]
	[ "$(umapi GET "organizations/$ORG/users/jane@example.com?domain=AdobeID" |
		jq -r .user.type)" = adobeID ]
	action '[{"user":"jane@example.com","do":[{"remove":{"group":["_support_admin"]}}]}]' |
		jq -e '.completed == 1'
	control GET grants | jq -e 'any(.name == "adobeID:jane@example.com")'
	action '[{"user":"jane@example.com","useAdobeID":true,
		"do":[{"remove":{"group":["_support_admin"]}}]}]' |
		jq -e '.completed == 1'
	control GET grants | jq -e 'any(.name == "adobeID:jane@example.com") | not'
}
