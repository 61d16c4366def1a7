#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the connection itself guards: certificates, redirects, and what the environment would like to
# change.

setup() {
	load helper
	load ../emulator/helper
	common_setup
	emulator_setup
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem \
		-out cert.pem \
		-days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
		2>/dev/null
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-keyout other-key.pem -out other.pem \
		-days 2 -subj /CN=elsewhere.example -addext subjectAltName=DNS:elsewhere.example \
		2>/dev/null
	wants <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset-archiver}
		spec: {}
	END
}

teardown() {
	emulator_stop
}

# start CERTIFICATE KEY TRUSTED: over TLS; writ trusts TRUSTED, or the system's authorities when it
# is empty.
start() {
	export CURL_CA_BUNDLE="$PWD/cert.pem"
	emulator_run --rate-limits off --cert "$1" --key "$2"
	[ "${URL%%:*}" = https ]
	printf secret >asset-archiver.secret
	printf token >user-token
	chmod 600 asset-archiver.secret user-token
	organization_config
	printf '    %s\n' 'user: {clientId: cli, token: {file: user-token}}' \
		${3:+"caFile: $3"} accounts: \
		'  - {name: asset-archiver, clientId: unknown,' \
		'     clientSecret: {file: asset-archiver.secret}}' >>config.yaml
}

verify() {
	run_writ verify --config config.yaml --max-wait 3 "$@" wanted.yaml
}

requests() {
	curl -sS -k "$URL/_control/requests" | jq length
}

@test "a certificate that is trusted" {
	start cert.pem key.pem cert.pem
	verify
	[ "$status" -eq 9 ] # the client is unknown, which only the service can say
	grep -q 'invalid client_id parameter' stdout
}

@test "a certificate that nobody vouches for gets nothing" {
	start cert.pem key.pem ''
	verify --log debug
	[ "$status" -eq 1 ]
	grep -qi 'certificate' stderr
	[ "$(grep -c 'POST ims /ims/token/v3' stderr)" -eq 1 ] # trying again is no use
	[ "$(requests)" -eq 0 ]
}

@test "a certificate of another name gets nothing" {
	start other.pem other-key.pem other.pem
	verify
	[ "$status" -eq 1 ]
	grep -q 'POST /ims/token/v3: ' stderr
	[ "$(requests)" -eq 0 ]
}

# pin CERTIFICATE: the digest of its public key, as the operator would make it.
pin() {
	openssl x509 -in "$1" -noout -pubkey | openssl pkey -pubin -outform der |
		openssl dgst -sha256 -binary | base64
}

@test "a certificate that is trusted, with a key that is not pinned, gets nothing" {
	start cert.pem key.pem cert.pem
	sed -i "/caFile/a \    pinnedPublicKey: sha256//$(pin other.pem)" config.yaml
	verify --log debug
	[ "$status" -eq 1 ]
	grep -q 'public key' stderr
	[ "$(grep -c 'POST ims /ims/token/v3' stderr)" -eq 1 ]
	[ "$(requests)" -eq 0 ]
	sed -i "s|pinnedPublicKey: .*|&;sha256//$(pin cert.pem)|" config.yaml
	verify
	[ "$status" -eq 9 ]
	grep -q 'invalid client_id parameter' stdout
	sed -i 's|pinnedPublicKey: .*|pinnedPublicKey: cert.pem|' config.yaml
	verify
	[ "$status" -eq 1 ]
	grep -q E0808 stderr
}

# made NAME SUBJECT EXTENSION [OPTION...]: a certificate of the authority ca.pem, or of itself.
made() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-keyout "$1-key.pem" -out request.pem -subj "$2" 2>/dev/null
	printf '%s\n' "$3" >extensions
	openssl x509 -req -in request.pem -out "$1.pem" -extfile extensions "${@:4}" 2>/dev/null
}

# made_for_later NAME SUBJECT EXTENSION: one of the authority ca.pem that is valid from 2090 on.
made_for_later() {
	printf '%s\n' '[ca]' 'default_ca = here' '[here]' 'database = index' 'new_certs_dir = .' \
		'policy = any' 'unique_subject = no' 'rand_serial = yes' '[any]' \
		'commonName = supplied' >ca.cnf
	: >index
	made "$1" "$2" "$3" "${by[@]}" -days 2
	openssl ca -batch -notext -md sha256 -config ca.cnf -cert ca.pem \
		-keyfile ca-key.pem -in request.pem -out "$1.pem" -extfile extensions \
		-startdate 20900101000000Z -enddate 20901231000000Z 2>/dev/null
}

@test "certificates that are trusted for something else get nothing, by whichever service" {
	here=subjectAltName=IP:127.0.0.1,DNS:localhost
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-keyout ca-key.pem -out ca.pem -days 2 -subj '/CN=authority' 2>/dev/null
	by=(-CA ca.pem -CAkey ca-key.pem -CAcreateserial)
	made good /CN=localhost "$here" "${by[@]}" -days 2
	made address /CN=localhost subjectAltName=IP:127.0.0.2 "${by[@]}" -days 2
	made named /CN=127.0.0.1 subjectAltName=DNS:localhost "${by[@]}" -days 2
	made wild /CN=localhost 'subjectAltName=DNS:*.0.0.1' "${by[@]}" -days 2
	made other-use /CN=localhost "$here
extendedKeyUsage=clientAuth" "${by[@]}" -days 2
	made expired /CN=localhost "$here" "${by[@]}" -days -1
	made below /CN=localhost "$here" -CA good.pem -CAkey good-key.pem -CAcreateserial -days 2
	cat good.pem >>below.pem
	made strange /CN=localhost "$here
1.2.3.4=critical,ASN1:NULL" "${by[@]}" -days 2
	made_for_later later /CN=localhost "$here"
	start good.pem good-key.pem ca.pem
	verify
	[ "$status" -eq 9 ]
	cases=0
	for name in address named wild other-use expired below strange later; do
		for command in verify import; do
			emulator_stop
			start "$name.pem" "$name-key.pem" ca.pem
			if [ "$command" = verify ]; then
				verify
			else
				run_writ import --config config.yaml --max-wait 3
			fi
			[ "$status" -eq 1 ] || { echo "$name, $command: $status"; cat stdout \
				stderr; return 1; }
			[ "$(requests)" -eq 0 ] || { echo "$name, $command: asked"; return 1; }
			cases=$((cases + 1))
		done
	done
	[ "$cases" -eq 16 ]
}

# old_server NAME OPTION...: a server of OpenSSL. NAME gets its output, and all that it is sent.
# Sets PORT and PID.
old_server() {
	local name=$1 tries=0
	shift
	mkfifo "$name.in"
	openssl s_server -accept 127.0.0.1:0 -cert cert.pem -key key.pem "$@" <"$name.in" \
		>"$name" 2>&1 3>&- &
	PID=$!
	exec 8>"$name.in"
	until PORT=$(sed -n 's/^ACCEPT .*://p' "$name") && [ -n "$PORT" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 500 ] && kill -0 "$PID" || return 1
		sleep 0.02
	done
}

@test "a server of TLS 1.1 gets nothing" {
	start cert.pem key.pem cert.pem
	emulator_stop
	sed "s|$URL|https://127.0.0.1:PORT|g" config.yaml >config
	weak=(-cipher ALL:@SECLEVEL=0)
	for version in tls1_1 tls1; do
		old_server "$version" "-$version" "${weak[@]}"
		sed "s|PORT|$PORT|g" config >config.yaml
		# It serves who speaks its language.
		(echo control && sleep 0.5) |
			timeout 10 openssl s_client -quiet -no_ign_eof "-$version" "${weak[@]}" \
				-connect "127.0.0.1:$PORT" >/dev/null 2>&1 || :
		grep -q control "$version"
		for command in verify import; do
			if [ "$command" = verify ]; then
				verify
			else
				run_writ import --config config.yaml --max-wait 3
			fi
			[ "$status" -eq 1 ]
			grep -q 'alert protocol version' stderr
		done
		exec 8>&-
		kill "$PID"
		wait "$PID" || :
		PID=
		[ "$(grep -c 'ERROR\|error' "$version")" -ge 2 ] # both came to its door
		run ! grep -q -e HTTP -e token -e secret "$version"
	done
}

@test "plain text is not spoken to a TLS port, nor TLS to a plain one" {
	start cert.pem key.pem cert.pem
	sed -i 's|https://|http://|g' config.yaml
	verify
	[ "$status" -eq 1 ]
	[ "$(requests)" -eq 0 ]
}

@test "the environment changes nothing: proxies, key logs, .netrc, a configuration of OpenSSL" {
	start cert.pem key.pem cert.pem
	# With this one OpenSSL makes no digest and no connection.
	printf '%s\n' 'openssl_conf = a' '[a]' 'alg_section = b' '[b]' \
		'default_properties = fips=yes' >openssl.cnf
	run openssl dgst -sha256 openssl.cnf
	[ "$status" -eq 0 ]
	OPENSSL_CONF=$PWD/openssl.cnf run openssl dgst -sha256 openssl.cnf
	[ "$status" -ne 0 ]
	export OPENSSL_CONF="$PWD/openssl.cnf"
	export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 all_proxy=http://127.0.0.1:9
	export SSLKEYLOGFILE="$PWD/keys" HOME="$PWD"
	echo 'default login me password you' >.netrc
	chmod 600 .netrc
	verify
	[ "$status" -eq 9 ]
	[ ! -e keys ]
	unset https_proxy http_proxy all_proxy OPENSSL_CONF
	[ "$(requests)" -eq 1 ]
}

@test "this machine is no service unless the operator allows it" {
	start cert.pem key.pem cert.pem
	sed -i '/allowLocalEndpoints/d' config.yaml
	verify
	[ "$status" -eq 1 ]
	grep -q '127.0.0.1 is of this machine or a private network' stderr
	[ "$(requests)" -eq 0 ]
}
