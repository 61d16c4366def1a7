#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The program, its files, and the control path.
# shellcheck disable=SC2154 # stderr is of run

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
	refuses() { # STATUS TEXT ARGUMENT...
		run -"$1" --separate-stderr "$ADOBE_EMULATOR" "${@:3}"
		[[ $stderr == *"$2"* ]] && [ -z "$output" ]
	}
	refuses 64 '--org FILE is due'
	refuses 64 '--org FILE is due' --org live.yaml more
	refuses 64 'see adobe-emulator --help' --nothing
	refuses 64 '--switch takes NAME=VALUE' --org live.yaml --switch latency-ms
	refuses 64 'no switch "no-such"' --org live.yaml --switch no-such=1
	refuses 64 'no switch "latency-m", did you mean latency-ms?' --org live.yaml \
		--switch latency-m=1
	for value in '' x 1234567890; do
		refuses 64 'switch latency-ms takes a whole number' --org live.yaml \
			--switch "latency-ms=$value"
	done
	refuses 64 'switch selected takes live|lagging' --org live.yaml --switch selected=late
	for value in -1 0 '' 1x inf nan; do
		refuses 64 '--rate-limits takes real, off or a scale above 0' --org live.yaml \
			--rate-limits "$value"
	done
	for value in '' 70000 123456 8o; do
		refuses 64 '--port takes 0 to 65535' --org live.yaml --port "$value"
	done
	refuses 64 '--cert and --key go together' --org live.yaml --cert x
	refuses 1 missing.pem --org live.yaml --cert missing.pem --key missing.pem
	echo text >text.pem
	refuses 1 missing.pem --org live.yaml --cert text.pem --key missing.pem
	refuses 1 'listening on 127.0.0.1' --org live.yaml --cert text.pem --key text.pem
	refuses 1 missing.yaml --org missing.yaml
	echo nonsense >bad.yaml
	refuses 1 bad.yaml --org bad.yaml
	refuses 1 'reading live.yaml/state' --org live.yaml --state live.yaml/state
	refuses 1 . --org live.yaml --state .
	echo '{"a":1,"a":2}' >live.yaml.emulator.json
	refuses 1 live.yaml.emulator.json --org live.yaml
	openssl ecparam -genkey -name prime256v1 -noout 2>/dev/null |
		jq -Rs '{signingKey: .}' >live.yaml.emulator.json
	refuses 1 'signingKey is no RSA private key' --org live.yaml
	echo '{"signingKey":"x"}' >live.yaml.emulator.json
	refuses 1 'signingKey is no RSA private key' --org live.yaml
	run -0 "$ADOBE_EMULATOR" --help
	[[ $output == 'usage: adobe-emulator --org FILE'* ]]
	run -0 "$ADOBE_EMULATOR" --version
	[[ $output == 'adobe-emulator '[0-9]* ]]
}

@test "of several mistakes in the manifest the first is told" {
	sed '/orgId:/d; s/role: system-administrator/role: king/' live.yaml >bad.yaml
	run -1 --separate-stderr "$ADOBE_EMULATOR" --org bad.yaml
	[[ $stderr == *'bad.yaml:6:3: error: '*E0422* && $stderr != *king* ]]
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
	control POST give "{\"email\":\"${EMAIL^^}\",\"role\":\"storage-administrator\"}" |
		jq -e .ok
	control GET administrators | jq -e --arg email "$EMAIL" \
		'.[] | select(.email == $email) | .type == "Technical Account" and
		.role == "storage-administrator"'
	control POST take "{\"account\":\"asset-archiver\",\"role\":\"storage-administrator\"}" |
		jq -e .ok
	control GET administrators | jq -e 'map(.role) == ["system-administrator"]'
	control POST take '{"account":"asset-archiver","product":"Creative Cloud Enterprise",
		"profile":"Storage"}'
	[ "$(changes)" = 'grant.add technicalAccount/asset-archiver role/storage-administrator
grant.remove technicalAccount/asset-archiver role/storage-administrator
grant.remove technicalAccount/asset-archiver product/Creative Cloud Enterprise/Storage' ]
}

@test "pasting the id makes a wrong entry, which helps nobody" {
	emulator_start --rate-limits off
	credential asset-archiver
	control POST give "{\"email\":\"$ACCOUNT_ID\",\"role\":\"storage-administrator\"}" |
		jq -e .ok
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
		'{"role":"support-administrator"}' '[]' 'nonsense' \
		'{"account":"none","role":"support-administrator"}'; do
		[ "$(status_of POST "$URL/_control/give" "$order")" = 400 ]
	done
	[ -z "$(changes)" ]
}

@test "orders of every kind, and why they are refused" {
	local account='"account":"asset-archiver"' \
		profile='"product":"Adobe Express","profile":"Beta"'
	emulator_start --rate-limits off
	credential asset-archiver
	answers control <<-END
		GET | | | 200 | POST   /_control/give
		GET | nothing | | 404
		  | {"ok":false,"error":"no such control call; GET /_control lists them"}
		POST | give | {"group_member":"Nobody","role":"support-administrator"} | 400
		  | {"ok":false,"error":"no such group"}
		POST | give | {"group_member":"Designers","role":"support-administrator"} | 200
		  | {"ok":true}
		POST | give | {"product":"Adobe Express"} | 400
		  | role, or product and profile, are due
		POST | give | {$account,"role":"product-administrator"} | 400
		  | product, profile and group do not fit the role
		POST | give | {$account,"role":"product-administrator",$profile} | 400
		  | do not fit the role
		POST | give | {$account,"role":"support-administrator","group":"Designers"} | 400
		  | do not fit the role
		POST | give | {$account,"role":"product-administrator","product":"None"} | 400
		  | no such product
		POST | give | {$account,"role":"product-administrator","product":"Adobe Express"}
		  | 200 | {"ok":true}
		POST | give | {$account,"role":"product-profile-administrator",$profile} | 200
		  | {"ok":true}
		POST | give | {"email":"kim@example.com","product":"Adobe Fonts","profile":"Beta"}
		  | 400 | no such product profile
		POST | give | {"email":"kim@example.com","role":"user-group-administrator",
		  "group":"Auditors"} | 200 | {"ok":true}
		POST | give | {"email":"kim@example.com","role":"developer","product":"Adobe Fonts",
		  "profile":"All Fonts"} | 200 | {"ok":true}
		POST | give | {$account,"role":"user-group-administrator","group":"None"} | 400
		  | no such group
		POST | give | {$account,"role":"user-group-administrator","group":"Designers"} | 200
		  | {"ok":true}
		POST | take | {"email":"$ACCOUNT_ID","role":"support-administrator"} | 400
		  | no such e-mail
		POST | users | [] | 400 | email is due
		POST | users | nonsense | 400 | a JSON object is due
		POST | users | {"email":"at.all"} | 400 | email is due
		POST | users | {"email":"@example.com"} | 400 | email is due
		POST | users | {"email":"a@example"} | 400 | email is due
		POST | users | {"email":"_a@example.com"} | 400 | email is due
		POST | users | {"email":"a b@example.com"} | 400 | email is due
		POST | users | {"absent":true} | 400 | no such user
		POST | users | {"email":"ent@example.com","type":"enterpriseID",
		  "lastname":"bell\\u0007","firstname":"$(printf '%04001d' 0)"} | 200 | {"ok":true}
		POST | users | {"email":"adobe@example.com","type":"adobeID"} | 200 | {"ok":true}
		POST | give | {"email":"ent@example.com","role":"support-administrator"} | 200
		  | {"ok":true}
		POST | give | {"email":"adobe@example.com","role":"support-administrator"} | 200
		  | {"ok":true}
		POST | groups | {} | 400 | name is due
		POST | groups | {"name":""} | 400 | name is due
		POST | groups | {"name":" Writers"} | 400 | name is due
		POST | groups | {"name":"$(printf '%0251d' 0)"} | 400 | name is due
		POST | groups | {"absent":true} | 400 | no such group
		POST | groups | {"name":"Designers","add":["nobody@example.com"]} | 400
		  | no such user
		POST | groups | {"name":"Designers","add":[1]} | 400 | no such user
		POST | groups | {"name":"Designers","remove":["nobody@example.com"]} | 400
		  | no such member
		POST | groups | {"name":"Designers","remove":["kim@example.com"]} | 400
		  | no such member
		POST | groups | {"name":"Designers","remove":[1]} | 400 | no such member
		POST | profiles | {"profile":"Beta"} | 400 | product and profile are due
		POST | profiles | {"product":"Adobe Express"} | 400 | product and profile are due
		POST | profiles | {"product":"Adobe Express","profile":"None","absent":true} | 400
		  | no such profile
		POST | profiles | {$profile} | 200 | {"ok":true}
		POST | projects | {} | 400 | no such project
		POST | projects | {"id":"1","guarded":true} | 400 | no such project
		PUT | state | nonsense | 400 | a JSON object is due
		PUT | state | {} x | 400 | a JSON object is due
		POST | revoke | {} | 400 | token is due
		POST | revoke | {"token":"x"} | 400 | token is due
		POST | clock | {} | 400 | advance_ms is due
		POST | clock | {"advance_ms":-1e13} | 400 | advance_ms is due
		POST | clock | {"advance_ms":1e13} | 400 | advance_ms is due
		PUT | switches | nonsense | 400 | a JSON object is due
		PUT | switches | ["live"] | 400 | a JSON object is due
		PUT | switches | {"selected":true} | 400 | a switch has a text or a number
		PUT | rate-limits | {} | 400 | --rate-limits takes real, off or a scale above 0
		PUT | rate-limits | {"rate_limits":"slow"} | 400 | --rate-limits takes
		POST | token | {"client_id":"me","scope":"openid  openid,,AdobeID"} | 200
		  | "client_id":"me"
	END
	control GET administrators | jq -e --arg email "$EMAIL" \
		'map([.email, .type, .role, .product, .profile, .group] | map(select(.)) |
		join(" ")) | sort == ([
		"Designers User Group support-administrator",
		"\($email) Technical Account product-administrator Adobe Express",
		"\($email) Technical Account product-profile-administrator Adobe Express Beta",
		"\($email) Technical Account user-group-administrator Designers",
		"adobe@example.com Adobe ID support-administrator",
		"ent@example.com Enterprise ID support-administrator",
		"jane@example.com Federated ID system-administrator",
		"kim@example.com Federated ID developer Adobe Fonts All Fonts",
		"kim@example.com Federated ID user-group-administrator Auditors"] | sort)'
	control GET state | jq -e '.users[] | select(.email == "ent@example.com") |
		has("lastname") or has("firstname") | not'
	control POST groups '{"name":"Designers","absent":true}'
	control POST profiles "{$profile,\"absent\":true}"
	gone='grant.remove technicalAccount/asset-archiver role'
	changes | grep -Fx "$gone/user-group-administrator/Designers"
	changes | grep -Fx "$gone/product-profile-administrator/Adobe Express/Beta"
	changes | grep -Fx 'grant.remove group/Designers role/support-administrator'
	control GET administrators | jq -e 'map(select(.email == "kim@example.com")) | length == 2'
	control POST profiles "{$profile}" | jq -e .ok
	mkdir live.yaml.new
	[ "$(status_of PUT "$URL/_control/manifest" @live.yaml)" = 400 ]
	printf '{"advance_ms":0} \0' >nul
	[ "$(status_of POST "$URL/_control/clock" @nul)" = 400 ]
}

@test "a wrong order leaves the limits as they were" {
	emulator_start --rate-limits off
	credential asset-archiver
	control PUT switches '{"ims-limit":1}'
	control PUT rate-limits '{"rate_limits":"real"}'
	control PUT rate-limits '{"rate_limits":"0"}'
	service_token openid
	[ "$(service_token openid)" = null ]
	control POST clock '{"advance_ms":-3600000}'
	[ "$(service_token openid)" != null ]
}

@test "people, groups and profiles come and go" {
	emulator_start --rate-limits off
	control POST users '{"email":"new@example.com","firstname":"New","type":"adobeID"}' |
		jq -e .ok
	control POST groups '{"name":"Writers","add":["new@example.com","kim@example.com"]}' |
		jq -e .ok
	control POST groups '{"name":"Writers","remove":["kim@example.com"]}' | jq -e .ok
	control POST profiles '{"product":"Adobe Stock","profile":"Basic"}' | jq -e .ok
	org GET services | jq -e '.[] | select(.name == "Adobe Stock API" and .type == "entp")
		| .properties.licenseConfigs[0].name == "Basic"'
	control POST users '{"email":"new@example.com","absent":true}' | jq -e .ok
	control POST groups '{"name":"Writers","absent":true}' | jq -e .ok
	control POST profiles '{"product":"Adobe Stock","profile":"Basic","absent":true}' |
		jq -e .ok
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
	org POST projects '{"name":"one","title":"One","type":"default"}' \
		-H 'X-Request-Id: mine-2' >/dev/null
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
	control PUT switches '{"selected":"lagging","users-page-size":2}' |
		jq -e '.selected == "lagging"'
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
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 \
		-subj /CN=127.0.0.1 \
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
	for kind in reset drip truncate; do
		curl -sS --cacert cert.pem "$URL/_control/faults" \
			-d "{\"kind\":\"$kind\",\"bytes\":9}" | jq -e .ok
		run curl -s --max-time 20 --cacert cert.pem "$URL/status"
		[ "$status" -ne 0 ] && [ -z "$output" ]
	done
}

@test "what cannot be saved is said, and served all the same" {
	mkdir state
	emulator_start --rate-limits off --state state/document.json
	rm -r state
	control POST groups '{"name":"Writers"}' | jq -e .ok
	grep -q 'error: .*state/' emulator.err
	mkdir state
	mv live.yaml gone.yaml
	mkdir live.yaml
	: >emulator.err
	control POST groups '{"name":"Authors"}' | jq -e .ok
	grep -q 'error: .*live.yaml' emulator.err
	control GET state | jq -e '.groups | map(.name) | index("Authors") and index("Writers")'
	rmdir live.yaml
	mv gone.yaml live.yaml
	: >emulator.err
	emulator_stop
	jq -e '.groups | map(.name) | index("Authors")' state/document.json
}

@test "a document with gaps" {
	emulator_start --rate-limits off
	control POST users '{"email":"adobe@free.test","type":"adobeID"}'
	state_becomes '
		del(.directories) | del(.contents)
		| .profiles += [{}, {product: "Adobe Express"},
			{product: "_smuggled", profile: "x"}, {product: "x", profile: "_smuggled"},
			{product: "Adobe Stock", profile: "Basic", id: 1.5},
			{product: "Adobe Stock", profile: "Plus", id: "12x"},
			{product: "Adobe Stock", profile: "Pro", id: "123456789"},
			{product: "Adobe Stock", profile: "Max", id: -1e300},
			{product: "Adobe Stock", profile: "Top", id: "1234567890123456789"}]
		| (.groups[] | select(.name == "Designers") | .members) =
			[1, "nobody@example.com", "kim@example.com"]
		| .projects[0].workspaces += [{}]
		| .projects += [{}, {name: "x"}, {name: "x", title: ""},
			{name: "x", title: "a\u0007"}, {name: "plain", title: "Plain"}]
		| .credentials[0].secrets += [{}] | .credentials += [{}]
		| .users += [{}]'
	control GET state | jq -e '
		(.profiles | map(select(.product == "Adobe Stock")) |
			map(.profile) == ["Basic","Max","Plus","Pro","Top"])
		and (.profiles | map(.product) |
			unique == ["Adobe Express","Adobe Fonts","Adobe Stock",
				"Creative Cloud Enterprise"])
		and (.profiles[] | select(.profile == "Pro") | .id == 123456789)
		and (.groups[] | select(.name == "Designers") | .members == ["kim@example.com"])
		and (.projects | map([.name, .type, (.workspaces | length)]) ==
			[["AssetArchiver","default",1],["plain","default",1]])
		and (.credentials[0].secrets | length == 1) and (.credentials | length == 1)
		and (.directories | map(.domain) == ["example.com"])
		and (.contents | map(.name) == ["Brand Library","Campaign Archive"])'
}

@test "numbers do not meet" {
	emulator_start --rate-limits off --port 0
	make() {
		org POST projects '{"name":"one","title":"One","type":"default"}' | jq -r .projectId
	}
	id=$(make)
	org DELETE "projects/$id"
	state_becomes 'del(.serial)'
	[ "$(make)" != "$id" ]
	control POST groups '{"name":"Fresh"}'
	id=$(control GET state | jq '.groups[] | select(.name == "Fresh") | .id')
	control POST groups '{"name":"Fresh","absent":true}'
	state_becomes "(.profiles[] | select(.profile == \"Beta\") | .id) = $id
		| (.groups[] | select(.name == \"Designers\") | .id) = $((id + 1))"
	control POST groups '{"name":"Fresh"}'
	control GET state | jq -e --argjson id "$id" \
		'.groups[] | select(.name == "Fresh") | .id == $id + 2'
	for account in zoo-keeper=present gone-one=absent; do
		printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' \
			"metadata: {name: ${account%=*}}" \
			"spec: {project: Asset Archiver, state: ${account#*=}}"
	done >>live.yaml
	control PUT manifest @live.yaml
	id=$(control GET state | jq -r '.credentials[] | select(.account == "zoo-keeper") | .id')
	state_becomes "(.credentials[] | select(.account == \"asset-archiver\") | .id) = \"$id\"
		| (.credentials[] | select(.account == \"zoo-keeper\")) |= del(.id)"
	control GET state | jq -e --arg id "$id" \
		'(.credentials | map(.account) == ["asset-archiver","zoo-keeper"])
		and .credentials[0].id == $id and (.credentials[1].id | length == 7)
		and (.credentials[0].projectId == .credentials[1].projectId)'
}

@test "one profile of a product has the storage, and a group has an administrator" {
	sed -i 's/enterpriseStorage: .*/enterpriseStorage: [{product: Adobe Express, profile: Beta}]/' \
		live.yaml
	emulator_start --rate-limits off
	control POST give \
		'{"email":"kim@example.com","role":"user-group-administrator","group":"Designers"}'
	org GET services | jq -e '.[] | select(.code == "CloudStorageCollabSDK" and .type == "entp")
		| .properties.licenseConfigs | map(.name) == ["Beta"]'
	emulator_stop
	emulator_start --rate-limits off
	control GET administrators | jq -e \
		'.[] | select(.group == "Designers") | .email == "kim@example.com"'
}
