#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# adobe.sh WRIT FOLDER: prints `WHAT|VALUE` lines about provider adobe over the emulator. Needs
# ADOBE_EMULATOR, curl, jq.
set -eu
writ=$1
mkdir -p "$2"
cd "$2"
umask 077
org=0123456789ABCDEF01234567@AdobeOrg
api='Adobe Cloud Storage and Collaboration API'
export XDG_STATE_HOME="$PWD/state" WRIT_CONFIG="$PWD/config.yaml"

organisation() {
	printf 'apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\n'
	printf 'spec: {provider: adobe, orgId: "%s", enterpriseStorage: [{product: Storage}]}\n' \
		"$org"
}

# accounts FROM TO
accounts() {
	for n in $(seq "$1" "$2"); do
		printf -- '---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: account-%s}\n' "$n"
		printf 'spec: {apis: [%s], products: [{product: Storage, profile: Default}]}\n' \
			"$api"
	done
}

{
	organisation
	printf 'status: {users: [%s], groups: [], products: [{product: Storage, profile: Default}]}\n' \
		"$(seq -f 'user%g@example.com' -s, 100 124)"
	accounts 100 298
	printf -- '---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: user-manager}\n'
	printf 'spec: {apis: [User Management API]}\n'
} >live.yaml
"$ADOBE_EMULATOR" --org live.yaml --rate-limits off >url &
emulator=$!
trap 'kill $emulator' EXIT
for _ in $(seq 100); do [ -s url ] || sleep 0.1; done
url=$(cat url)
curl -s -d '{}' "$url/_control/token" | jq -r .access_token >token
curl -s "$url/_control/state" | jq '.credentials[] | select(.account == "user-manager")' >reader
jq -rj '.secrets[0].secret' reader >secret
cat >config.yaml <<END
apiVersion: writ/v1
kind: Configuration
organizations:
  - name: acme
    orgId: $org
    allowLocalEndpoints: true
    endpoints:
      ims: "$url"
      console: "$url"
      userManagement: "$url/v2/usermanagement"
      storage: "$url/v1"
    user: {clientId: aio-cli-console-auth, token: {file: token}}
    server: {clientId: $(jq -r .clientId reader), clientSecret: {file: secret}}
END

count() {
	curl -s "$url/_control/requests" | jq "[.[] | select($1)] | length"
}

{ organisation; accounts 100 109; } >ten.yaml
"$writ" plan ten.yaml >/dev/null
echo "adobe: requests to plan 10 of 200 accounts|$(count true)"

curl -s -X DELETE "$url/_control/log" >/dev/null
{
	organisation
	printf -- '---\napiVersion: writ/v1\nkind: AdminRole\nmetadata: {name: support}\n'
	printf 'spec: {role: support-administrator, members: [%s]}\n' \
		"$(seq -f '{user: user%g@example.com}' -s, 100 124)"
} >users.yaml
"$writ" apply --auto-approve --allow-admin-grants 25 users.yaml >/dev/null
echo "adobe: action calls for 25 changed users|$(count \
	'.method == "POST" and (.path | test("/action/"))')"

sed -i '/server:/d' config.yaml # the lists of users are paced by their own limits
curl -s -X DELETE "$url/_control/log" >/dev/null
curl -s -X PUT -d '{"latency-ms": 50}' "$url/_control/switches" >/dev/null
start=$(date +%s%N)
"$writ" import >/dev/null
end=$(date +%s%N)
requests=$(count true)
echo "adobe: requests to read 200 accounts|$requests"
echo "adobe: time of that / (requests x 50 ms / 8 connections)|$(echo "$start $end $requests" |
	awk '{printf "%.2f", ($2 - $1) / 1e9 / ($3 * 0.05 / 8)}')"

# Each new account is a chain of requests that wait for one another; eight chains go side by side.
{ organisation; accounts 1001 1300; } >new.yaml
curl -s -X DELETE "$url/_control/log" >/dev/null
curl -s -X PUT -d '{"latency-ms": 200}' "$url/_control/switches" >/dev/null
start=$(date +%s%N)
"$writ" apply --auto-approve --allow-admin-grants 300 new.yaml >applied
end=$(date +%s%N)
grep -q '^Apply: [0-9]* done, 0 failed' applied
requests=$(count true)
echo "adobe: requests to make 300 accounts|$requests"
echo "adobe: time of that / (requests x 200 ms / 8 connections)|$(echo "$start $end $requests" |
	awk '{printf "%.2f", ($2 - $1) / 1e9 / ($3 * 0.2 / 8)}')"
