#!/usr/bin/env bats
# The program, its files, and the control path.

setup() {
	load helper
	emulator_setup
}

teardown() {
	emulator_stop
}

@test "it says where it listens, and a signal ends it" {
	emulator_start --rate-limits off
	[[ $URL == http://127.0.0.1:* ]]
	kill "$PID"
	wait "$PID"
	PID=
}

@test "bad command lines" {
	run -64 "$ADOBE_EMULATOR"
	run -64 "$ADOBE_EMULATOR" --org live.yaml --switch no-such=1
	run -64 "$ADOBE_EMULATOR" --org live.yaml --switch latency-ms=x
	run -64 "$ADOBE_EMULATOR" --org live.yaml --rate-limits -1
	run -64 "$ADOBE_EMULATOR" --org live.yaml --port 70000
	run -64 "$ADOBE_EMULATOR" --org live.yaml --cert x
	run -1 "$ADOBE_EMULATOR" --org missing.yaml
	echo nonsense >bad.yaml
	run -1 "$ADOBE_EMULATOR" --org bad.yaml
	echo '{"a":1,"a":2}' >live.yaml.emulator.json
	run -1 "$ADOBE_EMULATOR" --org live.yaml
}

@test "every switch is in the manual page" {
	"$ADOBE_EMULATOR" --list-switches | while read -r name _; do
		grep -q "^\*$name\*=" "$WRIT_ROOT/cmd/man/adobe-emulator.1.scd"
	done
}

@test "the same organisation has the same ids in every run" {
	emulator_start --rate-limits off
	org GET projects | jq '.[0] | {id, name, title}' >one
	credential asset-archiver
	echo "$CLIENT $SECRET $CREDENTIAL" >>one
	emulator_stop
	rm -f live.yaml.emulator.json
	emulator_start --rate-limits off
	org GET projects | jq '.[0] | {id, name, title}' >two
	credential asset-archiver
	echo "$CLIENT $SECRET $CREDENTIAL" >>two
	cmp one two
}

@test "what was made is there after a restart, and the file provider reads it" {
	emulator_start --rate-limits off
	credential asset-archiver
	org POST "projects/$PROJECT/workspaces/$WORKSPACE/credentials/oauth-server-to-server" \
		'{"name":"Report Reader","description":"reads"}' >/dev/null
	control POST give '{"email":"kim@example.com","role":"support-administrator"}'
	sorted='del(.signingKey) | .users |= sort_by(.email) | .groups |= sort_by(.name)'
	control GET state | jq "$sorted" >before
	emulator_stop
	"$WRIT" import --live live.yaml --out imported
	grep -q 'name: report-reader' imported/technical-accounts.yaml
	grep -q 'credential: Report Reader' imported/technical-accounts.yaml
	"$WRIT" plan --live live.yaml --detailed-exitcode imported
	emulator_start --rate-limits off
	control GET state | jq "$sorted" | diff before -
}

@test "the administrator's click" {
	emulator_start --rate-limits off
	credential asset-archiver
	control POST give "{\"email\":\"${EMAIL^^}\",\"role\":\"storage-administrator\"}" | jq -e .ok
	control GET administrators | jq -e --arg email "$EMAIL" \
		'.[] | select(.email == $email) | .type == "Technical Account" and .role == "storage-administrator"'
	control POST take "{\"account\":\"asset-archiver\",\"role\":\"storage-administrator\"}" | jq -e .ok
	control POST take '{"account":"asset-archiver","product":"Creative Cloud Enterprise","profile":"Storage"}'
	[ "$(changes)" = 'grant.add technicalAccount/asset-archiver role/storage-administrator
grant.remove technicalAccount/asset-archiver role/storage-administrator
grant.remove technicalAccount/asset-archiver product/Creative Cloud Enterprise/Storage' ]
}

@test "pasting the id makes a wrong entry, which helps nobody" {
	emulator_start --rate-limits off
	credential asset-archiver
	control POST give "{\"email\":\"$ACCOUNT_ID\",\"role\":\"storage-administrator\"}" | jq -e .ok
	control GET administrators | jq -e --arg id "$ACCOUNT_ID" \
		'.[] | select(.email == $id) | .type == "Adobe ID"'
	SERVICE=$(service_token openid,admin_api.storage)
	[ "$(status_of GET "$URL/v1/policies/org/inactive_user_content_purge" '' \
		-H "Authorization: Bearer $SERVICE")" = 403 ]
}

@test "clicks that cannot be" {
	emulator_start --rate-limits off
	for order in '{"email":"nobody@example.com","role":"support-administrator"}' \
		'{"email":"kim@example.com","role":"king"}' '{"email":"kim@example.com"}' \
		'{"email":"kim@example.com","role":"developer","product":"Adobe Express"}' \
		'{"email":"kim@example.com","product":"Adobe Express","profile":"None"}' \
		'{"role":"support-administrator"}' '[]' 'nonsense' '{"account":"none","role":"support-administrator"}'; do
		[ "$(status_of POST "$URL/_control/give" "$order")" = 400 ]
	done
	[ -z "$(changes)" ]
}

@test "people, groups and profiles come and go" {
	emulator_start --rate-limits off
	control POST users '{"email":"new@example.com","firstname":"New","type":"adobeID"}' | jq -e .ok
	control POST groups '{"name":"Writers","add":["new@example.com","kim@example.com"]}' | jq -e .ok
	control POST groups '{"name":"Writers","remove":["kim@example.com"]}' | jq -e .ok
	control POST profiles '{"product":"Adobe Stock","profile":"Basic"}' | jq -e .ok
	org GET services | jq -e '.[] | select(.name == "Adobe Stock API" and .type == "entp")
		| .properties.licenseConfigs[0].name == "Basic"'
	control POST users '{"email":"new@example.com","absent":true}' | jq -e .ok
	control POST groups '{"name":"Writers","absent":true}' | jq -e .ok
	control POST profiles '{"product":"Adobe Stock","profile":"Basic","absent":true}' | jq -e .ok
	[ "$(status_of POST "$URL/_control/groups" '{"name":"_smuggled"}')" = 400 ]
}

@test "the manifest and the document can be replaced" {
	emulator_start --rate-limits off
	sed 's/Asset Archiver/Renamed Project/' live.yaml >other.yaml
	control PUT manifest "$(cat other.yaml)" | jq -e .ok
	org GET 'projects?title=Renamed%20Project' | jq -e 'length == 1'
	[ "$(status_of PUT "$URL/_control/manifest" 'kind: nonsense')" = 400 ]
	org GET 'projects?title=Renamed%20Project' | jq -e 'length == 1'
	control GET state | jq '.organization.title = "Acme Corporation"' >document
	control PUT state "$(cat document)" | jq -e .ok
	console GET organizations | jq -e '.[0].name == "Acme Corporation"'
	[ ! -e live.yaml.new ]
}

@test "tokens of the developer end when they should" {
	emulator_start --rate-limits off
	TOKEN=$(control POST token '{"expires_in":-5}' | jq -r .access_token)
	console GET organizations | jq -e '.error_code == "401013"'
	TOKEN=$(control POST token '{"expires_in":60}' | jq -r .access_token)
	console GET organizations | jq -e 'length == 1'
	control POST clock '{"advance_ms":61000}' | jq -e .ok
	console GET organizations | jq -e '.error_code == "401013"'
	TOKEN=$(control POST token '{}' | jq -r .access_token)
	control POST revoke "{\"token\":\"$TOKEN\"}" | jq -e .ok
	console GET organizations | jq -e '.error_code == "401013"'
}

@test "the log tells each request and what it changed" {
	emulator_start --rate-limits off
	control POST reset
	org GET projects '' -H 'X-Request-Id: mine-1' >/dev/null
	org POST projects '{"name":"one","title":"One","type":"default"}' -H 'X-Request-Id: mine-2' >/dev/null
	control GET requests >log
	jq -e 'length == 2 and .[0].requestId == "mine-1" and .[0].changes == []' log
	jq -e '.[1] | .status == 201 and .body.title == "One" and (.changes | length) == 2' log
	control GET changes | jq -e 'all(.[]; .requestId == "mine-2")'
	control DELETE log
	control GET requests | jq -e 'length == 0'
}

@test "switches can be read, turned and turned back" {
	emulator_start --rate-limits off --switch tech-get=shown
	control GET switches | jq -e '."tech-get" == "shown" and ."selected" == "live"'
	control PUT switches '{"selected":"lagging","users-page-size":2}' | jq -e '.selected == "lagging"'
	[ "$(status_of PUT "$URL/_control/switches" '{"selected":"maybe"}')" = 400 ]
	[ "$(status_of PUT "$URL/_control/switches" '{"latency-ms":"1","nothing":"1"}')" = 400 ]
	control GET switches | jq -e '."latency-ms" == "0"'
	control DELETE switches | jq -e '.selected == "live"'
}

@test "a changing organisation shows late when reads lag" {
	emulator_start --rate-limits off --switch visibility-delay-ms=60000
	org POST projects '{"name":"late","title":"Late","type":"default"}' >/dev/null
	org GET 'projects?title=Late' | jq -e 'length == 0'
	control POST clock '{"advance_ms":60001}'
	org GET 'projects?title=Late' | jq -e 'length == 1'
}

@test "TLS" {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1 \
		-addext subjectAltName=IP:127.0.0.1 2>/dev/null
	"$ADOBE_EMULATOR" --org live.yaml --cert cert.pem --key key.pem >url 2>emulator.err 3>&- &
	PID=$!
	tries=0
	until [ -s url ] || [ "$tries" -ge 200 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
	URL=$(cat url)
	[[ $URL == https://127.0.0.1:* ]]
	curl -sS --cacert cert.pem "$URL/status" | jq -e '.state == "LIVE"'
}
