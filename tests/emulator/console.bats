#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The Developer Console: what Adobe's own client does not show (see
# tests/conformance/npm/console.test.mjs for the rest).
# shellcheck disable=SC2030,SC2031,SC2034,SC2059,SC2119,SC2120,SC2153 # variables of the helper; a
# test is a subshell

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
	status_of "$1" "$URL/console/$2" "${3:-}" -H "Authorization: Bearer $TOKEN" \
		-H 'x-api-key: aio-cli-console-auth'
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
	org GET "integrations/entp/$CREDENTIAL/service/$1/properties" |
		jq -r '[.licenseConfigs[] | select(.selected) | .name] | join(",")'
}

bare() { # CODE...
	printf '%s\n' "$@" | jq -cRn '[inputs | {sdkCode: ., licenseConfigs: null, roles: null}]'
}

@test "the gateway's refusals" {
	local orgs="$URL/console/organizations"
	ask GET "$orgs" | jq -e '.error_code == "401010"'
	ask GET "$orgs" '' -H 'Authorization: Bearer rubbish' | jq -e '.error_code == "401013"'
	ask GET "$orgs" '' -H "Authorization: Bearer $TOKEN" | jq -e '.error_code == "403000"'
	ask GET "$orgs" '' -H "Authorization: Bearer $TOKEN" -H 'x-api-key: other' |
		jq -e '.error_code == "403003"'
	control PUT switches '{"console-error-code":"number"}'
	ask GET "$orgs" '' -H 'Authorization: Bearer x' |
		jq -e '.error_code == 401013 and .status == 401 and
			.title == "ErrInvalidOauthToken"'
	control PUT switches '{"auth-body":"empty"}'
	[ -z "$(ask GET "$orgs" '' -H 'Authorization: Bearer x')" ]
}

@test "wrong organisations" {
	console GET "organizations/$ORG/projects" |
		jq -e '.messages[0].template == "ERR_MSG_GENERIC_MESSAGE"'
	[ "$(code GET "organizations/$ORG/projects")" = 400 ]
	[ "$(code GET organizations/1/projects)" = 500 ]
	[ "$(code GET "organizations/$NUMBER/nothing")" = 404 ]
	[ "$(code DELETE "organizations/$NUMBER/projects")" = 405 ]
}

@test "absolute-form targets and percent-encoding" {
	curl -sS --max-time 20 -x "$URL" http://developers.adobe.io/console/organizations \
		-H "Authorization: Bearer $TOKEN" \
		-H 'x-api-key: aio-cli-console-auth' | jq -e 'length == 1'
	console GET "organizations/${ORG/@/%40}/services/v2?sdkCodes=UserMgmtSDK" |
		jq -e '.services | length == 1'
	[ "$(code GET 'organizations/%zz/projects')" = 404 ]
}

@test "roles of people: administrator, developer, member" {
	control PUT switches '{"console-role":"member"}'
	[ "$(code GET "organizations/$NUMBER/projects")" = 403 ]
	org GET services | jq -e 'length > 5'
	control PUT switches '{"console-role":"developer"}'
	console GET organizations | jq -e '.[0].role == "DEVELOPER"'
	org GET services | jq -e '.[] | select(.code == "UserMgmtSDK") |
		.disabledReasons == ["USER_MISSING_ADMIN_ROLE"]'
	put "[$(licence 'All Fonts')]" | jq -e '.error == ["AdobeFontsSDK"]'
	control POST give '{"email":"jane@example.com","role":"developer","product":"Adobe Fonts",
		"profile":"All Fonts"}'
	put "[$(licence 'All Fonts')]" | jq -e '.error == null and .sdkList == ["AdobeFontsSDK"]'
	control POST take '{"email":"jane@example.com","role":"developer","product":"Adobe Fonts",
		"profile":"All Fonts"}'
	org DELETE "projects/$PROJECT" | jq \
		-e '.messages[0].message == "Read-only project cannot be deleted"'
	org GET "integrations/$CREDENTIAL/secrets" |
		jq -e '.messages[0].template == "ERR_MSG_OPERATION_NOT_ALLOWED"'
}

@test "service tokens read with adobeio_api and write only by switch" {
	SERVICE=$(service_token openid,adobeio_api)
	service() {
		status_of "$1" "$URL/console/organizations/$NUMBER/$2" \
			"${3:-}" -H "Authorization: Bearer $SERVICE" -H "x-api-key: $CLIENT"
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
		org POST projects "{\"name\":\"p$n\",\"title\":\"Title $((4 - n))\",
			\"type\":\"default\"}" >/dev/null
	done
	org GET 'projects?sortField=title&sortOrder=DESC' |
		jq -e '[.[].title] == ["Title 3","Title 2","Title 1","Asset Archiver"]'
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
	path="organizations/$NUMBER/projects/$PROJECT/workspaces/$WORKSPACE"
	path="$path/credentials/oauth-server-to-server"
	[ "$(code POST "$path" '{"name":"short","description":"x"}')" = 400 ]
	[ "$(code POST "$path" '{"name":"abcdefghijklmnopqrstuvwxyz","description":"x"}')" = 400 ]
	[ "$(code POST "$path" '{"name":"no-description"}')" = 400 ]
	[ "$(code POST "$path" '{"name":"asset-archiver","description":"x"}')" = 409 ]
	[ "$(code POST "$path" 'nonsense')" = 400 ]
	[ "$(code POST "organizations/$NUMBER/projects" \
		'{"name":"AssetArchiver","title":"x","type":"default"}')" = 409 ]
	[ "$(code POST "organizations/$NUMBER/projects" \
		'{"name":"x1","title":"semi;colon","type":"default"}')" = 400 ]
	[ "$(code POST "organizations/$NUMBER/projects" \
		'{"name":"x1","title":"x","type":"other"}')" = 400 ]
	control PUT switches '{"credential-quota":1}'
	[ "$(code POST "$path" '{"name":"one-too-many","description":"x"}')" = 403 ]
	[ -z "$(changes)" ]
}

@test "PUT replaces, PATCH adds and takes, null keeps" {
	put "$(bare CloudStorageCollabSDK UserMgmtSDK)" |
		jq -e '.sdkList == ["CloudStorageCollabSDK","UserMgmtSDK"]'
	[ "$(selected CloudStorageCollabSDK)" = Storage ]
	put "[$(licence Beta)]" | jq -e '.sdkList == ["AdobeExpressSDK"]'
	[ "$(selected AdobeExpressSDK)" = Beta ]
	org PATCH "$OAUTH/$CREDENTIAL/service/subscribe" "$(licence Default)" |
		jq -e '.sdkList == ["AdobeExpressSDK"]'
	[ "$(selected AdobeExpressSDK)" = Beta,Default ]
	org PATCH "$OAUTH/$CREDENTIAL/service/subscribe" "$(licence 'All Fonts')" >/dev/null
	org PATCH "$OAUTH/$CREDENTIAL/service/unsubscribe" '{"sdkCode":"AdobeExpressSDK"}' |
		jq -e '.sdkList == ["AdobeFontsSDK"]'
	control GET manifest | grep -q 'profile: All Fonts'
	[ "$(control GET manifest | sed -n '/TechnicalAccount/,$p' | grep -c 'profile: Beta')" = 0 ]
	put '[{"sdkCode":"AdobeFontsSDK","licenseConfigs":[{"op":"add","id":"1"}]}]' |
		jq -e '.errorDetails[0].domain == "JIL"'
	put '[{"sdkCode":"CCStorageSdk"}]' |
		jq -e '.messages[0].message == "Invalid service [CCStorageSdk]"'
	put '{"sdkCode":"UserMgmtSDK"}' | jq -e .messages
}

@test "a refused service leaves what it had" {
	put "[$(licence Beta)]" >/dev/null
	put '[{"sdkCode":"AdobeExpressSDK","licenseConfigs":[]},
		{"sdkCode":"UserMgmtSDK","licenseConfigs":null}]' >result
	jq -e '.error == ["AdobeExpressSDK"] and (.sdkList | index("UserMgmtSDK"))' result
	[ "$(selected AdobeExpressSDK)" = Beta ]
}

@test "the storage licence comes with the first list alone" {
	make() { # NAME SERVICES
		org POST \
			"projects/$PROJECT/workspaces/$WORKSPACE/credentials/oauth-server-to-server" \
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
	[ "$(code POST "organizations/$NUMBER/$OAUTH" \
		'{"name":"nothing-made","description":"x","services":[{"sdkCode":"X"}]}')" = 400 ]
	control GET state | jq -e '[.projects[].title] == ["Asset Archiver"]'
}

@test "null licences, one profile" {
	put "$(bare AdobeFontsSDK)" | jq -e '.sdkList == ["AdobeFontsSDK"]'
	[ "$(selected AdobeFontsSDK)" = 'All Fonts' ]
	put "$(bare AdobeExpressSDK)" | jq \
		-e '.errorDetails[0].message ==
		"Service AdobeExpressSDK requires selection of a product"'
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
		org GET "integrations/$CREDENTIAL" |
			jq -r '[.serviceProperties[0].licenseConfigs[].name] | join(",")'
	}
	[ "$(names)" = Beta ]
	control PUT switches '{"licence-leak":"on"}'
	[ "$(names)" = 'Beta,All Fonts' ]
	emulator_stop
	emulator_start --rate-limits off --switch integration-licences=cached \
		--switch catalogue-licences=late
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
	[ "$(code POST "$path/$PROJECT/workspaces/$WORKSPACE/credentials/oauth-server-to-server" \
		'{"name":"created","description":"x"}')" = 201 ]
}

@test "bindings, look-ups, edits, deletes" {
	[ "$(code POST "organizations/$NUMBER/$OAUTH/$CREDENTIAL/binding")" = 201 ]
	org GET "$OAUTH/$CREDENTIAL/binding" | jq -e --arg client "$CLIENT" '.clientId == $client'
	[ "$(code DELETE "organizations/$NUMBER/$OAUTH/$CREDENTIAL/binding")" = 204 ]
	org GET "projects_workspaces/credentials/$CREDENTIAL" |
		jq -e --arg p "$PROJECT" '.projectId == $p'
	org GET "clients/$CLIENT/project_workspace" |
		jq -e --arg c "$CREDENTIAL" '.integrationId == $c'
	console GET "clients/$CLIENT/credential" |
		jq -e '.credential_type == "oauth_server_to_server"'
	org PUT "$OAUTH/$CREDENTIAL" '{"name":"new-name","description":"changed"}' |
		jq -e '.name == "new-name"'
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

# A body of messages: template and text, which may be empty.
says() {
	printf '{"messages":[{%s"message":"%s"}]}' "${2:+\"template\":\"$2\",}" "$1"
}

@test "projects: values, both types, edits" {
	local name title wordy whole
	name=$(says 'Project name allows only alphanumeric values' ERR_MSG_INVALID_INPUT)
	title=$(says 'Project title allows only letters, digits and blanks, 1 to 45' \
		ERR_MSG_INVALID_INPUT)
	wordy=$(says 'Description must not be longer than 1000 characters' ERR_MSG_INVALID_INPUT)
	whole=$(says 'Only one workspace allowed for project type default' ERR_MSG_INVALID_INPUT)
	printf '{"name":"p0","title":"T","type":"default","description":"%01001d"}' 0 >long
	answers org <<-END
		POST | projects | {"title":"T","type":"default"} | 400 | $name
		POST | projects | {"name":"","title":"T","type":"default"} | 400 | $name
		POST | projects | {"name":"a~b","title":"T","type":"default"} | 400 | $name
		POST | projects | {"name":"abcdefghijklmnopqrstu","title":"T","type":"default"}
		  | 400 | $name
		POST | projects | {"name":"p0","type":"default"} | 400 | $title
		POST | projects | {"name":"p0","title":" ","type":"default"} | 400 | $title
		POST | projects | {"name":"p0","title":"$(printf '%046d' 0)","type":"default"} | 400
		  | $title
		POST | projects | @long | 400 | $wordy
		POST | projects | {"name":"p0","title":"T","type":"default","description":"a\u0007"}
		  | 400 | $wordy
		POST | projects | {"name":"p0","title":"T"} | 400
		  | $(says 'Project type must be one of default, jaeger' ERR_MSG_INVALID_INPUT)
		POST | projects | {"name":"app1","title":" App  ","type":"jaeger"} | 201
		  | "projectType":"jaeger","appId":"
		POST | projects | {"name":"app1","title":"App","type":"jaeger"} | 409
		  | "template":"ERR_MSG_DUPLICATE_NAME"
		POST | projects_workspaces | {"project":{"name":"w1","title":"W","type":"default"},
		  "workspaces":[{"name":"a"},{"name":"b"}]} | 400 | $whole
		POST | projects_workspaces | {"project":{"name":"w1","title":"W","type":"jaeger"},
		  "workspaces":[{"name":"a b"}]} | 400
		  | $(says 'Workspace name allows only alpha numeric values' ERR_MSG_INVALID_INPUT)
		POST | projects_workspaces | {"project":{"name":"w1","title":"W","type":"jaeger"},
		  "workspaces":[{"name":"a","description":"\u0007"}]} | 400 | $wordy
		POST | projects_workspaces | {"project":{"name":"w1","title":"W","type":"jaeger"},
		  "workspaces":[{"name":"a"},{"name":"a"}]} | 409
		  | "template":"ERR_MSG_DUPLICATE_NAME"
		POST | projects_workspaces | {"project":{"name":"w-1","title":"W","type":"jaeger"}}
		  | 400 | $name
		POST | projects_workspaces | nonsense | 400 | $name
		POST | projects_workspaces | {"project":{"name":"w1","title":"App","type":"jaeger"},
		  "workspaces":[{"name":"Production"},{"name":"Stage"}]} | 201 | "name":"Stage"}]}
		POST | projects_workspaces | {"project":{"name":"w2","title":"W","type":"default"},
		  "workspaces":[{"name":"Only"}]} | 201 | "name":"Only"}]}
		POST | projects_workspaces | {"project":{"name":"w3","title":"W","type":"default"}}
		  | 201 | "name":"Production"}]}
	END
	id=$(org GET 'projects?title=App&sortField=title' |
		jq -r '.[] | select(.name == "app1") | .id')
	answers org <<-END
		GET | projects/1 | | 404 | $(says 'Project not found' ERR_MSG_ENTITY_NOT_FOUND)
		PATCH | projects/1 | {} | 404 | Project not found
		DELETE | projects/1 | | 404 | Project not found
		POST | projects/1/can-delete | | 404 | Project not found
		GET | projects/$id | | 200
		  | "id":"$id","name":"app1","title":"App","description":"","type":"jaeger"
		PATCH | projects/$id | {"name":"a b"} | 400 | $name
		PATCH | projects/$id | {"name":"w1"} | 409 | "template":"ERR_MSG_DUPLICATE_NAME"
		PATCH | projects/$id | {"title":"a;b"} | 400 | $title
		PATCH | projects/$id | {"description":"\u0007"} | 400 | $wordy
		PATCH | projects/$id | {"name":"app1"} | 200 | "name":"app1","title":"App"
		PATCH | projects/$id | {"name":"app2","title":"New","description":"why"} | 200
		  | "id":"$id","name":"app2","title":"New","description":"why"
		POST | projects/$id/can-delete | | 200 | {"errors":[]}
		PATCH | projects/$id | {"title":"Newer"} | 200 | "name":"app2","title":"Newer"
		DELETE | projects/$id | | 200 | {}
		GET | projects/$id | | 404 | Project not found
		POST | projects | {"name":"app2","title":"New","type":"default"} | 201
		  | "projectType":"default","workspaceId":"
	END
}

@test "lists of projects: ids, types, dates, numbers" {
	for n in 1 2; do
		org POST projects "{\"name\":\"app$n\",\"title\":\"Same\",\"type\":\"jaeger\"}"
	done
	ids=$(org GET 'projects?projectType=jaeger' | jq -r 'map(.id) | join(",")')
	org GET "projects?projectIds=$ids" | jq -e 'map(.title) == ["Same","Same"]'
	org GET "projects?projectIds=1234567890123456789,1,$PROJECT" |
		jq -e 'map(.title) == ["Asset Archiver"]'
	org GET 'projects?sortField=title&sortOrder=ASC' |
		jq -e 'map(.title) == ["Asset Archiver","Same","Same"] and .[1].id < .[2].id'
	org GET 'projects?sortField=date_created' | jq -e 'map(.date_created) | . == sort'
	org GET 'projects?sortField=date_last_modified&sortOrder=DESC' |
		jq -e 'map(.date_last_modified) | . == (sort | reverse)'
	org GET "projects?projectIds=$PROJECT&sortField=title" | jq -e 'length == 1'
	answers org <<-END
		GET | projects?size= | | 400
		  | $(says 'size must be a positive integer' ERR_MSG_INVALID_INPUT)
		GET | projects?size=1000000000 | | 400 | size must be a positive integer
		GET | projects?page=-1 | | 400
		  | $(says 'page must be a positive integer' ERR_MSG_INVALID_INPUT)
		GET | integrations?size= | | 400
		  | $(says 'page is 0 or more, size is 1 to 50' ERR_MSG_INVALID_INPUT)
		GET | integrations?size=0 | | 400 | page is 0 or more
		GET | integrations?page=123456789 | | 400 | page is 0 or more
		GET | integrations?page=x | | 400 | page is 0 or more
	END
}

@test "workspaces" {
	local name='Workspace name allows only alpha numeric values' path w
	org POST projects '{"name":"app1","title":"App","type":"jaeger"}' >made
	p=$(jq -r .projectId made)
	path="projects/$p/workspaces"
	answers org <<-END
		POST | $path | {} | 400 | $(says "$name" ERR_MSG_INVALID_INPUT)
		POST | $path | {"name":""} | 400 | $name
		POST | $path | {"name":"a b"} | 400 | $name
		POST | $path | {"name":"abcdefghijklmnopqrstu"} | 400 | $name
		POST | $path | {"name":"Stage","description":"\u0007"} | 400
		  | Description must not be longer
		POST | $path | {"name":"Production"} | 409
		  | $(says 'A workspace of this name exists' ERR_MSG_DUPLICATE_NAME)
		POST | projects/$PROJECT/workspaces | {"name":"Stage"} | 400
		  | $(says 'Only one workspace allowed for project type default' \
		  ERR_MSG_INVALID_INPUT)
		POST | projects/1/workspaces | {"name":"Stage"} | 404
		  | $(says 'Project not found' ERR_MSG_ENTITY_NOT_FOUND)
		GET | projects/1/workspaces | | 404 | Project not found
		GET | projects/1/workspaces/$WORKSPACE | | 404 | Project not found
		POST | $path | {"name":"Stage-1","title":"Stage"} | 201
		  | {"projectId":"$p","workspaceId":"
	END
	w=$(org GET "$path" | jq -r '.[1].id')
	answers org <<-END
		GET | $path/$w | | 200 | "id":"$w","name":"Stage-1","title":"Stage","description":""
		GET | $path/$WORKSPACE | | 404
		  | $(says 'Workspace not found' ERR_MSG_ENTITY_NOT_FOUND)
		GET | $path/1/download | | 404 | Workspace not found
		GET | $path/1/credentials | | 404 | Workspace not found
		PATCH | $path/1 | {"name":"x"} | 404 | Workspace not found
		PATCH | $path/$w | {"title":"x"} | 400 | $name
		PATCH | $path/$w | {"name":"x","description":"\u0007"} | 400
		  | Description must not be longer
		PATCH | $path/$w | {"name":"Production"} | 409 | A workspace of this name exists
		PATCH | $path/$w | {"name":"Stage-1"} | 200
		  | "id":"$w","name":"Stage-1","title":"Stage"
		PATCH | $path/$w | {"name":"Test","title":"Testing","description":"tries"} | 200
		  | "id":"$w","name":"Test","title":"Testing","description":"tries"
		GET | projects_workspaces/workspaces/$w | | 200
		  | {"projectId":"$p","workspaceId":"$w"}
		GET | projects_workspaces/workspaces/1 | | 404 | Workspace not found
		POST | $path/$w/credentials/oauth-server-to-server
		  | {"name":"in-test","description":"x"} | 200 | "apiKey":"
		POST | $path/1/credentials/oauth-server-to-server
		  | {"name":"in-test","description":"x"} | 404 | Workspace not found
		DELETE | $path/1/credentials/1 | | 404 | Workspace not found
		DELETE | $path/$w/credentials/$CREDENTIAL | | 404
		  | $(says 'Credential not found' ERR_MSG_ENTITY_NOT_FOUND)
		DELETE | $path/$w/credentials/1 | | 404 | Credential not found
		DELETE | $path/1 | | 404 | Workspace not found
		DELETE | $path/$w | | 200 | {}
		GET | projects_workspaces/workspaces/$w | | 404 | Workspace not found
		POST | $path | {"name":"Test"} | 201 | "workspaceId":"
	END
	changes | grep -Fx 'credential.delete in-test App'
	org GET "$path" | jq -e 'map(.name) == ["Production","Test"]'
	org GET 'projects?title=App' | jq \
		-e '.[0].metadata.workspaces | map(.name) == ["Production","Test"]'
	control GET state | jq -e '[.projects[] | select(.title == "App") | .workspaces[].name] ==
		["Production","Test"]'
	w=$(org GET "$path" | jq -r '.[0].id')
	org DELETE "projects/$p"
	answers org <<-END
		GET | projects_workspaces/workspaces/$w | | 404 | Workspace not found
		DELETE | projects/$PROJECT/workspaces/$WORKSPACE | | 200 | {}
		POST | projects/$PROJECT/workspaces | {"name":"Again"} | 201 | "workspaceId":"
	END
}

@test "credentials: values, names made unique, whom they belong to" {
	local path="projects/$PROJECT/workspaces/$WORKSPACE" \
		text='Credential name must have 6 to 25 characters'
	printf '{"name":"a-name","description":"%01001d"}' 0 >long
	answers org <<-END
		POST | $path/credentials/oauth-server-to-server | {"description":"x"} | 400
		  | $(says "$text" ERR_MSG_INVALID_INPUT)
		POST | $path/credentials/oauth-server-to-server
		  | {"name":"_a-name","description":"x"} | 400 | $text
		POST | $path/credentials/oauth-server-to-server | @long | 400
		  | $(says 'Description is required' ERR_MSG_INVALID_INPUT)
		POST | $path/credentials/oauth-server-to-server
		  | {"name":"a-name","description":"\u0007"} | 400 | Description is required
		POST | $path/credentials/oauth-server-to-server
		  | {"name":"a-name","description":"x","services":1} | 400
		  | $(says 'A list of services is due' ERR_MSG_INVALID_INPUT)
		POST | $path/credentials/oauth-server-to-server
		  | {"name":"a-name","description":"x","services":null} | 200 | "orgId":"$NUMBER"
		POST | $OAUTH | nonsense | 400 | $text
		POST | $OAUTH | {"name":"Report  Reader!~","description":"x"} | 201
		  | "subscriptionResult":{"sdkList":[]}
		POST | $OAUTH | {"name":"Report, Reader?","description":"x"} | 201
		  | "subscriptionResult":{"sdkList":[]}
		POST | $OAUTH | {"name":"\u00fc\u00e4\u00f6\u00fc\u00e4\u00f6","description":"x"}
		  | 201 | "technicalAccountId":"
		POST | $OAUTH | {"name":"abcdefghijklmnopqrstuvwxy","description":"x"} | 201
		  | "subscriptionResult":{"sdkList":[]}
		DELETE | $path/credentials/$CREDENTIAL | | 200 | {}
		POST | $path/credentials/oauth-server-to-server
		  | {"name":"asset-archiver","description":"x"} | 200 | "orgId":"$NUMBER"
		PUT | $OAUTH/1 | {"name":"a-name","description":"x"} | 404 | Credential not found
	END
	control GET state | jq -e '[.credentials[].account] ==
			["a-name","report-reader","report-reader-2","account",
				"abcdefghijklmnopqrstuvwxy","asset-archiver"]
		and [.projects[].name] ==
			["AssetArchiver","ReportReader","ReportReader2","project",
				"abcdefghijklmnopqrst"]'
	org GET "$path/credentials" | jq -e 'map(.integration_name) == ["a-name","asset-archiver"]
		and all(.flow_type == "entp" and .integration_type == "oauth_server_to_server")'
	credential asset-archiver
	answers org <<-END
		PUT | $OAUTH/$CREDENTIAL | {"name":"a-name","description":"x"} | 409
		  | $(says 'A credential of this name exists' ERR_MSG_DUPLICATE_NAME)
		PUT | $OAUTH/$CREDENTIAL | {"name":"asset-archiver"} | 400 | Description is required
	END
	answers org <<-END
		GET | clients/1/project_workspace | | 404
		  | $(says 'Client not found' ERR_MSG_ENTITY_NOT_FOUND)
		GET | projects_workspaces/credentials/1 | | 404
		  | $(says 'Credential not found' ERR_MSG_ENTITY_NOT_FOUND)
		DELETE | integrations/1 | | 404 | Credential not found
		POST | $OAUTH/1/binding | | 404 | Credential not found
		GET | $OAUTH/1/binding | | 404 | Credential not found
		DELETE | $OAUTH/1/binding | | 404 | Credential not found
		DELETE | $OAUTH/$CREDENTIAL/binding | | 204 |
		POST | $OAUTH/$CREDENTIAL/binding | | 201 | "clientId":"$CLIENT"
		POST | $OAUTH/$CREDENTIAL/binding | | 201 | "clientId":"$CLIENT"
		GET | $OAUTH/1/status | | 404 | Credential not found
		GET | $OAUTH/$CREDENTIAL/status | | 200 | {"migrationStatus":"NONE"}
		PATCH | $OAUTH/1/finalize | | 404 | Credential not found
		PATCH | $OAUTH/$CREDENTIAL/finalize | | 400
		  | $(says 'No migration is under way' ERR_MSG_OPERATION_NOT_ALLOWED)
		GET | credentials/1/secrets | | 404 | Credential not found
		POST | credentials/1/secrets | | 404 | Credential not found
		DELETE | credentials/1/secrets/1 | | 404 | Credential not found
		DELETE | credentials/$CREDENTIAL/secrets/1 | | 404
		  | $(says 'Secret not found' ERR_MSG_ENTITY_NOT_FOUND)
		GET | integrations/1/secrets | | 404 | Credential not found
		GET | integrations/$CREDENTIAL/secrets | | 200 | "client_secret":"$SECRET"
		GET | integrations/entp/1/bindings | | 404 | Credential not found
		GET | integrations/entp/$CREDENTIAL/bindings | | 200 | []
		DELETE | integrations/entp/$CREDENTIAL/bindings/1 | | 404
		  | $(says 'Binding not found' ERR_MSG_ENTITY_NOT_FOUND)
		POST | integrations/entp | {} | 400
		  | $(says 'Service Account (JWT) credentials can no longer be created' \
		  ERR_MSG_OPERATION_NOT_ALLOWED)
		POST | master-service-principals-account | | 403
		  | "template":"ERR_MSG_OPERATION_NOT_ALLOWED"
	END
	[ "$(code GET clients/1/credential)" = 404 ]
	[ "$(changes | grep -c '^binding.create')" = 1 ]
}

@test "secrets: replaced, of a credential that migrates, of one that is gone" {
	control PUT switches '{"secret-status":"spec"}'
	old=$(org GET "credentials/$CREDENTIAL/secrets" | jq -r '.client_secrets[0].uuid')
	org POST "credentials/$CREDENTIAL/secrets" >new
	answers org <<-END
		DELETE | credentials/$CREDENTIAL/secrets/$old | | 200 | {}
		DELETE | credentials/$CREDENTIAL/secrets/$old | | 404 | Secret not found
	END
	org GET "projects/$PROJECT/workspaces/$WORKSPACE/download" | jq -e --slurpfile new new \
		'.project.workspace.details.credentials[0].oauth_server_to_server.client_secrets ==
		[$new[0].client_secret]'
	org GET "integrations/$CREDENTIAL/secrets" |
		jq -e --slurpfile new new '.client_secrets | map(.uuid) == [$new[0].uuid]'
	SECRET=$(jq -r .client_secret new)
	SERVICE=$(service_token openid,adobeio_api,read_client_secret,manage_client_secrets)
	state_becomes '.credentials[0].migrationStatus = "STARTED"'
	answers org <<-END
		POST | credentials/$CREDENTIAL/secrets | | 400
		  | $(says 'Secrets cannot change during a migration' ERR_MSG_OPERATION_NOT_ALLOWED)
		DELETE | credentials/$CREDENTIAL/secrets/$(jq -r .uuid new) | | 400
		  | Secrets cannot change during a migration
		DELETE | integrations/$CREDENTIAL | | 204 |
	END
	service() {
		ask GET "$URL/console/organizations$1" '' -H "Authorization: Bearer $SERVICE" \
			-H "x-api-key: $CLIENT"
	}
	service "/$NUMBER/credentials/$CREDENTIAL/secrets" |
		jq -e '.messages[0].message == "Credential not found"'
	service '' | jq -e '.[0].role == "DEVELOPER"'
	org GET "projects/$PROJECT/workspaces/$WORKSPACE/download" |
		jq -e '.project.workspace.details.credentials == []'
	control PUT switches '{"console-role":"developer"}'
	[ "$(code DELETE "organizations/$NUMBER/projects/$PROJECT")" = 200 ]
}

@test "recipients, terms, features, who asks" {
	control POST give '{"email":"kim@example.com","role":"system-administrator"}'
	control POST give '{"email":"joe.doe@example.com","role":"system-administrator"}'
	control POST users '{"email":"joe.doe@example.com","absent":true}'
	control POST users '{"email":"new@example.com"}'
	org GET recipients | jq -e 'map([.email, .role, .firstname]) ==
		[["jane@example.com","ORG_ADMIN","Dana"],["kim@example.com","ORG_ADMIN",""]]'
	control POST users '{"email":"kim@example.com","firstname":"Kim","lastname":"Li"}'
	control PUT switches '{"console-role":"developer"}'
	org GET recipients | jq -e 'map([.role, .firstname, .lastname]) ==
		[["LICENSE_DEV_ADMIN","Dana","Developer"],["ORG_ADMIN","Kim","Li"]]'
	state_becomes '.organization.termsAccepted = false'
	answers console <<-END
		GET | services/ims/organizations/$NUMBER/terms | | 200
		  | {"accepted":false,"current":false}
		POST | services/ims/organizations/$NUMBER/terms | | 200 | {"accepted":true}
		POST | services/ims/organizations/$NUMBER/terms | | 200 | {"accepted":true}
		GET | services/ims/organizations/$NUMBER/terms | | 200
		  | {"accepted":true,"current":true}
		GET | services/ims/terms | | 200 | "locale":"en"
		GET | api/organizations/$NUMBER/features | | 200 | [{"name":"RUNTIME"
		GET | organizations/123@AdobeOrg/services/v2 | | 500
		  | $(says 'Please retry' ERR_MSG_RETRY_ON_INTERNAL_ERROR)
		GET | organizations/$ORG/services/v2 | | 200
		  | {"orgCode":"$ORG","sdkCodes":"","services":[
		GET | api/nothing | | 404 | $(says 'Not found')
	END
	[ "$(changes | grep -c '^terms.accept')" = 1 ]
	SERVICE=$(service_token openid)
	ask GET "$URL/console/organizations" '' -H "Authorization: Bearer $SERVICE" \
		-H "x-api-key: $CLIENT" | jq -e '.[0].roles == []'
}

@test "services: refused items, and what null says" {
	local path="projects/$PROJECT/workspaces/$WORKSPACE/credentials" beta express
	beta=$(licence Beta | jq -r '.licenseConfigs[0].id')
	express=$(licence Beta | jq -r '.licenseConfigs[0].productId')
	named() { # CODE LICENCE...: an item
		printf '{"sdkCode":"%s","licenseConfigs":[%s]}' "$1" "$(printf '%s\n' "${@:2}" |
			paste -sd,)"
	}
	answers org <<-END
		PUT | $OAUTH/1/services | [] | 404 | Credential not found
		PUT | $OAUTH/$CREDENTIAL/services | [{"licenseConfigs":null}] | 400
		  | $(says 'Invalid service [null]' ERR_MSG_INVALID_INPUT)
		PUT | $path/saml/$CREDENTIAL/services | [] | 400
		  | $(says 'Invalid credential type' ERR_MSG_INVALID_INPUT)
		PUT | $path/entp/1/services | [] | 404 | Credential not found
		PUT | $path/oauth_server_to_server/$CREDENTIAL/services
		  | [{"sdkCode":"UserMgmtSDK"}] | 200 | {"sdkList":["UserMgmtSDK"]}
		PATCH | $OAUTH/1/service/subscribe | {} | 404 | Credential not found
		PATCH | $OAUTH/$CREDENTIAL/service/subscribe | {"sdkCode":"None"} | 400
		  | $(says 'Invalid service [None]' ERR_MSG_INVALID_INPUT)
		PATCH | $OAUTH/$CREDENTIAL/service/subscribe | {} | 400 | Invalid service [null]
		PATCH | $OAUTH/1/service/unsubscribe | {} | 404 | Credential not found
		PATCH | $OAUTH/$CREDENTIAL/service/unsubscribe | {} | 400 | Invalid service [null]
		PATCH | $OAUTH/$CREDENTIAL/service/unsubscribe | {"sdkCode":"AdobeExpressSDK"} | 400
		  | Invalid service [AdobeExpressSDK]
		GET | integrations/entp/1/service/UserMgmtSDK/properties | | 404
		  | Credential not found
		GET | integrations/entp/$CREDENTIAL/service/None/properties | | 404
		  | $(says 'Service not found' ERR_MSG_ENTITY_NOT_FOUND)
		GET | integrations/entp/$CREDENTIAL/service/AdobeExpressSDK/properties | | 404
		  | Service not found
		PUT | $OAUTH/$CREDENTIAL/services
		  | [$(named AdobeExpressSDK "{\"op\":\"remove\",\"id\":\"$beta\"}")] | 200
		  | "domain":"JIL","code":400,
		  "message":"Service AdobeExpressSDK: operation not supported"
		PUT | $OAUTH/$CREDENTIAL/services | [$(named AdobeExpressSDK '{"id":"Beta"}')] | 200
		  | Service AdobeExpressSDK does not have this product
		PUT | $OAUTH/$CREDENTIAL/services | [$(named AdobeFontsSDK "{\"id\":$beta}")] | 200
		  | Service AdobeFontsSDK does not have this product
		PUT | $OAUTH/$CREDENTIAL/services
		  | [$(named AdobeExpressSDK "{\"id\":$beta,\"productId\":\"X\"}")] | 200
		  | Service AdobeExpressSDK does not have this product
		PUT | $OAUTH/$CREDENTIAL/services
		  | [$(named AdobeExpressSDK "{\"id\":$beta}" \
		  "{\"op\":\"add\",\"id\":\"$beta\",\"productId\":\"$express\"}")]
		  | 200 | {"sdkList":["AdobeExpressSDK"]}
		PUT | $OAUTH/$CREDENTIAL/services | $(bare AdobeExpressSDK) | 200
		  | {"sdkList":["AdobeExpressSDK"]}
	END
	[ "$(selected AdobeExpressSDK)" = Beta ]
	control PUT switches '{"null-licences":"drop","console-name-case":"upper"}'
	org PATCH "$OAUTH/$CREDENTIAL/service/subscribe" '{"sdkCode":"AdobeExpressSDK"}' |
		jq -e '.error == null'
	[ "$(selected AdobeExpressSDK)" = BETA ]
	control PUT switches '{"console-name-case":"lower"}'
	[ "$(selected AdobeExpressSDK)" = beta ]
	control PUT switches '{"console-name-case":"upper"}'
	control POST profiles '{"product":"Adobe Express","profile":"A ~ b"}'
	gone=$(licence Default | jq .licenseConfigs[0].id)
	control POST profiles '{"product":"Adobe Express","profile":"Default","absent":true}'
	put "[$(named AdobeExpressSDK "{\"id\":$gone}")]" |
		jq -e '.errorDetails[0].message ==
			"Service AdobeExpressSDK does not have this product"'
	put '[{"sdkCode":"AdobeExpressSDK"},{"sdkCode":"UserMgmtSDK","licenseConfigs":[]}]' |
		jq -e '.sdkList == ["AdobeExpressSDK","UserMgmtSDK"]'
	org GET "integrations/entp/$CREDENTIAL/service/AdobeExpressSDK/properties" |
		jq -e '[.licenseConfigs[].name] == ["A ~ B","BETA"]'
	control POST profiles '{"product":"Adobe ~ 3D","profile":"Basic"}'
	org GET 'services?sdkCodes=Adobe3DSDK' |
		jq -e 'map([.name, .type]) ==
			[["Adobe ~ 3D API","entp"],["Adobe ~ 3D API","adobeid"]]'
	org GET 'services?sdkCodes=AdobeFontsSDK,AdobeExpressSDK' |
		jq -e '[.[] | select(.type == "entp") | .code] |
			sort == ["AdobeExpressSDK","AdobeFontsSDK"]'
	org GET 'services?sdkCodes=' | jq -e 'length > 5'
	org GET 'services?sdkCodes=UserMgmtSDX' | jq -e '. == []'
	control PUT switches '{"console-role":"developer"}'
	put "$(bare UserMgmtSDK)" | jq -e \
		'.errorDetails[0].message == "Service UserMgmtSDK requires a system administrator"'
}

@test "a catalogue of its own" {
	state_becomes '.catalogue = [
		{name: "Storage", code: "StorageSDK", bringsStorage: true, offers: []},
		{name: "Licensed", code: "LicensedSDK", needsProfile: true},
		{name: "Off", code: "OffSDK", enabled: false},
		{name: "Both", code: "BothSDK", scopes: ["openid", "both.api", 1], offers: [
			{product: "Adobe Express", profile: "Beta"}, {product: "Adobe Fonts"}, {}]},
		{name: "Nameless"}, {code: "NamelessSDK"}, {name: "Bell\u0007", code: "BellSDK"}]'
	make() { # NAME SERVICES
		org POST \
			"projects/$PROJECT/workspaces/$WORKSPACE/credentials/oauth-server-to-server" \
			"{\"name\":\"$1\",\"description\":\"x\",\"services\":$2}"
	}
	org GET services | jq -e '[.[].code] |
		.[0:4] == ["StorageSDK","LicensedSDK","OffSDK","BothSDK"] and
			index("NamelessSDK") == null
		and index("BellSDK") == null'
	org GET services | jq -e '.[1] | .disabledReasons == ["ORG_MISSING_PRODUCT_PROFILES"] and
		.entitledForOrg == false'
	org GET services | jq -e '.[3].properties.licenseConfigs |
		map(.name) == ["Beta","All Fonts"]'
	make a-name '[{"sdkCode":"OffSDK"}]' |
		jq -e '.messages[0].message == "Invalid service [OffSDK]"'
	make first-one '[{"sdkCode":"StorageSDK","licenseConfigs":[]},{"sdkCode":"BothSDK"}]' >made
	jq -e '.subscriptionResult.sdkList == ["StorageSDK","BothSDK"]' made
	make second-one "$(bare BothSDK)" | jq -e '.subscriptionResult.sdkList == ["BothSDK"]'
	org GET "projects/$PROJECT/workspaces/$WORKSPACE/download" |
		jq -e '.project.workspace.details
		| (.services | map(.code) | index("BothSDK") == rindex("BothSDK"))
		and .credentials[1].oauth_server_to_server.scopes ==
			["AdobeID","openid","both.api"]'
	CREDENTIAL=$(jq -r .id made)
	org PATCH "$OAUTH/$CREDENTIAL/service/unsubscribe" '{"sdkCode":"StorageSDK"}' |
		jq -e '.sdkList == ["BothSDK"]'
	org GET "projects/$PROJECT/workspaces/$WORKSPACE/download" |
		jq -e '.project.workspace.details.services | map(.code) |
			index("StorageSDK") == null'
	console GET "clients/$(jq -r .apiKey made)/credential" | jq -e '.services == ["BothSDK"]'
	CLIENT=$(jq -r .apiKey made)
	SECRET=$(control GET state | jq -r --arg id "$CREDENTIAL" \
		'.credentials[] | select(.id == $id) | .secrets[0].secret')
	[ "$(service_token openid,both.api)" != null ]
}
