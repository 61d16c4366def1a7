#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Failures on order, and what does not bring the emulator down.
# shellcheck disable=SC2030,SC2031,SC2034,SC2059,SC2119,SC2120,SC2153 # variables of the helper; a
# test is a subshell

setup() {
	load helper
	emulator_setup
	emulator_start --rate-limits off
	credential asset-archiver
	PROJECTS="$URL/console/organizations/$NUMBER/projects"
	AUTH=(-H "Authorization: Bearer $TOKEN" -H 'x-api-key: aio-cli-console-auth')
}

teardown() {
	emulator_stop
}

fault() {
	control POST faults "$1" | jq -e .ok
}

# get [CURL ARGUMENT...]: the list of projects; the body in `body`, headers in `head`, the status on
# standard output.
get() {
	curl -s --max-time 5 -o body -D head -w '%{http_code}' "${AUTH[@]}" "$@" "$PROJECTS"
}

make() { # NAME [CURL ARGUMENT...]
	curl -s --max-time 5 -o body -D head -w '%{http_code}' "${AUTH[@]}" "${@:2}" "$PROJECTS" \
		-d "{\"name\":\"$1\",\"title\":\"$1\",\"type\":\"default\"}"
}

@test "the n-th and following requests that match" {
	fault '{"kind":"status","status":503,"nth":2,"count":2,"method":"GET",
		"path":"/console/*/projects"}'
	[ "$(get)" = 200 ]
	console GET organizations >/dev/null
	[ "$(get)" = 503 ]
	[ "$(get)" = 503 ]
	[ "$(get)" = 200 ]
	control GET faults | jq -e '.[0] | .seen == 4 and .fired == 2'
	control GET requests | jq -e '[.[] | select(.fault != null) | .fault] ==
		["1 status","1 status"]'
	control DELETE faults
	control GET faults | jq -e '. == []'
	fault '{"kind":"status","body_has":"Special","count":0}'
	[ "$(make one)" = 201 ]
	[ "$(make Special)" = 500 ]
}

@test "before and after the change was made" {
	fault '{"kind":"status","status":500,"method":"POST","path":"*/projects"}'
	fault '{"kind":"status","status":502,"method":"POST","path":"*/projects","nth":2,
		"phase":"after"}'
	control DELETE log
	[ "$(make one)" = 500 ]
	[ "$(make two)" = 502 ]
	[ "$(make three)" = 201 ]
	[ "$(changes | grep project.create)" = 'project.create two two
project.create three three' ]
}

# A header's date, in seconds; the emulator has one clock for all of them.
date_of() {
	date -d "$(sed -n "s/^$1: \(.*\)\r$/\1/Ip" head)" +%s
}

@test "Retry-After of every kind" {
	for pair in '7=7' '-=.' '99999999999=99999999999' 'soon=soon'; do
		value=${pair%%=*}
		fault "{\"kind\":\"status\",\"status\":429,\"retry_after\":\"$value\"}"
		[ "$(get)" = 429 ]
		grep -qi "^Retry-After: ${value/-/.}" head
	done
	control POST clock '{"advance_ms":7200000}'
	fault '{"kind":"status","status":429,"retry_after":"+5"}'
	[ "$(get)" = 429 ]
	[ "$(date_of Retry-After)" -eq "$(($(date_of Date) + 5))" ]
	[ "$(date_of Date)" -gt "$(($(date +%s) + 7000))" ]
	fault '{"kind":"status","status":503,"retry_after":"-5"}'
	[ "$(get)" = 503 ]
	[ "$(date_of Retry-After)" -eq "$(($(date_of Date) - 5))" ]
}

@test "resets, short answers, silence" {
	for bytes in 0 1 20 150 -1; do
		fault "{\"kind\":\"reset\",\"bytes\":$bytes,\"phase\":\"after\"}"
		run get
		[ "$status" -eq 56 ] || [ "$status" -eq 52 ]
		: >body
		fault "{\"kind\":\"truncate\",\"bytes\":$bytes,\"phase\":\"after\"}"
		run get
		[ "$status" -ne 0 ] || [ ! -s body ]
	done
	fault '{"kind":"reset","bytes":5}'
	run get
	[ "$status" -eq 56 ]
	fault '{"kind":"hang","ms":200}'
	run get
	[ "$status" -eq 52 ]
	fault '{"kind":"hang","phase":"after","method":"POST"}'
	run make hung --max-time 1
	[ "$status" -eq 28 ]
	[ "$(get)" = 200 ]
	jq -e '.[] | select(.title == "hung")' body
	fault '{"kind":"drip","ms":1000,"phase":"after"}'
	run get --max-time 1
	[ "$status" -eq 28 ]
	fault '{"kind":"delay","ms":50}'
	[ "$(get)" = 200 ]
}

@test "a stop ends requests that hang or drip" {
	for kind in hang drip; do
		fault "{\"kind\":\"$kind\"}"
		get >/dev/null &
		for _ in {1..200}; do
			if control GET faults | jq -e '.[0].fired == 1' >/dev/null; then break; fi
			sleep 0.05
		done
		control GET faults | jq -e '.[0].fired == 1'
		emulator_stop
		wait
		emulator_start --rate-limits off
		AUTH=(-H "Authorization: Bearer $TOKEN" -H 'x-api-key: aio-cli-console-auth')
		PROJECTS="$URL/console/organizations/$NUMBER/projects"
	done
}

@test "bodies that are not what they should be" {
	fault '{"kind":"html"}'
	[ "$(get)" = 200 ]
	grep -q '^Content-Type: text/html' head
	fault '{"kind":"garbage"}'
	[ "$(get)" = 200 ]
	run ! jq -e . body
	fault '{"kind":"empty"}'
	[ "$(get)" = 200 ]
	[ ! -s body ]
	fault '{"kind":"bom"}'
	[ "$(get)" = 200 ]
	head -c 3 body | od -An -tx1 | grep -q 'ef bb bf'
	fault '{"kind":"content-type","content_type":"text/plain"}'
	[ "$(get)" = 200 ]
	grep -q '^Content-Type: text/plain' head
	fault '{"kind":"large","bytes":9000000}'
	[ "$(get)" = 200 ]
	[ "$(wc -c <body)" -eq 9000000 ]
	fault '{"kind":"duplicate-keys"}'
	[ "$(get)" = 200 ]
	[ "$(grep -o '"id":"[0-9]*"' body | sort | uniq -d | wc -l)" -eq 1 ]
	jq -e . body
	fault '{"kind":"headers","headers":{"X-Extra":"1"}}'
	[ "$(get)" = 200 ]
	grep -q '^X-Extra: 1' head
}

@test "results that do not add up" {
	SERVICE=$(service_token openid,user_management_sdk)
	add='[{"user":"kim@example.com","do":[{"add":{"group":["Designers"]}}]}]'
	fault '{"kind":"wrong-counts"}'
	action "$add" | jq -e '.completed == 8 and .result == "success"'
	fault '{"kind":"missing-result"}'
	action "$add" | jq -e 'has("result") | not'
	fault '{"kind":"edit","set":{"result":"odd","errors":[{"index":9}]},"remove":["completed"]}'
	action "$add" | jq -e '.result == "odd" and .errors[0].index == 9 and
		(has("completed") | not)'
}

@test "redirects" {
	for status in 301 302 303 307 308; do
		fault "{\"kind\":\"redirect\",\"status\":$status,
			\"location\":\"http://127.0.0.1:1/x\"}"
		[ "$(get)" = "$status" ]
		grep -qi '^Location: http://127.0.0.1:1/x' head
	done
	fault '{"kind":"redirect"}'
	[ "$(get)" = 302 ]
	grep -qi "^Location: $URL/redirected/console/" head
}

@test "tokens refused once, always, and ended" {
	fault '{"kind":"unauthorized"}'
	[ "$(get)" = 401 ]
	[ "$(get)" = 200 ]
	fault '{"kind":"expire"}'
	[ "$(get)" = 401 ]
	[ "$(get)" = 401 ]
}

@test "reads that lag, and somebody else's change in between" {
	[ "$(make one)" = 201 ]
	[ "$(make two)" = 201 ]
	fault '{"kind":"lag","changes":1,"method":"GET"}'
	[ "$(get)" = 200 ]
	jq -e '[.[].title] == ["Asset Archiver","one"]' body
	[ "$(get)" = 200 ]
	jq -e 'length == 3' body
	fault '{"kind":"change","give":{"email":"kim@example.com","role":"support-administrator"},
		"method":"GET"}'
	[ "$(get)" = 200 ]
	changes | grep -q 'grant.add user/kim@example.com role/support-administrator'
}

@test "orders that cannot be" {
	for order in '{"kind":"none"}' '{}' '[]' 'x' \
		'{"kind":"status","status":999}' '{"kind":"status","phase":"during"}'; do
		[ "$(status_of POST "$URL/_control/faults" "$order")" = 400 ]
	done
}

@test "what a fault leaves as it is" {
	local binding=credentials/oauth-server-to-server/$CREDENTIAL/binding
	for kind in edit wrong-counts missing-result duplicate-keys; do
		fault "{\"kind\":\"$kind\"}"
		[ "$(org DELETE "$binding" '' -o body -w '%{http_code}')" = 204 ]
		[ ! -s body ]
	done
	fault '{"kind":"edit","remove":[1,"title"]}'
	org GET "projects/$PROJECT" | jq -e 'has("title") or has("set") | not'
	fault '{"kind":"edit","set":{"title":"Set"}}'
	org GET "projects/$PROJECT" | jq -e '.title == "Set"'
	fault '{"kind":"duplicate-keys"}'
	[ "$(org GET 'projects?page=9')" = '[]' ]
	fault '{"kind":"duplicate-keys"}'
	[ "$(org GET "projects/$PROJECT" | grep -o '"id":"[0-9]*"' | wc -l)" = 2 ]
	fault '{"kind":"duplicate-keys","method":"DELETE"}'
	[ "$(org DELETE "projects/$PROJECT")" = '{}' ]
	for bytes in 1 300000000; do
		fault "{\"kind\":\"large\",\"bytes\":$bytes}"
		[ "$(console GET organizations | wc -c)" -lt 9999 ]
	done
	fault '{"kind":"headers","headers":{"X-A":"1","X-B":2}}'
	[ "$(get)" = 200 ]
	grep -q '^X-A: 1' head
	run ! grep -q '^X-B' head
	fault '{"kind":"expire"}'
	ask GET "$PROJECTS" | jq -e '.error_code == "401010"'
	[ "$(get)" = 200 ]
	fault '{"kind":"lag","changes":1000}'
	[ "$(get)" = 200 ]
	jq -e '.[0].title == "Asset Archiver"' body
	fault '{"kind":"change","take":{"email":"jane@example.com","role":"system-administrator"}}'
	[ "$(get)" = 200 ]
	changes | grep -Fx 'grant.remove user/jane@example.com role/system-administrator'
}

@test "odd orders, and the first of two" {
	for value in + +x +1x +1234567890; do
		fault "{\"kind\":\"status\",\"status\":503,\"phase\":\"before\",
			\"retry_after\":\"$value\"}"
		[ "$(get)" = 503 ]
		grep -Fq "Retry-After: $value" head
	done
	fault '{"kind":"status","status":299,"content_type":"","body":"plain"}'
	fault '{"kind":"status","status":298}'
	[ "$(get)" = 299 ]
	[ "$(cat body)" = plain ]
	run ! grep -qi '^Content-Type' head
	[ "$(get)" = 200 ]
	fault '{"kind":"status","status":298}'
	[ "$(get)" = 298 ]
	jq -e '. == {error_code: "298000", message: "Unknown"}' body
	fault '{"kind":"redirect"}'
	[ "$(get -H 'Host:' -0)" = 302 ]
	grep -q '^Location: http://127.0.0.1/redirected/console/' head
	[ "$(status_of POST "$URL/_control/faults" '{"kind":"status","status":199}')" = 400 ]
	control PUT switches '{"auth-body":"empty"}'
	fault '{"kind":"drip","ms":0,"phase":"after"}'
	curl -s --max-time 20 -o body -w '%{http_code}' -H 'X-Request-Id: x' "$PROJECTS" |
		grep -q 401
}

@test "requests with ids of their own, paths and bodies at the edge" {
	answered() { # ID: the one that comes back
		curl -sS --max-time 20 -o /dev/null -D - -H "$1" "${AUTH[@]}" "$PROJECTS" |
			sed -n 's/^X-Request-Id: \(.*\)\r$/\1/p'
	}
	[ "$(answered 'X-Request-Id: mine !~')" = 'mine !~' ]
	for id in 'X-Request-Id;' "X-Request-Id: $(printf '%0129d' 0)" $'X-Request-Id: a\tb' \
		$'X-Request-Id: a\x7f' 'X-Request-Id: ä'; do
		[[ $(answered "$id") =~ ^[0-9a-f]{32}$ ]]
	done
	answers ask <<-END
		GET | $URL/v1x | | 404 | {"error_code":"404000","message":"Resource not found"}
		GET | $URL/ | | 404 | {"error_code":"404000"
		GET | $URL/v2/usermanagement/users/$ORG/0/%zz | | 404 | Not found
		GET | $URL/v2/usermanagement/users/$ORG/0/%4 | | 404 | Not found
		GET | $URL/v2/usermanagement/users/$ORG/0/%4- | | 404 | Not found
		GET | $URL/v2/usermanagement/users/$ORG/0/%ff | | 404 | Not found
		GET | $URL/v2/usermanagement/users/$ORG/0/%00 | | 404 | Not found
		GET | $URL/v2/usermanagement/users/$ORG// | | 404 | Not found
	END
	printf '{"name":"bytes","title":"\xff","type":"default"}' >bytes
	[ "$(status_of POST "$PROJECTS" @bytes "${AUTH[@]}")" = 400 ]
	printf '{"name":"big","title":"Big","type":"default","padding":"%070000d"}' 0 >big
	[ "$(status_of POST "$PROJECTS" @big "${AUTH[@]}")" = 201 ]
	control GET requests | jq -e 'last | .status == 201 and (has("body") | not)'
	[ "$(get)" = 200 ]
	control POST clock '{"advance_ms":-3600000}'
	[ "$(get)" = 401 ]
	control POST clock '{"advance_ms":3600000}'
	SERVICE=$(service_token openid,cloud_storage_collab_api)
	control POST give '{"account":"asset-archiver","role":"storage-administrator"}'
	curl -sS --max-time 20 -0 -H 'Host:' -H "Authorization: Bearer $SERVICE" \
		"$URL/v1/projects?limit=1" |
		jq -e '.paging.nextUrl == "http://127.0.0.1/v1/projects?limit=1&cursor=o1"'
}

@test "latency is waited outside of the lock" {
	control PUT switches '{"latency-ms":300}'
	start=$(date +%s%N)
	for _ in 1 2 3 4 5 6 7 8; do
		curl -s -o /dev/null --max-time 20 "${AUTH[@]}" "$PROJECTS" &
		pids+=($!)
	done
	wait "${pids[@]}"
	echo "$((($(date +%s%N) - start) / 1000000)) ms for eight"
	control GET requests | jq -e '[.[] | select(.path | endswith("/projects"))] | length == 8'
}

@test "malformed requests do not bring it down" {
	port=${URL##*:}
	raw() {
		exec 9<>"/dev/tcp/127.0.0.1/$port" || return
		printf "$1" >&9
		timeout 1 cat <&9 >/dev/null || :
		exec 9>&-
	}
	raw 'GET\r\n\r\n'
	raw '\x00\x01\x02\xff\r\n\r\n'
	raw 'GET /console/%%zz%%/x?%%=%%&a=%%00 HTTP/1.1\r\nHost: x\r\n\r\n'
	raw 'GET http:// HTTP/1.1\r\nHost: x\r\n\r\n'
	raw 'GET ?a=b HTTP/1.1\r\nHost: x\r\n\r\n'
	parts='POST /ims/token/v3 HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary='
	raw "$parts"'\r\nContent-Length: 3\r\n\r\n---'
	raw "$parts"'a\r\nContent-Length: 30\r\n\r\n--a\r\nname=x\r\n\r\n--a\r\n\r\n\r\n--a--'
	action='POST /v2/usermanagement/action/x HTTP/1.1\r\nHost: x\r\n'
	raw "$action"'Content-Length: 99999999999\r\n\r\n'
	raw "$action"'Transfer-Encoding: chunked\r\n\r\nzz\r\n'
	raw 'POST /v2/usermanagement/action/x HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n[{'
	for header in 'Bearer' 'Bearer ' 'Bearer a.b.c' 'Bearer ..' 'Basic !!!' 'Basic' \
		'Bearer e30.e30.e30'; do
		ask GET "$URL/console/organizations" '' -H "Authorization: $header" -o /dev/null
		ask POST "$URL/ims/token/v3" 'grant_type=client_credentials' \
			-H "Authorization: $header" -o /dev/null
	done
	head -c 9000000 /dev/zero | curl -s -o /dev/null --max-time 20 --data-binary @- \
		"${AUTH[@]}" "$PROJECTS" || :
	jq -nc '[range(2000)] | reduce .[] as $x (1; [.])' | curl -s -o /dev/null --data-binary @- \
		"${AUTH[@]}" "$PROJECTS"
	head -c 70000 /dev/zero | tr '\0' x >long
	curl -s -o /dev/null -H "X-Long: $(head -c 60000 long)" "${AUTH[@]}" "$PROJECTS" || :
	[ "$(get)" = 200 ]
	control GET manifest | grep -q 'kind: Organization'
}

@test "texts that a manifest cannot hold are refused" {
	for name in $'tab\there' $'bell\u0007x' $'zero\u200bwidth' '_smuggled' ; do
		body=$(jq -nc --arg n "$name" '{name: $n, description: "x"}')
		ask POST \
			"$PROJECTS/$PROJECT/workspaces/$WORKSPACE/credentials/oauth-server-to-server" \
			"$body" "${AUTH[@]}" -o /dev/null
	done
	[ "$(make one)" = 201 ]
	emulator_stop
	emulator_start
}
