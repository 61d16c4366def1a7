#!/usr/bin/env bats
# The Developer Console: what Adobe's own client does not show (see tests/conformance/npm/console.test.mjs for the rest).
# shellcheck disable=SC2030,SC2031,SC2034,SC2059,SC2119,SC2120,SC2153 # variables of the helper; a test is a subshell

setup() {
	load helper
	emulator_setup
	emulator_start --rate-limits off
	credential asset-archiver
	OAUTH=credentials/oauth-server-to-server
}

teardown() {
	emulator_stop
}

code() { # of the developer's call
	status_of "$1" "$URL/console/$2" "${3:-}" -H "Authorization: Bearer $TOKEN" -H 'x-api-key: aio-cli-console-auth'
}

licence() { # PROFILE: the item that selects it
	org GET services | jq -c --arg name "$1" '[.[] | select(.type == "entp") | .code as $code
		| .properties.licenseConfigs // [] | .[] | select(.name == $name)
		| {sdkCode: $code, roles: null, licenseConfigs: [{op: "add", id, productId}]}][0]'
}

put() {
	org PUT "$OAUTH/$CREDENTIAL/services" "$1"
}

selected() { # CODE
	org GET "integrations/entp/$CREDENTIAL/service/$1/properties" | jq -r '[.licenseConfigs[] | select(.selected) | .name] | join(",")'
}

bare() { # CODE...
	printf '%s\n' "$@" | jq -cRn '[inputs | {sdkCode: ., licenseConfigs: null, roles: null}]'
}

@test "the gateway's refusals" {
	local orgs="$URL/console/organizations"
	ask GET "$orgs" | jq -e '.error_code == "401010"'
	ask GET "$orgs" '' -H 'Authorization: Bearer rubbish' | jq -e '.error_code == "401013"'
	ask GET "$orgs" '' -H "Authorization: Bearer $TOKEN" | jq -e '.error_code == "403000"'
	ask GET "$orgs" '' -H "Authorization: Bearer $TOKEN" -H 'x-api-key: other' | jq -e '.error_code == "403003"'
	control PUT switches '{"console-error-code":"number"}'
	ask GET "$orgs" '' -H 'Authorization: Bearer x' | jq -e '.error_code == 401013 and .status == 401 and .title == "ErrInvalidOauthToken"'
	control PUT switches '{"auth-body":"empty"}'
	[ -z "$(ask GET "$orgs" '' -H 'Authorization: Bearer x')" ]
}

@test "wrong organisations" {
	console GET "organizations/$ORG/projects" | jq -e '.messages[0].template == "ERR_MSG_GENERIC_MESSAGE"'
	[ "$(code GET "organizations/$ORG/projects")" = 400 ]
	[ "$(code GET organizations/1/projects)" = 500 ]
	[ "$(code GET "organizations/$NUMBER/nothing")" = 404 ]
	[ "$(code DELETE "organizations/$NUMBER/projects")" = 405 ]
}

@test "absolute-form targets and percent-encoding" {
	curl -sS --max-time 20 -x "$URL" http://developers.adobe.io/console/organizations -H "Authorization: Bearer $TOKEN" \
		-H 'x-api-key: aio-cli-console-auth' | jq -e 'length == 1'
	console GET "organizations/0123456789ABCDEF01234567%40AdobeOrg/services/v2?sdkCodes=UserMgmtSDK" |
		jq -e '.services | length == 1'
	[ "$(code GET 'organizations/%zz/projects')" = 404 ]
}

@test "roles of people: administrator, developer, member" {
	control PUT switches '{"console-role":"member"}'
	[ "$(code GET "organizations/$NUMBER/projects")" = 403 ]
	org GET services | jq -e 'length > 5'
	control PUT switches '{"console-role":"developer"}'
	console GET organizations | jq -e '.[0].role == "DEVELOPER"'
	org GET services | jq -e '.[] | select(.code == "UserMgmtSDK") | .disabledReasons == ["USER_MISSING_ADMIN_ROLE"]'
	put "[$(licence 'All Fonts')]" | jq -e '.error == ["AdobeFontsSDK"]'
	control POST give '{"email":"jane@example.com","role":"developer","product":"Adobe Fonts","profile":"All Fonts"}'
	put "[$(licence 'All Fonts')]" | jq -e '.error == null and .sdkList == ["AdobeFontsSDK"]'
	control POST take '{"email":"jane@example.com","role":"developer","product":"Adobe Fonts","profile":"All Fonts"}'
	org DELETE "projects/$PROJECT" | jq -e '.messages[0].message == "Read-only project cannot be deleted"'
	org GET "integrations/$CREDENTIAL/secrets" | jq -e '.messages[0].template == "ERR_MSG_OPERATION_NOT_ALLOWED"'
}

@test "service tokens read with adobeio_api and write only by switch" {
	SERVICE=$(service_token openid,adobeio_api)
	service() {
		status_of "$1" "$URL/console/organizations/$NUMBER/$2" "${3:-}" -H "Authorization: Bearer $SERVICE" -H "x-api-key: $CLIENT"
	}
	project='{"name":"bytoken","title":"By Token","type":"default"}'
	[ "$(service GET projects)" = 200 ]
	[ "$(service POST projects "$project")" = 403 ]
	control PUT switches '{"console-s2s-writes":"admin"}'
	[ "$(service POST projects "$project")" = 403 ]
	control POST give '{"account":"asset-archiver","role":"system-administrator"}'
	[ "$(service POST projects "$project")" = 201 ]
	control PUT switches '{"console-s2s-writes":"accept","console-s2s-reads":"refuse"}'
	[ "$(service POST projects "${project/bytoken/another}")" = 201 ]
	[ "$(service GET projects)" = 403 ]
}

@test "lists of projects: sorting, paging, titles, mistakes" {
	for n in 1 2 3; do
		org POST projects "{\"name\":\"p$n\",\"title\":\"Title $((4 - n))\",\"type\":\"default\"}" >/dev/null
	done
	org GET 'projects?sortField=title&sortOrder=DESC' | jq -e '[.[].title] == ["Title 3","Title 2","Title 1","Asset Archiver"]'
	org GET 'projects?sortField=title&page=2&size=3' | jq -e '[.[].title] == ["Title 3"]'
	org GET 'projects?page=9' | jq -e '. == []'
	org GET 'projects?title=Title%202' | jq -e 'length == 1'
	for bad in page=0 size=x sortField=name sortOrder=up; do
		[ "$(code GET "organizations/$NUMBER/projects?$bad")" = 400 ]
	done
	org GET 'integrations?page=1&size=1' | jq -e '.total == 1 and .content == []'
	[ "$(code GET "organizations/$NUMBER/integrations?size=51")" = 400 ]
}

@test "names, quotas and duplicates" {
	path="organizations/$NUMBER/projects/$PROJECT/workspaces/$WORKSPACE/credentials/oauth-server-to-server"
	[ "$(code POST "$path" '{"name":"short","description":"x"}')" = 400 ]
	[ "$(code POST "$path" '{"name":"abcdefghijklmnopqrstuvwxyz","description":"x"}')" = 400 ]
	[ "$(code POST "$path" '{"name":"no-description"}')" = 400 ]
	[ "$(code POST "$path" '{"name":"asset-archiver","description":"x"}')" = 409 ]
	[ "$(code POST "$path" 'nonsense')" = 400 ]
	[ "$(code POST "organizations/$NUMBER/projects" '{"name":"AssetArchiver","title":"x","type":"default"}')" = 409 ]
	[ "$(code POST "organizations/$NUMBER/projects" '{"name":"x1","title":"semi;colon","type":"default"}')" = 400 ]
	[ "$(code POST "organizations/$NUMBER/projects" '{"name":"x1","title":"x","type":"other"}')" = 400 ]
	control PUT switches '{"credential-quota":1}'
	[ "$(code POST "$path" '{"name":"one-too-many","description":"x"}')" = 403 ]
	[ -z "$(changes)" ]
}

@test "PUT replaces, PATCH adds and takes, null keeps" {
	put "$(bare CloudStorageCollabSDK UserMgmtSDK)" | jq -e '.sdkList == ["CloudStorageCollabSDK","UserMgmtSDK"]'
	[ "$(selected CloudStorageCollabSDK)" = Storage ]
	put "[$(licence Beta)]" | jq -e '.sdkList == ["AdobeExpressSDK"]'
	[ "$(selected AdobeExpressSDK)" = Beta ]
	org PATCH "$OAUTH/$CREDENTIAL/service/subscribe" "$(licence Default)" | jq -e '.sdkList == ["AdobeExpressSDK"]'
	[ "$(selected AdobeExpressSDK)" = Beta,Default ]
	org PATCH "$OAUTH/$CREDENTIAL/service/subscribe" "$(licence 'All Fonts')" >/dev/null
	org PATCH "$OAUTH/$CREDENTIAL/service/unsubscribe" '{"sdkCode":"AdobeExpressSDK"}' | jq -e '.sdkList == ["AdobeFontsSDK"]'
	control GET manifest | grep -q 'profile: All Fonts'
	[ "$(control GET manifest | sed -n '/TechnicalAccount/,$p' | grep -c 'profile: Beta')" = 0 ]
	put '[{"sdkCode":"AdobeFontsSDK","licenseConfigs":[{"op":"add","id":"1"}]}]' | jq -e '.errorDetails[0].domain == "JIL"'
	put '[{"sdkCode":"CCStorageSdk"}]' | jq -e '.messages[0].message == "Invalid service [CCStorageSdk]"'
	put '{"sdkCode":"UserMgmtSDK"}' | jq -e .messages
}

@test "a refused service leaves what it had" {
	put "[$(licence Beta)]" >/dev/null
	put '[{"sdkCode":"AdobeExpressSDK","licenseConfigs":[]},{"sdkCode":"UserMgmtSDK","licenseConfigs":null}]' >result
	jq -e '.error == ["AdobeExpressSDK"] and (.sdkList | index("UserMgmtSDK"))' result
	[ "$(selected AdobeExpressSDK)" = Beta ]
}

@test "the storage licence comes with the first list alone" {
	make() { # NAME SERVICES
		org POST "projects/$PROJECT/workspaces/$WORKSPACE/credentials/oauth-server-to-server" \
			"{\"name\":\"$1\",\"description\":\"x\",\"services\":$2}" | jq -r .id
	}
	CREDENTIAL=$(make storage-first "$(bare CloudStorageCollabSDK)")
	[ "$(selected CloudStorageCollabSDK)" = Storage ]
	CREDENTIAL=$(make storage-later "$(bare UserMgmtSDK)")
	put "$(bare UserMgmtSDK CloudStorageCollabSDK)" >/dev/null
	[ -z "$(selected CloudStorageCollabSDK)" ]
	put "[$(licence Storage)]" >/dev/null
	[ "$(selected CloudStorageCollabSDK)" = Storage ]
	control PUT switches '{"auto-licence":"off"}'
	CREDENTIAL=$(make storage-unlucky "$(bare CloudStorageCollabSDK)")
	[ -z "$(selected CloudStorageCollabSDK)" ]
	[ "$(code POST "organizations/$NUMBER/$OAUTH" '{"name":"nothing-made","description":"x","services":[{"sdkCode":"X"}]}')" = 400 ]
	control GET state | jq -e '[.projects[].title] == ["Asset Archiver"]'
}

@test "null licences, one profile" {
	put "$(bare AdobeFontsSDK)" | jq -e '.sdkList == ["AdobeFontsSDK"]'
	[ "$(selected AdobeFontsSDK)" = 'All Fonts' ]
	put "$(bare AdobeExpressSDK)" | jq -e '.errorDetails[0].message == "Service AdobeExpressSDK requires selection of a product"'
	control PUT switches '{"one-profile":"none"}'
	put "$(bare UserMgmtSDK)" >/dev/null
	put "$(bare AdobeFontsSDK)" | jq -e '.error == null'
	[ -z "$(selected AdobeFontsSDK)" ]
	control PUT switches '{"null-licences":"drop"}'
	put "[$(licence Storage)]" >/dev/null
	[ "$(selected CloudStorageCollabSDK)" = Storage ]
	put "$(bare CloudStorageCollabSDK)" >/dev/null
	[ -z "$(selected CloudStorageCollabSDK)" ]
}

@test "selected may lag, licences may be cached, leak or be late" {
	control PUT switches '{"selected":"lagging"}'
	put "[$(licence Beta),$(licence 'All Fonts')]" >/dev/null
	[ -z "$(selected AdobeExpressSDK)" ]
	[ "$(selected AdobeExpressSDK)" = Beta ]
	names() {
		org GET "integrations/$CREDENTIAL" | jq -r '[.serviceProperties[0].licenseConfigs[].name] | join(",")'
	}
	[ "$(names)" = Beta ]
	control PUT switches '{"licence-leak":"on"}'
	[ "$(names)" = 'Beta,All Fonts' ]
	emulator_stop
	emulator_start --rate-limits off --switch integration-licences=cached --switch catalogue-licences=late
	[ -z "$(names)" ]
	selected AdobeExpressSDK
	[ "$(names)" = Beta ]
	org GET services | jq -e '[.[].properties.licenseConfigs // [] | length] | add == 0'
	org GET services | jq -e '[.[].properties.licenseConfigs // [] | length] | add == 4'
	control PUT switches '{"console-name-case":"upper"}'
	[ "$(names)" = BETA ]
}

@test "201 or 200, as the switches say" {
	path="organizations/$NUMBER/projects"
	control PUT switches '{"create-status":"ok","secret-status":"spec"}'
	[ "$(code POST "$path" '{"name":"a1","title":"x","type":"default"}')" = 200 ]
	[ "$(code POST "organizations/$NUMBER/credentials/$CREDENTIAL/secrets")" = 200 ]
	control PUT switches '{"create-status":"created"}'
	[ "$(code POST "$path/$PROJECT/workspaces/$WORKSPACE/credentials/oauth-server-to-server" '{"name":"created","description":"x"}')" = 201 ]
}

@test "bindings, look-ups, edits, deletes" {
	[ "$(code POST "organizations/$NUMBER/$OAUTH/$CREDENTIAL/binding")" = 201 ]
	org GET "$OAUTH/$CREDENTIAL/binding" | jq -e --arg client "$CLIENT" '.clientId == $client'
	[ "$(code DELETE "organizations/$NUMBER/$OAUTH/$CREDENTIAL/binding")" = 204 ]
	org GET "projects_workspaces/credentials/$CREDENTIAL" | jq -e --arg p "$PROJECT" '.projectId == $p'
	org GET "clients/$CLIENT/project_workspace" | jq -e --arg c "$CREDENTIAL" '.integrationId == $c'
	console GET "clients/$CLIENT/credential" | jq -e '.credential_type == "oauth_server_to_server"'
	org PUT "$OAUTH/$CREDENTIAL" '{"name":"new-name","description":"changed"}' | jq -e '.name == "new-name"'
	control GET manifest | grep -q 'credential: new-name'
	control POST projects "{\"id\":\"$PROJECT\",\"guarded\":true}"
	org POST "projects/$PROJECT/can-delete" | jq -e '.errors | length == 1'
	[ "$(code DELETE "organizations/$NUMBER/projects/$PROJECT")" = 409 ]
	[ "$(code DELETE "organizations/$NUMBER/integrations/$CREDENTIAL")" = 204 ]
	[ "$(code GET "organizations/$NUMBER/integrations/$CREDENTIAL")" = 404 ]
	control POST projects "{\"id\":\"$PROJECT\",\"guarded\":false}"
	[ "$(code DELETE "organizations/$NUMBER/projects/$PROJECT")" = 200 ]
	[ "$(control GET manifest | grep -c TechnicalAccount)" = 0 ]
	[ "$(code GET "organizations/$NUMBER/policy/1")" = 405 ]
}
