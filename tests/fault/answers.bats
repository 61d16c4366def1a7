#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2094,SC2119,SC2153,SC2154 # a test is a subshell
# Lives in which requests of every kind that changes something are answered with 502, 503, 504 or a
# reset, before or after the service did its part. What each command says of each change is compared
# with what the service has: nothing that is done is missing, nothing is made twice, `log` says what
# the run said, and only who has it all ends with 0.
# SEEDS="12 13" plays these lives, FIRST=1 LAST=90 so many; each seed is the same life every time.

setup() {
	load service
	service_setup
	unset WRIT_NOW
	export WRIT_CONFIG=$PWD/config.yaml
}

teardown() {
	emulator_stop
}

WRITES=(
	'POST /console/organizations/*/projects'
	'POST /console/*oauth-server-to-server'
	'PUT /console/*/services'
	'PATCH /console/*/service/subscribe'
	'PATCH /console/*/service/unsubscribe'
	'PUT /console/*/credentials/oauth-server-to-server/*'
	'DELETE /console/*/credentials/*'
	'POST /v2/usermanagement/action/*'
	'GET /console/*secrets*'
	'GET /console/*download*'
)
KINDS=('"status","status":502' '"status","status":503' '"status","status":504'
	'"reset","bytes":0' '"reset","bytes":20')

# below N: sets NUMBER_DRAWN, the next of the seed's numbers.
below() {
	DRAW=$(((DRAW * 1103515245 + 12345) % 2147483648))
	NUMBER_DRAWN=$((DRAW / 65536 % $1))
}

# faults SEED: a line each.
faults() {
	local count phase=(before after after) times=(1 1 2 4) number write kind
	DRAW=$1
	below 7
	below 3
	count=$((NUMBER_DRAWN + 1))
	while [ $((count--)) -gt 0 ]; do
		below ${#WRITES[@]}
		write=${WRITES[NUMBER_DRAWN]}
		below ${#KINDS[@]}
		kind=${KINDS[NUMBER_DRAWN]}
		below 3
		number=$NUMBER_DRAWN
		below 4
		printf '{"method":"%s","path":"%s",' "${write%% *}" "${write#* }"
		printf '"phase":"%s","count":%s,"kind":%s}\n' "${phase[number]}" \
			"${times[NUMBER_DRAWN]}" "$kind"
	done
}

before_it() {
	wants <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: stayer}
		spec: {project: Staying, description: one, apis: [$STORAGE_API, I/O Management API],
		  products: [{product: Creative Cloud Enterprise, profile: Storage}]}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: leaver}
		spec: {project: Leaving, apis: [I/O Management API]}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: beta}
		spec: {product: Adobe Express, profile: Beta, unlisted: remove,
		  members: [{user: kim@example.com}]}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: fonts}
		spec: {product: Adobe Fonts, profile: All Fonts, unlisted: remove,
		  members: [{group: Designers}]}
	END
}

# A change of each kind.
behind_it() {
	wants <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: stayer}
		spec: {project: Staying, description: two,
		  apis: [$STORAGE_API, User Management API, AdobeExpressSDK],
		  products: [{product: Creative Cloud Enterprise, profile: Storage},
		    {product: Adobe Express, profile: Default}]}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: leaver}
		spec: {state: absent}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: brand-new}
		spec: {project: Brand New, apis: [$STORAGE_API, User Management API],
		  products: [{product: Creative Cloud Enterprise, profile: Storage}]}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: beta}
		spec: {product: Adobe Express, profile: Beta, unlisted: remove,
		  members: [{user: joe.doe@example.com}]}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: fonts}
		spec: {product: Adobe Fonts, profile: All Fonts, unlisted: remove,
		  members: [{group: Auditors}, {user: jane@example.com}]}
	END
}

# tell COMMAND...: keeps what it said, and its status.
tell() {
	status=0
	"$WRIT" "$@" >out 2>err || status=$?
	{
		echo "== writ $*: $status"
		cat out err
	} >>story
	statuses+=" $status"
}

world() {
	control GET grants | jq -S 'sort_by(tostring)'
	control GET state | jq -r '[.projects[].title] | sort | .[]'
	control GET manifest | grep description
}

# false_claims: rows of `show` that are called done, and are not so.
false_claims() {
	sed -n 's/^  c[0-9]* *done  *\(.*\)  \([-+]\) \([^~].*\)$/\1|\2|\3/p' shown |
		jq -R 'split("|") | {who: .[0], done: .[1], what: .[2]}' >claims
	jq -r --slurpfile grants <(control GET grants) --slurpfile state <(control GET state) '
		(if .who | startswith("user ") then ["user", .who[5:]]
		 elif .who | startswith("group ") then ["group", .who[6:]]
		 else ["technicalAccount", .who] end) as [$kind, $name] | .what as $what |
		(if $what | startswith("technical account") then
			[$state[0].credentials[] | select(.account == $name)]
		 else [$grants[0][] | select(.kind == $kind and
			(.name | ascii_downcase) == ($name | ascii_downcase)) | select(
			"API \(.api)" == $what or "\(.product) / \(.profile)" == $what or
			($what == "API AdobeExpressSDK" and .api == "Adobe Express API"))]
		 end | length > 0) as $there |
		select($there != (.done == "+")) | "\(.who) \(.done) \($what)"' claims
}

# says_so: what the last command said of each change is on record, and so in the service.
says_so() {
	local number what
	"$WRIT" show "$name" >shown || return
	cat shown >>story
	while read -r number what; do
		[ "$number" -eq "$(grep -cE "^  c[0-9]+ +$what " shown)" ] || {
			echo "said $number $what, and on record is another number"
			return 1
		}
	done < <(sed -n 's/^Apply: //p' out | grep -oE '[0-9]+ [a-z]+( [a-z]+)*')
	[ -z "$(false_claims | tee -a story)" ] || {
		echo "called done, and is not so: $(false_claims)"
		return 1
	}
}

# goes_on: resumes, until it ends or nothing helps any more.
goes_on() {
	local tries=0
	says_so || return
	while [ "$status" -eq 5 ] || [ "$status" -eq 6 ]; do
		tries=$((tries + 1))
		[ "$tries" -le "${MOST:-6}" ] || break
		tell apply --resume --allow-remove 100%
		says_so || return
	done
}

life() {
	local fault statuses='' name
	: >story
	service_again
	organization_adds 'patience: 1'
	own_account
	before_it
	tell apply --auto-approve --allow-admin-grants 9 wanted.yaml
	[ "$status" -eq 0 ] || return
	behind_it
	control DELETE log >/dev/null
	while read -r fault; do
		control POST faults "$fault" >/dev/null
	done <faults
	statuses=
	tell apply --auto-approve --allow-admin-grants 9 --allow-remove 100% wanted.yaml
	name=$(sed -n 's/^Run: //p' out)
	[ -n "$name" ] || return
	goes_on || return
	if [ "$status" -eq 5 ]; then
		# No read shows the project, and only a person may ask for it once more.
		grep -q 'project "Brand New" was asked for before, and no read shows it' out err ||
			return
		control DELETE faults >/dev/null
		tell ledger close "$name" --why 'it is not there'
		tell apply --auto-approve --allow-admin-grants 9 --allow-remove 100% wanted.yaml
		name=$(sed -n 's/^Run: //p' out)
		goes_on || return
	fi
	[ "$status" -eq 0 ] || return
	world >now
	[ ! -s due ] || diff due now || return
	[ "$(jq -s length claims)" -ge 10 ]
	[ -s sink/brand-new ] || { echo 'the sink is empty'; return 1; }
	[ "$(changes | grep -c '^project.create')" -eq 1 ] || { echo 'projects'; return 1; }
	[ "$(changes | grep -c '^credential.create')" -eq 1 ] || { echo 'credentials'; return 1; }
	tell plan --detailed-exitcode wanted.yaml
	[ "$status" -eq 0 ] && "$WRIT" ledger verify >>story
}

@test "whatever is answered, each command says what is so" {
	: >faults
	life >/dev/null || [ "$status" -eq 0 ] # with nothing to compare with, yet
	cp now due
	control POST take \
		'{"email":"joe.doe@example.com","product":"Adobe Express","profile":"Beta"}' >/dev/null
	[ "$(false_claims)" = 'user Joe.Doe@example.com + Adobe Express / Beta' ]
	for seed in ${SEEDS:-$(seq "${FIRST:-1}" "${LAST:-5}")}; do
		faults "$seed" >faults
		life || {
			echo "seed $seed"
			cat faults story
			return 1
		}
	done
}
