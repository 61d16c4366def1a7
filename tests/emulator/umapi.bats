#!/usr/bin/env bats
# The User Management API.
# shellcheck disable=SC2030,SC2031,SC2034,SC2059,SC2119,SC2120,SC2153 # variables of the helper; a test is a subshell

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
	action "$1" "${2:-}" | jq -r 'if .errors then [.errors[].errorCode] | join(",") else .result // .error_code end'
}

one() { # STEP: the code when kim does it
	code_of "[{\"user\":\"kim@example.com\",\"do\":[$1]}]"
}

@test "who may call" {
	call() {
		curl -sS --max-time 20 "$URL/v2/usermanagement/users/$1/0" "${@:2}"
	}
	call "$ORG" -H "Authorization: Bearer $SERVICE" | jq -e '.error_code == "403000"'
	call "$ORG" -H "Authorization: Bearer $SERVICE" -H 'X-Api-Key: x' | jq -e '.error_code == "403003"'
	call "$ORG" -D head -H "X-Api-Key: $CLIENT" | jq -e '.error_code == "401013"'
	grep -q '^WWW-Authenticate: Bearer realm="JIL"' head
	call nonsense -H "Authorization: Bearer $SERVICE" -H "X-Api-Key: $CLIENT" | jq -e '.result == "error.organization.invalid_id"'
	call ABC@AdobeOrg -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $SERVICE" -H "X-Api-Key: $CLIENT" | grep -q 401
	SERVICE=$(service_token openid)
	umapi GET "users/$ORG/0" | jq -e '.error_code == "403011"'
	control PUT switches '{"auth-body":"empty"}'
	[ -z "$(umapi GET "users/$ORG/0")" ]
	curl -sS "$URL/status" | jq -e '.state == "LIVE"'
}

@test "a list: paging headers, technical accounts hidden but counted, headers twice" {
	umapi GET "users/$ORG/0" '' -D head -H 'X-Request-Id: abc_1' >page
	jq -e '[.users[].email] == ["jane@example.com","Joe.Doe@example.com","kim@example.com"] and .lastPage' page
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
	[ "$(umapi GET "users/$ORG/0?domain=nowhere.example" '' -o /dev/null -w '%{http_code}')" = 404 ]
}

@test "pages: sizes, beyond the last, repeated" {
	control PUT switches '{"users-page-size":1,"groups-page-size":5}'
	for n in 0 1 2 3; do
		umapi GET "users/$ORG/$n"
	done | jq -se '[.[].users | length] | add == 3 and (map(.) | length) == 4'
	umapi GET "users/$ORG/9" '' -D head | jq -e '.lastPage and .result == "success"'
	grep -qi '^X-Current-Page: 3' head
	umapi GET "groups/$ORG/99" | jq -e '.result == "Not found" and .lastPage and has("groups") == false'
	control PUT switches '{"users-out-of-range":"empty","groups-out-of-range":"last"}'
	umapi GET "users/$ORG/9" | jq -e '.users == []'
	umapi GET "groups/$ORG/99" | jq -e '.groups | length > 0'
	umapi GET "users/$ORG/x" | jq -e '.errorMessage == "For input string: \"x\""'
}

@test "groups of every type, by name and by number" {
	umapi GET "groups/$ORG/0" >groups
	jq -e '[.groups[].type] | unique | length == 9' groups
	jq -e '.groups[] | select(.type == "SYSADMIN_GROUP") | .groupName == "Administrators" and .memberCount == 1' groups
	jq -e '.groups[] | select(.groupName == "All Fonts") | .productName == "Adobe Fonts" and (.licenseQuota | type) == "string"' groups
	jq -e '[.groups[].groupId] | length == (unique | length)' groups
	umapi GET "users/$ORG/0/_org_admin" | jq -e '.groupName == "_org_admin" and .users[0].email == "jane@example.com"'
	id=$(jq '.groups[] | select(.groupName == "Designers") | .groupId' groups)
	umapi GET "users/$ORG/0/$id" | jq -e '.groupName == "Designers" and .users == []'
	umapi GET "users/$ORG/0/None" | jq -e '.result == "error.group.not_found" and .lastPage == false'
	control POST groups '{"name":"Dot. Name/Slash","add":["kim@example.com"]}'
	umapi GET "users/$ORG/0/Dot.%20Name%2FSlash" | jq -e '.result == "error.group.not_found"'
	control POST groups '{"name":"A/B","add":["kim@example.com"]}'
	umapi GET "users/$ORG/0/A/B" | jq -e '.users | length == 1'
}

@test "one user" {
	umapi GET "organizations/$ORG/users/JOE.DOE@example.com" | jq -e '.user | .email == "Joe.Doe@example.com" and has("groups") == false'
	umapi GET "organizations/$ORG/users/none@example.com" | jq -e '.result == "error.user.not_found" and .message == "User not found none@example.com"'
	[ "$(umapi GET "organizations/$ORG/users/$EMAIL" '' -o /dev/null -w '%{http_code}')" = 404 ]
	control PUT switches '{"tech-get":"shown","name-case":"upper","username-case":"upper"}'
	umapi GET "organizations/$ORG/users/$EMAIL" | jq -e '.user.email == ($email | ascii_upcase)' --arg email "$EMAIL"
	umapi GET "organizations/$ORG/users/kim@example.com" | jq -e '.user.email == "KIM@EXAMPLE.COM"'
}

@test "roles and profiles: give and take, names folded, admin names not" {
	[ "$(one '{"add":{"group":["_support_admin","all fonts","_admin_Designers","_product_admin_Adobe Fonts","designers"]}}')" = success ]
	[ "$(groups_of kim@example.com)" = '_support_admin,Designers,_admin_Designers,_product_admin_Adobe Fonts,All Fonts' ]
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
	[ "$(code_of "[{\"user\":\"$EMAIL\",\"do\":[{\"add\":{\"group\":[\"All Fonts\"]}}]}]")" = error.user.nonexistent ]
	[ -z "$(changes)" ]
	control PUT switches '{"org-admin-error":"illegal-entry","storage-group":"accept","tech-action":"accept"}'
	[ "$(one '{"add":{"group":["_org_admin"]}}')" = error.command.illegal_entry ]
	[ "$(code_of "[{\"user\":\"$EMAIL\",\"do\":[{\"add\":{\"group\":[\"_storage_admin\",\"All Fonts\"]}}]}]")" = success ]
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
	new='{"email":"lee@example.com","firstname":"Lea","lastname":"Li","country":"DE","option":"updateIfAlreadyExists"}'
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
	[ "$(update lee@example.com '{"email":"lee@other.test"}')" = error.user.change_domain_update.no ]
	[ "$(update lee@example.com '{"email":"LEE@example.com"}')" = success ]
	umapi GET "organizations/$ORG/users/lee@example.com" | jq -e '.user.email == "lee@example.com"'
	[ "$(update lee@example.com '{"email":"li@example.com"}')" = success ]
	[ "$(update nobody@example.com '{"firstname":"X"}')" = error.user.nonexistent ]
	[ "$(code_of '[{"user":"li@example.com","do":[{"removeFromOrg":{"deleteAccount":false}}]}]')" = success ]
	[ "$(code_of '[{"user":"LI@example.com","do":[{"removeFromOrg":{}}]}]')" = success ]
	control PUT switches '{"remove-unknown":"error"}'
	[ "$(code_of '[{"user":"li@example.com","do":[{"removeFromOrg":{}}]}]')" = error.user.nonexistent ]
}

@test "letter case of e-mails, both ways" {
	[ "$(code_of '[{"user":"KIM@Example.com","do":[{"add":{"group":["Designers"]}}]}]')" = success ]
	control PUT switches '{"email-match":"exact"}'
	[ "$(code_of '[{"user":"KIM@Example.com","do":[{"add":{"group":["Auditors"]}}]}]')" = error.user.nonexistent ]
	[ "$(code_of '[{"user":"KIM@Example.com","do":[{"removeFromOrg":{}}]}]')" = success ]
	umapi GET "organizations/$ORG/users/kim@example.com" | jq -e '.user.email == "kim@example.com"'
}

@test "user groups" {
	group() {
		code_of "[{\"usergroup\":\"$1\",\"do\":[$2]}]"
	}
	[ "$(group Writers '{"createUserGroup":{"description":"w","option":"ignoreIfAlreadyExists"}},{"add":{"user":["kim@example.com"],"productConfiguration":["All Fonts"]}}')" = success ]
	[ "$(group Writers '{"createUserGroup":{}}')" = error.usergroup.already_exists ]
	umapi GET "users/$ORG/0/All%20Fonts?directOnly=true" | jq -e '.users == []'
	umapi GET "users/$ORG/0/All%20Fonts?directOnly=false" | jq -e '[.users[].email] == ["kim@example.com"]'
	[ "$(group Writers '{"updateUserGroup":{"name":"Authors"}}')" = success ]
	[ "$(groups_of kim@example.com)" = Authors ]
	[ "$(group Writers '{"add":{"user":["kim@example.com"]}}')" = error.usergroup.not_found ]
	[ "$(group 'All Fonts' '{"add":{"user":["kim@example.com"]}}')" = error.usergroup.not_found ]
	[ "$(group Authors '{"add":{"user":["none@example.com"]}}')" = error.user.nonexistent ]
	[ "$(group Authors '{"remove":{"productConfiguration":["All Fonts"]}}')" = success ]
	control POST groups '{"name":"Authors","readOnly":true}'
	[ "$(group Authors '{"updateUserGroup":{"name":"x"}}')" = error.usergroup.readonly.update_not_allowed ]
	[ "$(group Authors '{"deleteUserGroup":{}}')" = error.usergroup.readonly.remove_not_allowed ]
	[ "$(group Authors '{"remove":{"user":["kim@example.com"]}}')" = error.usergroup.readonly.remove_user_not_allowed ]
	control POST groups '{"name":"Authors","readOnly":false}'
	[ "$(group Authors '{"deleteUserGroup":{}},{"add":{"user":["kim@example.com"]}}')" = success ]
	[ "$(group Authors '{"deleteUserGroup":{}}')" = error.usergroup.not_found ]
	[ "$(group _bad '{"createUserGroup":{}}')" = error.group.invalid_name ]
}

@test "limits and malformed requests" {
	many() { # COUNT: a list of so many entries
		jq -nc --argjson n "$1" '[range($n) | {user: "kim@example.com", do: [{add: {group: ["Designers"]}}]}]'
	}
	[ "$(code_of "$(many 10)")" = success ]
	[ "$(code_of "$(many 11)")" = error.command.malformed ]
	for body in '[]' '{}' 'nonsense' '"x"'; do
		[ "$(code_of "$body")" = error.command.malformed ]
	done
	[ "$(one "$(jq -nc '{add: {group: [range(11) | tostring]}}')")" = error.command.add_remove.list_too_long ]
	[ "$(code_of "[{\"user\":\"kim@example.com\",\"do\":$(jq -nc '[range(11) | {update: {}}]')}]")" = error.command.add_remove.list_too_long ]
	[ "$(one '{"add":{"group":"x"}}')" = error.command.add_remove.list_not_array ]
	[ "$(one '{"add":"x"}')" = error.command.add_remove.list ]
	[ "$(one '{"add":{}}')" = error.command.add_remove.missing_list ]
	[ "$(one '{"add":{"groups":["x"]}}')" = error.command.add_remove.key.unknown ]
	[ "$(one '{"add":{"group":[]}}')" = error.group.invalid_list ]
	[ "$(one '{"add":{"group":["Designers","designers"]}}')" = error.command.add_remove.duplicate.usergroup_list ]
	[ "$(one '{"add":{"group":["Designers"],"group":["Auditors"]}}')" = error.command.add_remove.duplicate.group_list ]
	[ "$(one '{"addRoles":{"admin":["org"]}}')" = error.command.step.unknown ]
	[ "$(one '{"removeFromOrg":{}},{"update":{}}')" = error.command.removefromorg.not_last ]
	[ "$(one '{"update":{}},{"addAdobeID":{"email":"kim@example.com"}}')" = error.command.create.not_first ]
	[ "$(code_of '[{"do":[]}]')" = error.command.user_usergroup.missing ]
	[ "$(code_of '[{"user":1,"do":[]}]')" = error.command.string_expected ]
	[ "$(code_of '[{"user":"kim@example.com","do":{}}]')" = error.command.steps.malformed ]
	[ "$(code_of '[{"user":"kim@example.com","useAdobeID":"true","do":[]}]')" = error.command.boolean_expected ]
	[ "$(code_of '[{"user":"kim","do":[]}]')" = error.command.domain.missing ]
	[ "$(code_of '[{"user":"kim@example.com","domain":"example.com","do":[]}]')" = error.command.domain.must_be_used_with_nonemail_username ]
	control PUT switches '{"body-limit":20}'
	[ "$(code_of "$(many 1)")" = error.command.malformed ]
}

@test "partial success: index, step, request id" {
	action '[{"user":"kim@example.com","requestID":"a","do":[{"add":{"group":["Designers"]}}]},
		{"user":"joe.doe@example.com","requestID":"b","do":[{"add":{"group":["Auditors"]}},{"add":{"group":["Nope"]}}]}]' >result
	jq -e '. == {completed:1,notCompleted:1,completedInTestMode:0,result:"partial",errors:[{index:1,step:1,requestID:"b",
		message:"Group Nope was not found",user:"joe.doe@example.com",errorCode:"error.group.not_found"}]}' result
	[ "$(groups_of joe.doe@example.com)" = Auditors ]
	control PUT switches '{"step-type":"text"}'
	action '[{"user":"no@example.com","do":[{"add":{"group":["Designers"]}}]}]' | jq -e '.errors[0].step == "0" and .result == "error"'
	action '[{"user":"kim@example.com","do":[{"add":{"product":["All Fonts"]}}]}]' | jq -e '.warnings[0].warningCode == "warning.command.deprecated"'
	control PUT switches '{"action-repeat":"error"}'
	[ "$(one '{"add":{"group":["All Fonts"]}}')" = error.user.already_exists ]
}

@test "test mode writes nothing" {
	new='[{"user":"lee@example.com","do":[{"createFederatedID":{"email":"lee@example.com","firstname":"L","lastname":"L","country":"DE"}},{"add":{"group":["All Fonts"]}}]}]'
	[ "$(code_of "$new" '?testOnly=true')" = error.user.not_found ]
	control PUT switches '{"test-mode-add":"documented"}'
	action "$new" '?testOnly=True' | jq -e '. == {completed:0,notCompleted:0,completedInTestMode:1,result:"success"}'
	[ "$(code_of '[{"user":"who@example.com","do":[{"add":{"group":["None"]}}]}]' '?testOnly=true')" = error.group.not_found ]
	[ -z "$(changes)" ]
}

@test "the deprecated calls" {
	umapi GET "$ORG/users?page=0" | jq -e '.[0] | .email == "jane@example.com" and .userType == "federatedID" and .adminRoles == null'
	umapi GET "$ORG/user-groups?page=1" '' -D head | jq -e '[.[].name] == ["Designers","Auditors"] or [.[].name] == ["Auditors","Designers"]'
	grep -qi '^X-Page-Count: 1' head
	id=$(umapi GET "$ORG/user-groups" | jq '.[0].groupId')
	umapi GET "$ORG/user-groups/$id" | jq -e '.type == "USER_GROUP" and (.adminCount | type) == "string"'
	umapi GET "$ORG/user-groups/$id/users" | jq -e '. == []'
	umapi GET "$ORG/user-groups/1" | jq -e '.errorCode == "GROUP_NOT_FOUND"'
	product=$(umapi GET "$ORG/products" | jq -r '.[] | select(.name == "Adobe Fonts") | .id')
	profile=$(umapi GET "$ORG/products/$product/configurations" | jq -r '.[0].id')
	umapi POST "$ORG/products/$product/configurations/$profile" '{"addUsers":["kim@example.com"]}' | jq -e '.userCount == 1'
	umapi GET "$ORG/products/$product/configurations/$profile/users" | jq -e '.[0].email == "kim@example.com"'
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
	[ "$(umapi GET "organizations/$ORG/users/kim@example.com" '' -o /dev/null -w '%{http_code}')" = 200 ]
}
