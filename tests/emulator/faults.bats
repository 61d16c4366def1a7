#!/usr/bin/env bats
# Failures on order, and what does not bring the emulator down.
# shellcheck disable=SC2030,SC2031,SC2034,SC2059,SC2119,SC2120,SC2153 # variables of the helper; a test is a subshell

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

# get [CURL ARGUMENT...]: the list of projects; the body in `body`, headers in `head`, the status on standard output.
get() {
	curl -s --max-time 5 -o body -D head -w '%{http_code}' "${AUTH[@]}" "$@" "$PROJECTS"
}

make() { # NAME [CURL ARGUMENT...]
	curl -s --max-time 5 -o body -D head -w '%{http_code}' "${AUTH[@]}" "${@:2}" "$PROJECTS" \
		-d "{\"name\":\"$1\",\"title\":\"$1\",\"type\":\"default\"}"
}

@test "the n-th and following requests that match" {
	fault '{"kind":"status","status":503,"nth":2,"count":2,"method":"GET","path":"/console/*/projects"}'
	[ "$(get)" = 200 ]
	console GET organizations >/dev/null
	[ "$(get)" = 503 ]
	[ "$(get)" = 503 ]
	[ "$(get)" = 200 ]
	control GET faults | jq -e '.[0] | .seen == 4 and .fired == 2'
	control GET requests | jq -e '[.[] | select(.fault != null) | .fault] == ["1 status","1 status"]'
	control DELETE faults
	control GET faults | jq -e '. == []'
	fault '{"kind":"status","body_has":"Special","count":0}'
	[ "$(make one)" = 201 ]
	[ "$(make Special)" = 500 ]
}

@test "before and after the change was made" {
	fault '{"kind":"status","status":500,"method":"POST","path":"*/projects"}'
	fault '{"kind":"status","status":502,"method":"POST","path":"*/projects","nth":2,"phase":"after"}'
	control DELETE log
	[ "$(make one)" = 500 ]
	[ "$(make two)" = 502 ]
	[ "$(make three)" = 201 ]
	[ "$(changes | grep project.create)" = 'project.create two two
project.create three three' ]
}

@test "Retry-After of every kind" {
	for pair in '7=7' '-=.' '99999999999=99999999999' 'soon=soon'; do
		value=${pair%%=*}
		fault "{\"kind\":\"status\",\"status\":429,\"retry_after\":\"$value\"}"
		[ "$(get)" = 429 ]
		grep -qi "^Retry-After: ${value/-/.}" head
	done
	fault '{"kind":"status","status":429,"retry_after":"+5"}'
	[ "$(get)" = 429 ]
	[ "$(date -d "$(sed -n 's/^Retry-After: \(.*\)\r$/\1/Ip' head)" +%s)" -ge "$(date +%s)" ]
	fault '{"kind":"status","status":503,"retry_after":"-5"}'
	[ "$(get)" = 503 ]
	[ "$(date -d "$(sed -n 's/^Retry-After: \(.*\)\r$/\1/Ip' head)" +%s)" -lt "$(date +%s)" ]
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

@test "a stop ends a hanging request" {
	fault '{"kind":"hang"}'
	get >/dev/null &
	for _ in {1..200}; do
		if control GET faults | jq -e '.[0].fired == 1' >/dev/null; then break; fi
		sleep 0.05
	done
	control GET faults | jq -e '.[0].fired == 1'
	emulator_stop
	wait
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
	action "$add" | jq -e '.result == "odd" and .errors[0].index == 9 and (has("completed") | not)'
}

@test "redirects" {
	for status in 301 302 303 307 308; do
		fault "{\"kind\":\"redirect\",\"status\":$status,\"location\":\"http://127.0.0.1:1/x\"}"
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
	fault '{"kind":"change","give":{"email":"kim@example.com","role":"support-administrator"},"method":"GET"}'
	[ "$(get)" = 200 ]
	changes | grep -q 'grant.add user/kim@example.com role/support-administrator'
}

@test "orders that cannot be" {
	for order in '{"kind":"none"}' '{}' '[]' 'x' '{"kind":"status","status":999}' '{"kind":"status","phase":"during"}'; do
		[ "$(status_of POST "$URL/_control/faults" "$order")" = 400 ]
	done
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
	raw 'POST /ims/token/v3 HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=\r\nContent-Length: 3\r\n\r\n---'
	raw 'POST /ims/token/v3 HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=a\r\nContent-Length: 30\r\n\r\n--a\r\nname=x\r\n\r\n--a\r\n\r\n\r\n--a--'
	raw 'POST /v2/usermanagement/action/x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n'
	raw 'POST /v2/usermanagement/action/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'
	raw 'POST /v2/usermanagement/action/x HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n[{'
	for header in 'Bearer' 'Bearer ' 'Bearer a.b.c' 'Bearer ..' 'Basic !!!' 'Basic' 'Bearer e30.e30.e30'; do
		ask GET "$URL/console/organizations" '' -H "Authorization: $header" -o /dev/null
		ask POST "$URL/ims/token/v3" 'grant_type=client_credentials' -H "Authorization: $header" -o /dev/null
	done
	head -c 9000000 /dev/zero | curl -s -o /dev/null --max-time 20 --data-binary @- "${AUTH[@]}" "$PROJECTS" || :
	jq -nc '[range(2000)] | reduce .[] as $x (1; [.])' | curl -s -o /dev/null --data-binary @- "${AUTH[@]}" "$PROJECTS"
	head -c 70000 /dev/zero | tr '\0' x >long
	curl -s -o /dev/null -H "X-Long: $(head -c 60000 long)" "${AUTH[@]}" "$PROJECTS" || :
	[ "$(get)" = 200 ]
	control GET manifest | grep -q 'kind: Organization'
}

@test "texts that a manifest cannot hold are refused" {
	for name in $'tab\there' $'bell\u0007x' $'zero\u200bwidth' '_smuggled' ; do
		body=$(jq -nc --arg n "$name" '{name: $n, description: "x"}')
		ask POST "$PROJECTS/$PROJECT/workspaces/$WORKSPACE/credentials/oauth-server-to-server" "$body" "${AUTH[@]}" -o /dev/null
	done
	[ "$(make one)" = 201 ]
	emulator_stop
	emulator_start
}
