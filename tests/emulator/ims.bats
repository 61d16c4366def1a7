#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tokens.
# shellcheck disable=SC2030,SC2031,SC2034,SC2059,SC2119,SC2120,SC2153 # variables of the helper; a
# test is a subshell

setup() {
	load helper
	emulator_setup
	emulator_start --rate-limits off
	credential asset-archiver
}

teardown() {
	emulator_stop
}

# token_call PATH CURL ARGUMENT...
token_call() {
	local path=$1
	shift
	curl -sS --max-time 20 "$@" "$URL/ims/$path"
}

claims() {
	jq -rR 'split(".")[1] | gsub("-";"+") | gsub("_";"/") | @base64d'
}

@test "a token by form, multipart, query and Basic, on all paths" {
	local fields="grant_type=client_credentials&client_id=$CLIENT&client_secret=$SECRET"
	fields="$fields&scope=openid,%20AdobeID"
	for path in token/v1 token/v2 token/v2/ token/v3; do
		token_call "$path" -d "$fields" |
			jq -e '.token_type == "bearer" and .expires_in == 86399'
	done
	token_call "token/v3?$fields" -X POST | jq -e .access_token
	token_call token/v2 -F grant_type=client_credentials -F "client_id=$CLIENT" \
		-F "client_secret=$SECRET" \
		-F 'scope=openid,AdobeID' -F org_id="$ORG" | jq -e .access_token
	token_call token/v3 -u "$CLIENT:$SECRET" -d grant_type=client_credentials -d scope=openid |
		jq -e .access_token
}

@test "what is in a token" {
	service_token 'AdobeID, openid' | claims >payload
	jq -e --arg id "$ACCOUNT_ID" --arg client "$CLIENT" '
		.user_id == $id and .aa_id == $id and .client_id == $client and
			.type == "access_token"
		and .scope == "AdobeID,openid" and .as == "ims-na1" and .expires_in == "86400000"
		and (.created_at | type == "string")' payload
	jq -e 'has("exp") or has("iat") or has("iss") | not' payload
}

@test "signatures can be checked with the published key" {
	service_token openid >token
	token_call keys | jq -e '.keys | map(.kid) | index("ims_na1-key-at-1")'
	node -e '
		const crypto = require("crypto"), fs = require("fs");
		const [h, p, s] = fs.readFileSync("token", "utf8").trim().split(".");
		const key = JSON.parse(process.argv[1]).keys[1];
		const ok = crypto.verify("RSA-SHA256", Buffer.from(h + "." + p),
			crypto.createPublicKey({key, format: "jwk"}), Buffer.from(s, "base64url"));
		process.exit(ok ? 0 : 1);' "$(token_call keys)"
}

@test "refusals" {
	refused() {
		token_call token/v3 -o body -w '%{http_code}' "${@:3}" >code
		[ "$(cat code)" = "$1" ] || return
		jq -e --arg error "$2" '.error == $error' body
	}
	good=(-d grant_type=client_credentials -d scope=openid)
	refused 400 invalid_client "${good[@]}" -d "client_id=$CLIENT" -d client_secret=wrong
	jq -e '.error_description == "invalid client_secret parameter"' body
	refused 400 invalid_client "${good[@]}" -d client_id=unknown -d client_secret=x
	jq -e '.error_description == "invalid client_id parameter"' body
	refused 400 invalid_scope -d grant_type=client_credentials -d "client_id=$CLIENT" \
		-d "client_secret=$SECRET" \
		-d scope=openid,cloudmanager
	refused 400 invalid_scope -d grant_type=client_credentials -d "client_id=$CLIENT" \
		-d "client_secret=$SECRET"
	refused 400 unauthorized_client "${good[@]}" -d client_id=aio-cli-console-auth \
		-d client_secret=x
	refused 400 unsupported_grant_type -d grant_type=password -d "client_id=$CLIENT"
	refused 400 invalid_request -d "client_id=$CLIENT"
	refused 400 invalid_grant -d grant_type=authorization_code -d "client_id=$CLIENT" -d code=x
}

@test "two secrets, either taken; the use is stamped" {
	org GET "credentials/$CREDENTIAL/secrets" | jq -e '.client_secrets[0].secret_usages == null'
	second=$(org POST "credentials/$CREDENTIAL/secrets")
	[ "$(status_of POST "$URL/console/organizations/$NUMBER/credentials/$CREDENTIAL/secrets" \
		'' \
		-H "Authorization: Bearer $TOKEN" -H 'x-api-key: aio-cli-console-auth')" = 400 ]
	service_token openid | grep -q '\.'
	first=$SECRET
	SECRET=$(jq -r .client_secret <<<"$second")
	service_token openid | grep -q '\.'
	org GET "credentials/$CREDENTIAL/secrets" >list
	jq -e '.client_secrets | length == 2 and
		all(.secret_usages[0].grant_type == "client_credentials")' list
	jq -e '.client_secrets | all(has("client_secret") | not)' list
	old=$(jq -r --arg new "$(jq -r .uuid <<<"$second")" \
		'.client_secrets[] | select(.uuid != $new) | .uuid' list)
	org DELETE "credentials/$CREDENTIAL/secrets/$old"
	SECRET=$first
	[ "$(service_token openid)" = null ]
	[ "$(changes | cut -d' ' -f1)" = 'secret.create
secret.delete' ]
}

@test "an account manages its own secrets with its own token" {
	SERVICE=$(service_token openid,AdobeID,adobeio_api,read_client_secret,manage_client_secrets)
	own() {
		ask "$1" "$URL/console/organizations/$NUMBER/credentials/$2" "" \
			-H "Authorization: Bearer $SERVICE" -H "x-api-key: $CLIENT" -o body \
			-w '%{http_code}'
	}
	[ "$(own GET "$CREDENTIAL/secrets")" = 200 ]
	[ "$(own POST "$CREDENTIAL/secrets")" = 201 ]
	[ "$(own DELETE "$CREDENTIAL/secrets/$(jq -r .uuid body)")" = 204 ]
	org POST "projects/$PROJECT/workspaces/$WORKSPACE/credentials/oauth-server-to-server" \
		'{"name":"another-one","description":"x"}' >made
	[ "$(own POST "$(jq -r .id made)/secrets")" = 403 ]
	SERVICE=$(service_token openid)
	[ "$(own GET "$CREDENTIAL/secrets")" = 403 ]
}

@test "roles and products in the profile, only with their scopes" {
	control POST give '{"account":"asset-archiver","role":"storage-administrator"}'
	SERVICE=$(service_token \
		openid,additional_info.roles,additional_info.projectedProductContext)
	token_call profile/v1 -H "Authorization: Bearer $SERVICE" >profile
	jq -e --arg email "$EMAIL" '.email == $email and .roles[0].named_role == "storage_admin"' \
		profile
	jq -e '.projectedProductContext[0].prodCtx | .label == "Creative Cloud Enterprise" and
		.statusCode == "ACTIVE"' profile
	SERVICE=$(service_token openid)
	token_call profile/v1 -H "Authorization: Bearer $SERVICE" |
		jq -e 'has("roles") or has("projectedProductContext") | not'
	token_call userinfo/v2 -H "Authorization: Bearer $SERVICE" |
		jq -e --arg id "$ACCOUNT_ID" '.sub == $id'
	[ "$(token_call profile/v1 -o /dev/null -w '%{http_code}')" = 401 ]
	[ "$(token_call organizations/v6 -o /dev/null \
		-w '%{http_code}' -H "Authorization: Bearer $SERVICE")" = 401 ]
}

@test "validate, invalidate, revoke; a deleted credential" {
	SERVICE=$(service_token openid)
	token_call validate_token/v1 -d type=access_token -d "token=$SERVICE" \
		-H "X-IMS-ClientId: $CLIENT" | jq -e .valid
	token_call validate_token/v1 -d type=refresh_token -d "token=$SERVICE" |
		jq -e '.valid == false'
	token_call invalidate_token/v2 -d token_type=access_token -d "token=$SERVICE"
	token_call validate_token/v1 -d type=access_token -d "token=$SERVICE" |
		jq -e '.valid == false'
	SERVICE=$(service_token openid)
	token_call revoke -d "token=$SERVICE"
	token_call validate_token/v1 -d type=access_token -d "token=$SERVICE" |
		jq -e '.valid == false'
	SERVICE=$(service_token openid)
	org DELETE "projects/$PROJECT/workspaces/$WORKSPACE/credentials/$CREDENTIAL"
	token_call validate_token/v1 -d type=access_token -d "token=$SERVICE" | jq -e .valid
	[ "$(service_token openid)" = null ]
}

@test "a token without claims is none, whoever signed it" {
	control GET state | jq -r .signingKey >key.pem
	text=$(printf '{}' | base64).$(printf '{}' | base64)
	text=${text//=/}
	signed=$(printf '%s' "$text" | openssl dgst -sha256 -sign key.pem | base64 -w 0 |
		tr '+/' '-_' | tr -d =)
	[ "$(token_call userinfo/v2 -o /dev/null \
		-w '%{http_code}' -H "Authorization: Bearer $text.$signed")" = 401 ]
	token_call validate_token/v1 -d type= -d "token=$text.$signed" |
		jq -e '.reason == "expired"'
}

@test "a token of another key is none" {
	service_token openid >token
	node -e '
		const crypto = require("crypto");
		const [h, p] = process.argv[1].split(".");
		const { privateKey } = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
		const signed = crypto.sign("RSA-SHA256", Buffer.from(h + "." + p), privateKey);
		console.log(h + "." + p + "." + signed.toString("base64url"));
	' "$(cat token)" >forged
	[ "$(token_call userinfo/v2 -o /dev/null \
		-w '%{http_code}' -H "Authorization: Bearer $(cat forged)")" = 401 ]
	[ "$(token_call userinfo/v2 -o /dev/null \
		-w '%{http_code}' -H "Authorization: Bearer $(cat token)")" = 200 ]
}

@test "the old JWT exchange" {
	openssl genrsa -out key.pem 2048 2>/dev/null
	openssl rsa -in key.pem -pubout -out public.pem 2>/dev/null
	control GET state | jq --rawfile key public.pem \
		'(.credentials[] | select(.account == "asset-archiver")) |=
		(.type = "oauth_server_to_server_migrate" | .publicKey = $key |
			.migrationStatus = "STARTED")' >document
	control PUT state "$(cat document)" | jq -e .ok
	jwt() { # CLAIMS...: a line each
		node -e '
			const crypto = require("crypto"), fs = require("fs");
			const part = (x) => Buffer.from(JSON.stringify(x)).toString("base64url");
			for (const claims of process.argv.slice(1)) {
				const head = part({ alg: "RS256" });
				const text = head + "." + part(JSON.parse(claims));
				const key = fs.readFileSync("key.pem");
				const signed = crypto.sign("RSA-SHA256", Buffer.from(text), key);
				console.log(text + "." + signed.toString("base64url"));
			}
		' "$@"
	}
	exchange() {
		token_call exchange/jwt/ -d "client_id=$CLIENT" \
			-d "client_secret=${2:-$SECRET}" -d "jwt_token=$1"
	}
	host=https://ims-na1.adobelogin.com
	base=$(jq -nc --arg org "$ORG" --arg account "$ACCOUNT_ID" --arg host "$host" \
		--arg client "$CLIENT" --argjson now "$(date +%s)" '{exp: ($now + 300), iss: $org,
		sub: $account, aud: "\($host)/c/\($client)", "\($host)/s/ent_user_sdk": true}')
	exchange "$(jwt "$base")" | jq -e '.expires_in > 10000000 and .token_type == "bearer"'
	exchange "$(jwt "$base")" wrong | jq -e '.error == "invalid_client"'
	exchange "$(jwt "$(jq -c '.exp = 1' <<<"$base")")" | jq -e '.error == "invalid_token"'
	exchange "$(jwt "$(jq -c '.iss = "x"' <<<"$base")")" | jq -e '.error == "bad_request"'
	exchange "$(jwt "$(jq -c '.aud = "x"' <<<"$base")")" | jq -e '.error == "invalid_client"'
	exchange "$(jwt "$(jq -c "del(.\"$host/s/ent_user_sdk\")" <<<"$base")")" |
		jq -e '.error == "invalid_scope"'
	exchange "$(jwt "$base" | sed 's/.$/AAAA/')" | jq -e '.error == "invalid_signature"'
	exchange nonsense | jq -e '.error == "invalid_token"'
	changed() { # FILTER...: a line of claims each
		for filter; do jq -c "$filter" <<<"$base"; done
	}
	mapfile -t claims < <(changed 'del(.exp)' '.exp = "1"' '.jti = "x"' \
		'del(.iss)' 'del(.sub)' '.sub = "x"' 'del(.aud)' \
		'(.. | select(. == true)) = 1' '.jti = 1')
	mapfile -t signed < <(jwt "${claims[@]}")
	for jwt in "${signed[@]}"; do
		exchange "$jwt" | jq -r '.error // .token_type'
	done >errors
	[ "$(paste -sd, errors)" = \
		"$(printf '%s,' invalid_token{,,} bad_request{,,} \
			invalid_client invalid_scope)bearer" ]
	base64url() {
		printf '%s' "$1" | base64 -w 0 | tr '+/' '-_' | tr -d =
	}
	claim=$(base64url "$base")
	while read -r error jwt; do
		exchange "$jwt" | jq -e --arg error "$error" '.error == $error'
	done <<-END
		invalid_token one.two
		invalid_token !.$claim.x
		invalid_token $(base64url '{}').!.x
		invalid_token $(base64url '{')$claim.x
		invalid_signature $(base64url '{}').$claim.x
		invalid_signature $(base64url '{"alg":"none"}').$claim.x
		invalid_signature $(base64url '{"alg":"RS256"}').$claim.!
	END
	token_call exchange/v1/jwt -d "jwt_token=$(jwt "$base")" |
		jq -e '.error == "invalid_client"'
	token_call exchange/v1/jwt -d "client_id=$CLIENT" -d "jwt_token=$(jwt "$base")" |
		jq -e '.error == "invalid_client"'
	exchange '' | jq -e '.error == "invalid_token"'
	token_call exchange/jwt -d "client_id=$CLIENT" -d "client_secret=$SECRET" |
		jq -e '.error == "invalid_token"'
	openssl req -x509 -key key.pem -out bound.pem -days 2 -subj /CN=x 2>/dev/null
	openssl ecparam -genkey -name prime256v1 -noout 2>/dev/null |
		openssl ec -pubout -out ec.pem 2>/dev/null
	sed 's/^M/N/' bound.pem >broken.pem
	bound() { # FILE: the answer when that is the credential's certificate
		control GET state | jq --rawfile key "$1" '.credentials[0].publicKey = $key' \
			>document
		control PUT state @document >/dev/null
		exchange "$(jwt "$base")" | jq -r '.error // .token_type'
	}
	[ "$(bound bound.pem)" = bearer ]
	[ "$(bound broken.pem)" = invalid_signature ]
	[ "$(bound ec.pem)" = invalid_signature ]
	[ "$(bound /dev/null)" = invalid_signature ]
	state_becomes 'del(.credentials[0].publicKey)'
	exchange "$(jwt "$base")" | jq -e '.error == "invalid_signature"'
	org PATCH "credentials/oauth-server-to-server/$CREDENTIAL/finalize"
	org GET "credentials/oauth-server-to-server/$CREDENTIAL/status" |
		jq -e '.migrationStatus == "COMPLETED"'
	exchange "$(jwt "$base")" | jq -e '.error == "invalid_client"'
}

@test "discovery, token life, the token limit" {
	token_call .well-known/openid-configuration |
		jq -e '.issuer == "https://ims-na1.adobelogin.com"'
	control PUT switches '{"token-life":1}'
	SERVICE=$(service_token openid)
	control POST clock '{"advance_ms":1500}'
	token_call validate_token/v1 -d type=access_token -d "token=$SERVICE" |
		jq -e '.reason == "expired"'
	control PUT switches '{"ims-limit":2}'
	control PUT rate-limits '{"rate_limits":"real"}'
	service_token openid
	service_token openid
	curl -sS -D head "$URL/ims/token/v3" -d grant_type=client_credentials \
		-d "client_id=$CLIENT" -d "client_secret=$SECRET" -d scope=openid
	grep -q '^HTTP/1.1 429 Too Many Requests' head
	grep -qi '^retry-after: [0-9]' head
	control POST clock '{"advance_ms":60000}'
	service_token openid | grep -q '\.'
}

@test "what a call lacks" {
	local asked="grant_type=client_credentials&client_id=$CLIENT&scope=openid"
	local twice="$asked+AdobeID,openid,"
	posts() { # METHOD PATH BODY [CURL ARGUMENT...]
		token_call "$2" -X "$1" ${3:+-d "$3"} "${@:4}"
	}
	state_becomes '.credentials += [.credentials[0] + {type: "apikey"}]'
	answers posts <<-END
		POST | token/v3 | scope=openid | 400
		  | {"error":"invalid_request","error_description":"grant_type is missing"}
		POST | token/v3 | grant_type=client_credentials | 400
		  | {"error":"invalid_request","error_description":"client_id is missing"}
		POST | token/v3 | grant_type=refresh_token&client_id=$CLIENT | 400
		  | "error":"invalid_grant"
		POST | token/v3 | grant_type=password&client_id=$CLIENT | 400
		  | {"error":"unsupported_grant_type"}
		POST | token/v3 | $asked | 400
		  | {"error":"invalid_client","error_description":"invalid client_secret parameter"}
		POST | token/v3 | $asked&client_secret= | 400 | invalid client_secret parameter
		POST | token/v3 | $asked&client_secret=$SECRET&scope=other | 200
		  | "token_type":"bearer","expires_in":86399
		POST | token/v3 | $asked&client_secret=$SECRET&%zz=1&a=%ff&b=%00&=c&d | 200
		  | "token_type":"bearer"
		POST | token/v3 | $twice&client_secret=$SECRET
		  | 200 | "token_type":"bearer"
		GET | token/v3 | | 405 | {"error":"method_not_allowed"}
		POST | token/v9 | | 404 | {"error":"not_found"}
		POST | validate_token/v1 | type=access_token | 400
		  | {"error":"invalid_request","error_description":"type and token are required"}
		POST | validate_token/v1 | token=x | 400 | type and token are required
		POST | validate_token/v1 | token=x&type=access_token | 200
		  | {"valid":false,"reason":"bad payload"}
		POST | invalidate_token/v2 | token_type=access_token | 400
		  | {"error":"invalid_request","error_description":"token is required"}
		POST | invalidate_token/v2 | token=x | 200 |
	END
	printf '%s&client_secret=%s&end=%%\0\0' "$asked" "$SECRET" >form
	token_call token/v3 --data-binary @form | jq -e .access_token
	token_call validate_token/v1 -d type=access_token -H 'Authorization: Bearer' |
		jq -e '.error == "invalid_request"'
	SERVICE=$(service_token openid)
	token_call 'validate_token/v1?type=access_token' -H "Authorization: Bearer $SERVICE" |
		jq -e '.valid and .token.type == "access_token"'
	for _ in 1 2; do
		[ "$(token_call invalidate_token/v2 -X POST -H "Authorization: Bearer $SERVICE" \
			-o /dev/null -w '%{http_code}')" = 200 ]
	done
	state_becomes '.credentials[0].type = "apikey"'
	token_call token/v3 -d "$asked&client_secret=$SECRET" |
		jq -e '.error_description == "invalid client_id parameter"'
}

@test "the developer's own profile, and organisations" {
	about() { # PATH: of the developer
		token_call "$1" -H "Authorization: Bearer $TOKEN"
	}
	about userinfo/v1 | jq -e '. == {sub, account_type: "ind", email: "jane@example.com",
		email_verified: true,
		address: {country: "US"}, name: "Dana", given_name: "Dana",
			family_name: "Developer"}'
	control POST give '{"email":"jane@example.com","product":"Adobe Express","profile":"Beta"}'
	control POST \
		give '{"email":"jane@example.com","product":"Adobe Express","profile":"Default"}'
	control POST profiles '{"product":"Adobe Fonts","profile":"All Fonts","absent":true}'
	about profile/v1 | jq -e '.account_type == "ind" and .first_name == "Dana" and
		.last_name == "Developer"
		and (.roles | map(.named_role) == ["org_admin"])
		and (.projectedProductContext | map(.prodCtx.label) == ["Adobe Express"])'
	control POST take '{"email":"jane@example.com","role":"system-administrator"}'
	about profile/v1 | jq -e '.roles | map(.named_role) == ["org_admin"]'
	control PUT switches '{"console-role":"developer"}'
	about profile/v1 | jq -e '.roles == []'
	about organizations/v5 | jq -e --arg org "$ORG" \
		'.[0].orgRef | "\(.ident)@\(.authSrc)" == $org'
	[ "$(token_call organizations/v5 -o /dev/null -w '%{http_code}')" = 401 ]
	sed -i 's/^  orgId: .*/  orgId: elsewhere/' live.yaml
	control PUT manifest @live.yaml
	about organizations/v6 | jq -e '.[0].orgRef == {ident: "elsewhere", authSrc: "AdobeOrg"}'
}

@test "forms in parts, and Basic, however they are written" {
	parts() { # CONTENT-TYPE BODY
		printf '%b' "$2" >form
		token_call token/v3 -H "Content-Type: $1" --data-binary @form |
			jq -r '.error // .token_type'
	}
	one() { # NAME VALUE: a part
		printf 'Content-Disposition: form-data; %s\\r\\n\\r\\n%s' "$1" "$2"
	}
	grant=$(one name=grant_type client_credentials)
	client=$(one 'filename=x; name="client_id"' "$CLIENT")
	secret=$(one name=client_secret "$SECRET")
	scope=$(one name=scope openid)
	all="--b\r\n$grant\r\n--b\r\n$client\r\n--b\r\n$secret\r\n--b\r\n$scope"
	[ "$(parts 'multipart/form-data; boundary=b' "$all\r\n--b--")" = bearer ]
	[ "$(parts 'multipart/form-data; xboundary=x; boundary="b"; y' "$all--b--")" = bearer ]
	[ "$(parts 'multipart/form-data; boundary=b' "$all")" = invalid_scope ]
	[ "$(parts 'multipart/form-data; boundary=c' "$all\r\n--b--")" = invalid_request ]
	[ "$(parts 'multipart/form-data; boundary=' "$all\r\n--b--")" = invalid_request ]
	[ "$(parts 'multipart/form-data; boundary' "$all\r\n--b--")" = invalid_request ]
	[ "$(parts 'multipart/form-data; boundary=b' \
		"--bname=other\r\n\r\n--b--b\r\nno blank line--b\r\n$(one other=1 \
		x)\r\n--b\r\n$(one 'name=""' \
		x)\r\n--b\r\n$(one name=scope '\xff')\r\n$all\r\n--b--")" = bearer ]
	basic() { # TEXT: it in base64, with whatever the alphabet has
		token_call token/v3 -H "Authorization: Basic $1" -d grant_type=client_credentials \
			-d scope=openid | jq -r '.error // .token_type'
	}
	[ "$(basic "$(printf '%s' "$CLIENT:$SECRET" | base64 -w 0)")" = bearer ]
	[ "$(basic "$(printf '%s' "$CLIENT:$SECRET" | base64 -w 0 | tr -d =)")" = bearer ]
	[ "$(basic "$(printf '%s' "$CLIENT" | base64 -w 0)")" = invalid_request ]
	[ "$(basic "$(printf '\377:\377' | base64 -w 0)")" = invalid_request ]
}
