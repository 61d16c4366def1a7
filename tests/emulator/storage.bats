#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The storage probes: who gets in, in each state of a technical account.
# shellcheck disable=SC2030,SC2031,SC2034,SC2059,SC2119,SC2120,SC2153 # variables of the helper; a
# test is a subshell

setup() {
	load helper
	emulator_setup
	emulator_start --rate-limits off
	credential asset-archiver
	SERVICE=$(service_token \
		openid,AdobeID,creative_sdk,cloud_storage_collab_api,admin_api.storage)
}

teardown() {
	emulator_stop
}

storage() { # PATH [CURL ARGUMENT...]
	curl -sS --max-time 20 "$URL/v1/$1" -H "Authorization: Bearer $SERVICE" "${@:2}"
}

# cell: status and number of projects, status of the policy
cell() {
	local projects policy
	projects=$(storage projects -o body -w '%{http_code}')
	policy=$(storage policies/org/inactive_user_content_purge -o /dev/null -w '%{http_code}')
	echo "$projects/$(jq '.items // [] | length' body) $policy"
}

storage_role() { # give|take
	control POST "$1" '{"account":"asset-archiver","role":"storage-administrator"}' >/dev/null
}

licence() { # give|take
	control POST "$1" '{"account":"asset-archiver","product":"Creative Cloud Enterprise",
		"profile":"Storage"}' >/dev/null
}

@test "the table: licence and role" {
	[ "$(cell)" = '200/0 403' ]
	storage_role give
	[ "$(cell)" = '200/2 200' ]
	licence take
	[ "$(cell)" = '403/0 200' ]
	storage_role take
	[ "$(cell)" = '403/0 403' ]
	licence give
	control POST give '{"account":"asset-archiver","role":"system-administrator"}'
	[ "$(cell)" = '200/2 200' ]
}

@test "the cells that nothing documents, by switch" {
	licence take
	for value in 401 403; do
		control PUT \
			switches "{\"storage-neither\":\"$value\",\"role-no-licence\":\"$value\"}"
		[ "$(cell)" = "$value/0 403" ]
		storage_role give
		[ "$(cell)" = "$value/0 200" ]
		storage_role take
	done
	control PUT switches '{"storage-neither":"empty","role-no-licence":"empty"}'
	[ "$(cell)" = '200/0 403' ]
	storage_role give
	[ "$(cell)" = '200/0 200' ]
}

@test "tokens: none, without the scope, invalid" {
	storage projects -H 'Authorization: Bearer rubbish' -o /dev/null
	SERVICE=rubbish
	storage projects | jq -e '.error_code == "unauthorized"'
	SERVICE=$(service_token openid)
	storage projects | jq -e '.error_code == "access_error"'
}

@test "lists: limit, cursor, sorting, filters, mistakes" {
	storage_role give
	storage 'projects?limit=1' >page
	jq -e '.items[0].name == "Brand Library" and .paging.limit == 1' page
	curl -sS "$(jq -r .paging.nextUrl page)" -H "Authorization: Bearer $SERVICE" |
		jq -e '.items[0].name == "Campaign Archive" and (.paging | has("nextUrl") | not)'
	storage 'projects?sortBy=-name' | jq -e '.items[0].name == "Campaign Archive"'
	storage 'projects?filter=createdBy==current_user' | jq -e '.items == []'
	storage 'projects?filter=createdBy!=current_user;state==active' |
		jq -e '.items | length == 2'
	storage 'projects?limit=101' | jq \
		-e '.error_code == "validation_error" and .message == "Allowed Range is 1-100"'
	storage 'projects?cursor=o1&sortBy=name' -o /dev/null -w '%{http_code}' | grep -q 422
	storage projects -H 'Accept: text/html' | jq -e '.error_code == "not_acceptable"'
	storage projects -D head -H 'x-request-id: my-id' -o /dev/null
	grep -qi '^x-request-id: my-id' head
}

@test "one project, permissions, etags" {
	id=$(control GET state | jq -r '.contents[0].id')
	storage "projects/$id" | jq -e '.error_code == "resource_not_found"'
	storage_role give
	storage "projects/$id" -D head | jq -e '.assetType == "project"'
	etag=$(sed -n 's/^etag: \(.*\)\r$/\1/Ip' head)
	storage "projects/$id" -H "If-None-Match: $etag" -o /dev/null -w '%{http_code}' |
		grep -q 304
	storage "projects/$id/effective-permission" | jq -e '.permissions.can_permanent_delete'
	storage "projects/$id/roles" | jq -e '. == {direct:[],pending:[]}'
	storage policies/org/asset_ownership_transfer | jq -e '.attributes.enabled == false'
	storage policies/org/other -o /dev/null -w '%{http_code}' | grep -q 400
	storage policies/asset/scheduled_content_deletion | jq -e '.items == []'
	storage 'policies/asset/scheduled_content_deletion?limit=10' -o /dev/null \
		-w '%{http_code}' | grep -q 422
	storage policies/org/inactive_user_content_purge -X PATCH -d '[]' -o /dev/null \
		-w '%{http_code}' | grep -q 501
	storage projects -X POST -d '{}' -o /dev/null -w '%{http_code}' | grep -q 501
}

@test "twenty requests a second" {
	control PUT rate-limits '{"rate_limits":"60"}'
	control PUT switches '{"storage-rate":2}'
	storage projects -o /dev/null
	storage projects -o /dev/null
	storage projects -D head | jq -e '.error_code == "rate_limited"'
	grep -qi '^retry-after: [0-9]' head
}

# asks METHOD PATH BODY [CURL ARGUMENT...]: storage() as a row of answers has it.
asks() {
	storage "$2" -X "$1" ${3:+-d "$3"} "${@:4}"
}

@test "what a list is asked" {
	state_becomes '.contents[0].created = 5 | .contents[1].created = 3
		| .contents[1].state = "deleted"
		| .contents += [
			{name: "Own", id: "own", creator: .credentials[0].technicalAccountId}]'
	storage 'projects' | jq -e '.items | map(.name) == ["Own"]'
	storage 'projects/own/effective-permission' |
		jq -e '.permissions | .can_delete and .can_view_project'
	storage_role give
	answers asks <<-'END'
		GET | projects?limit= | | 422
		  | "error_code":"validation_error","message":"Allowed Range is 1-100"
		GET | projects?limit=0 | | 422 | Allowed Range is 1-100
		GET | projects?limit=1000 | | 422 | Allowed Range is 1-100
		GET | projects?limit=1x | | 422 | Allowed Range is 1-100
		GET | projects?limit=100 | | 200 | {"paging":{"limit":100}
		GET | projects?cursor=x1 | | 400 | "error_code":"cursor_expired"
		GET | projects?cursor=o | | 400 | "error_code":"cursor_expired"
		GET | projects?cursor=o-1 | | 400 | "error_code":"cursor_expired"
		GET | projects?cursor=o12345678 | | 400 | "error_code":"cursor_expired"
		GET | projects?cursor=o1x | | 400 | "error_code":"cursor_expired"
		GET | projects?cursor=o9 | | 200 | "items":[]
		GET | projects?cursor=o1&sortBy=name | | 422
		  | "message":"Following query parameters: [cursor and sortBy] are not allowed together"
		GET | projects?sortBy=size | | 422 | "message":"sortBy is not valid"
		GET | projects?filter=state==lost | | 422 | "message":"Filter is not valid"
		GET | projects?filter= | | 200 | "name":"Brand Library"
		GET | projects/none | | 404
		  | "error_code":"resource_not_found",
		  "message":"The requested resource (none) was not found."
		GET | projects/none/roles | | 404 | "error_code":"resource_not_found"
		GET | projects/none/effective-permission | | 404 | "error_code":"resource_not_found"
		GET | nothing | | 404 | "error_code":"resource_not_found"
		GET | policies/asset/scheduled_content_deletion?limit=49 | | 422
		  | Allowed Range is 50-100
		GET | policies/asset/scheduled_content_deletion?limit=101 | | 422
		  | Allowed Range is 50-100
		GET | policies/asset/scheduled_content_deletion?limit=60x | | 422
		  | Allowed Range is 50-100
		GET | policies/asset/scheduled_content_deletion?limit=60 | | 200
		  | {"paging":{"limit":60},"items":[]}
		POST | policies | {} | 404 | "error_code":"resource_not_found"
		POST | policies/ | {} | 404 | "error_code":"resource_not_found"
		POST | projects/any/rename | {} | 501 | "error_code":"not_implemented"
	END
	names() {
		storage "projects?$1" | jq -r '.items | map(.name) | join(",")'
	}
	[ "$(names sortBy=created)" = 'Campaign Archive,Brand Library,Own' ]
	[ "$(names sortBy=-created)" = 'Own,Brand Library,Campaign Archive' ]
	[ "$(names 'sortBy=%2Bname')" = 'Brand Library,Campaign Archive,Own' ]
	[ "$(names filter=state==deleted)" = 'Campaign Archive' ]
	[ "$(names 'filter=createdBy==current_user,state==active')" = Own ]
	storage projects/own -H 'If-None-Match: "other"' | jq -e '.name == "Own"'
	storage_role take
	storage policies/asset/scheduled_content_deletion | jq -e '.error_code == "access_error"'
	licence take
	storage projects/own | jq -e '.error_code == "access_error"'
	storage projects/own/roles | jq -e '.error_code == "access_error"'
}

@test "who asks, and for which representation" {
	accepts() { # HEADER: the status
		storage projects -H "$1" -o /dev/null -w '%{http_code}'
	}
	[ "$(accepts 'Accept;')" = 200 ]
	[ "$(accepts 'Accept:')" = 200 ]
	[ "$(accepts 'Accept: application/*')" = 200 ]
	[ "$(accepts 'Accept: text/html, */*;q=0.1')" = 200 ]
	[ "$(accepts 'Accept: application/xml')" = 406 ]
	SERVICE=$(control POST token '{"scope":"cloud_storage_collab_api,admin_api.storage"}' |
		jq -r .access_token)
	[ "$(cell)" = '403/0 200' ]
	control POST give '{"email":"jane@example.com","product":"Creative Cloud Enterprise",
		"profile":"Storage"}'
	[ "$(cell)" = '200/2 200' ]
	control POST take '{"email":"jane@example.com","role":"system-administrator"}'
	[ "$(cell)" = '200/2 403' ]
	control POST \
		profiles '{"product":"Creative Cloud Enterprise","profile":"Storage","absent":true}'
	[ "$(cell)" = '403/0 403' ]
}
