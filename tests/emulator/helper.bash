# SPDX-License-Identifier: Apache-2.0
# What the emulator's tests share: each test starts one of its own, on a free port, and ends it.

# shellcheck disable=SC2034 # read by the tests
bats_require_minimum_version 1.5.0

ORG=0123456789ABCDEF01234567@AdobeOrg
STORAGE_API='Adobe Cloud Storage and Collaboration API'

emulator_setup() {
	export LC_ALL=C.UTF-8
	unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
	cd "$BATS_TEST_TMPDIR" || return
	cp "$WRIT_ROOT/tests/emulator/live.yaml" live.yaml
}

# writ_setup: of a test in which the program works with an emulator. It begins as tests of commands
# do, finds its configuration by itself, and goes by the emulator's clock.
writ_setup() {
	load ../cli/helper
	emulator_setup
	common_setup
	unset WRIT_NOW
	export WRIT_CONFIG=$PWD/config.yaml
}

# emulator_run ARGUMENT...: sets URL and PID.
emulator_run() {
	local tries=0
	rm -f url
	TOKEN=
	"$ADOBE_EMULATOR" --org live.yaml "$@" >url 2>emulator.err 3>&- &
	PID=$!
	until [ -s url ]; do
		kill -0 "$PID" 2>/dev/null || return 1
		tries=$((tries + 1))
		[ "$tries" -lt 1000 ] || return 1
		sleep 0.01
	done
	URL=$(cat url)
}

# emulator_start ARGUMENT...: sets TOKEN (of the developer) and NUMBER (of the organisation), too.
emulator_start() {
	emulator_run "$@"
	TOKEN=$(control POST token '{}' | jq -r .access_token)
	NUMBER=$(console GET organizations | jq -r '.[0].id')
}

# operated_start SWITCH...: an emulator without rate limits, and an operator's configuration for it.
operated_start() {
	local arguments=()
	for switch; do
		arguments+=(--switch "$switch")
	done
	emulator_start --rate-limits off "${arguments[@]}"
	operator_config asset-archiver
}

# wants [FILE] <DOCUMENTS: manifests, in wanted.yaml, of the emulator's organisation.
wants() {
	{
		printf '%s\n' 'apiVersion: writ/v1' 'kind: Organization' 'metadata: {name: acme}' \
			"spec: {provider: adobe, orgId: $ORG}" ---
		cat
	} >"${1:-wanted.yaml}"
}

emulator_stop() {
	[ -n "${PID:-}" ] || return 0
	kill "$PID" 2>/dev/null || :
	wait "$PID" || return
	PID=
	[ ! -s emulator.err ] || cat emulator.err
	[ ! -s emulator.err ]
}

# ask METHOD URL [BODY] [CURL ARGUMENT...]
ask() {
	local method=$1 url=$2 body=${3:-}
	shift 2
	[ $# -eq 0 ] || shift
	curl -sS --max-time 20 -X "$method" ${body:+--data-binary "$body"} \
		-H 'Content-Type: application/json' "$@" "$url"
}

control() {
	ask "$1" "$URL/_control/$2" "${@:3}"
}

console() {
	local method=$1 path=$2 body=${3:-}
	shift 2
	[ $# -eq 0 ] || shift
	ask "$method" "$URL/console/$path" "$body" -H "Authorization: Bearer $TOKEN" \
		-H 'x-api-key: aio-cli-console-auth' "$@"
}

# org METHOD PATH [BODY] [CURL ARGUMENT...]: below the organisation.
org() {
	console "$1" "organizations/$NUMBER/$2" "${@:3}"
}

# credential NAME: sets CREDENTIAL, PROJECT, WORKSPACE, CLIENT, SECRET, EMAIL and ACCOUNT_ID of a
# seeded or made one.
credential() {
	CREDENTIAL='' PROJECT='' WORKSPACE='' CLIENT='' SECRET='' EMAIL='' ACCOUNT_ID=''
	eval "$(control GET state | jq -r --arg name "$1" \
		'.credentials[] | select(.account == $name) | @sh
		"CREDENTIAL=\(.id) PROJECT=\(.projectId) WORKSPACE=\(.workspaceId)
		CLIENT=\(.clientId) SECRET=\(.secrets[0].secret)
		EMAIL=\(.technicalAccountEmail) ACCOUNT_ID=\(.technicalAccountId)"')"
}

# service_token SCOPES: of the credential chosen last.
service_token() {
	curl -sS --max-time 20 "$URL/ims/token/v3" -d grant_type=client_credentials \
		-d "client_id=$CLIENT" \
		-d "client_secret=$SECRET" --data-urlencode "scope=$1" | jq -r .access_token
}

# umapi METHOD PATH [BODY] [CURL ARGUMENT...]: needs SERVICE, a token with user_management_sdk.
umapi() {
	local method=$1 path=$2 body=${3:-}
	shift 2
	[ $# -eq 0 ] || shift
	ask "$method" "$URL/v2/usermanagement/$path" "$body" -H "Authorization: Bearer $SERVICE" \
		-H "X-Api-Key: $CLIENT" "$@"
}

action() {
	umapi POST "action/$ORG${2:-}" "$1"
}

changes() {
	control GET changes | jq -r '.[] | "\(.what) \(.subject) \(.object)"'
}

status_of() {
	ask "$1" "$2" "${3:-}" -o /dev/null -w '%{http_code}' "${@:4}"
}

# joined <TABLE: a row a line. It may go on in lines that begin with blanks; where a text goes on
# with a word, that line begins with "+".
joined() {
	sed -z 's/\n  *->/ ->/g; s/\n  *+ / /g; s/\n  *//g'
}

# answers CALL: rows "METHOD | PATH | BODY | STATUS | TEXT" on standard input. Each is asked by CALL
# (console, org, umapi, control), and STATUS must come with TEXT in the body.
answers() {
	local method path body status text got wrong=0
	while IFS='|' read -r method path body status text; do
		: >body
		got=$("$1" "$method" "$path" "$body" -o body -w '%{http_code}')
		[ "$got" != "$status" ] || [[ $(<body) != *"$text"* ]] || continue
		echo "$method $path $body: $got $(<body)"
		wrong=1
	done < <(joined | sed 's/ *| */|/g')
	return "$wrong"
}

# state_becomes FILTER: the state document, changed by a filter of jq, takes the place of the
# present one.
state_becomes() {
	control GET state | jq "$1" >document
	control PUT state @document | jq -e .ok
}

# entries [QUERY]: rows "ENTRY -> RESULT" on standard input, sent as one action. ENTRY is JSON, or
# "user NAME STEPS", or "group NAME STEPS"; RESULT is "success", or how the error's code and message
# begin.
entries() {
	local want got number=0 wrong=0
	joined >rows
	sed -E 's/ -> .*//; s/^user ([^ ]*) (.*)/{"user":"\1","do":[\2]}/
		s/^group ([^ ]*) (.*)/{"usergroup":"\1","do":[\2]}/' \
		rows | paste -sd, | sed 's/.*/[&]/' >entries
	action @entries "${1:-}" >result
	while IFS= read -r want && IFS= read -r got <&8; do
		number=$((number + 1))
		[[ $got != "$want"* ]] || continue
		echo "row $number, $(sed -n "${number}p" rows): $got"
		wrong=1
	done < <(sed 's/.* -> //' rows) 8< <(jq -r --argjson n "$(wc -l <rows)" '
		(.errors // []) as $errors | range($n) as $i
		| [$errors[] | select(.index == $i) | .errorCode + " " + .message] |
			first // "success"' result)
	[ "$number" -eq "$(wc -l <rows)" ] && return "$wrong"
}

# organization_config: config.yaml, with organisation acme at this emulator and nothing else of it.
organization_config() {
	cat >config.yaml <<-END
		apiVersion: writ/v1
		kind: Configuration
		organizations:
		  - name: acme
		    orgId: $ORG
		    allowLocalEndpoints: true
		    endpoints:
		      ims: $URL
		      console: $URL
		      userManagement: $URL/v2/usermanagement
		      storage: $URL/v1
	END
}

# server_config LINE...: config.yaml, with the credential chosen last as writ's own, the developer
# as user, and these lines about the organisation. keep_secrets has put their secrets into files.
server_config() {
	organization_config
	printf '    %s\n' "server: {clientId: $CLIENT, clientSecret: {file: secret}}" \
		'user: {clientId: aio-cli-console-auth, token: {file: token}}' "$@" >>config.yaml
}

keep_secrets() {
	printf '%s' "${TOKEN:-$(control POST token '{}' | jq -r .access_token)}" >token
	printf '%s' "$SECRET" >secret
	chmod 600 token secret
}

# operator_config ACCOUNT...: config.yaml, with the developer as user, the secrets of those accounts
# in files of their names, and the folder "sink".
operator_config() {
	printf '%s' "${TOKEN:-$(control POST token '{}' | jq -r .access_token)}" >user-token
	mkdir -m 700 -p sink
	organization_config
	printf '    %s\n' 'user: {clientId: aio-cli-console-auth, token: {file: user-token}}' \
		'secretSink: {directory: sink}' accounts: >>config.yaml
	for name; do
		credential "$name"
		printf '%s' "$SECRET" >"$name.secret"
		echo "      - {name: $name, clientId: $CLIENT," \
			"clientSecret: {file: $name.secret}}" >>config.yaml
	done
	chmod 600 user-token ./*.secret
}

# own_account [LINE...]: to the operator_config() of before, that writ works with the secret of the
# account asset-archiver, that no role needs a holder, and these lines.
own_account() {
	organization_adds 'policy: {minHolders: 0}' \
		"server: {clientId: $CLIENT, clientSecret: {file: asset-archiver.secret}}" "$@"
}

# organization_adds LINE...: to the operator_config() of before, about the organisation.
organization_adds() {
	local line
	for line; do
		sed -i "s|^    secretSink|    $line\n&|" config.yaml
	done
}
