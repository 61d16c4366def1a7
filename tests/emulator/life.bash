# SPDX-License-Identifier: Apache-2.0
# Lives of an organisation: seeded switches, holders and wishes; what writ says is held against the
# emulator's own state. Sourced behind helper.bash and seeded.bash by life.bats, in a folder of its
# own. A grant is known by its address, in lower case.

# Switches and their words, of which a life has some. "hide" and lags of what others do cannot be
# known by who reads.
LIFE_SWITCHES=(
	'admin-name-case lower upper' 'catalogue-licences late' 'console-name-case lower upper'
		'country missing'
	'error-user missing' 'groups-out-of-range last' 'groups-page-size 8' 'licence-leak on'
		'name-case lower upper'
	'one-profile none' 'page-headers more fewer other low-total high-total not-last'
		'selected lagging'
	'tech-list absent shown' 'username-case upper' 'users-out-of-range empty'
		'users-page-size 1 2'
)
LIFE_GRANTS=(
	'"role":"support-administrator"' '"role":"deployment-administrator"'
		'"role":"product-administrator","product":"Adobe Express"'
	'"role":"product-profile-administrator","product":"Adobe Express","profile":"Beta"'
	'"role":"user-group-administrator","group":"Designers"'
		'"role":"developer","product":"Adobe Express","profile":"Default"'
	'"product":"Adobe Express","profile":"Beta"' '"product":"Adobe Express","profile":"Default"'
		'"product":"Adobe Fonts","profile":"All Fonts"'
)
LIFE_USERS=(jane@example.com joe.doe@example.com kim@example.com)
LIFE_GROUPS=(Designers Auditors)
LIFE_ACCOUNT=report-reader
LIFE_APIS=('Adobe Express API' 'Adobe Fonts API' 'User Management API'
	'Adobe Admin APIs - Storage Management')

# The organisation of every life, in start.yaml, and an emulator that has it.
life_setup() {
	cat >>live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: report-reader}
		spec: {project: Reports, apis: [Adobe Express API, Adobe Fonts API], products: [],
		  adminRoles: []}
	END
	cp live.yaml start.yaml
	operated_start
	own_account
	control POST groups '{"name":"Designers","add":["kim@example.com"]}' >put
	control POST groups '{"name":"Auditors","add":["joe.doe@example.com"]}' >put
}

# What jq calls a grant of the emulator: its address.
LIFE_ADDRESS='def address: "grant/\(.kind)/\(.name | @uri)/" + (if .api then "api/\(.api | @uri)"
	elif .role then "role/" +
		([.role, .product, .profile, .group] | map(values | @uri) | join("/"))
	else "product/\(.product | @uri)/\(.profile | @uri)" end) | ascii_downcase;'

# Who holds what in truth, but the account that writ itself uses.
truth() {
	control GET grants | jq -r "$LIFE_ADDRESS"' .[] | select(.name != "asset-archiver") |
		address' | LC_ALL=C sort -u
}

# said FILTER: the addresses of the rows of a plan.
said() {
	jq -r "$1"' | select(.principal.name != "asset-archiver") | .address | ascii_downcase' \
		plan.json | LC_ALL=C sort -u
}

# wish KIND NAME GRANT: a line of JSON.
wish() {
	printf '{"kind":"%s","name":"%s",%s}\n' "$1" "$2" "$3"
}

# The documents of wishes: one of each entitlement, and one of the account, with what is held beside
# them reported or removed.
write_wishes() {
	jq -n --arg org "$ORG" \
		'{apiVersion: "writ/v1", kind: "Organization", metadata: {name: "acme"},
		spec: {provider: "adobe", orgId: $org}}' >wanted.yaml
	for grant in "${LIFE_GRANTS[@]}"; do
		echo "{$grant}"
	done | jq -c --arg unlisted "$1" --slurpfile wishes wishes '. as $grant
		| {apiVersion: "writ/v1",
			kind: (if .role then "AdminRole" else "ProductAssignment" end),
			metadata: {name: "g-\(input_line_number)"},
				spec: ($grant + {unlisted: $unlisted, members: [$wishes[]
				| select(.kind != "technicalAccount" and
					del(.kind, .name) == $grant) | {(.kind): .name}]})}' |
		sed 's/^/---\n/' >>wanted.yaml
	jq -sc --arg unlisted "$1" --arg name "$LIFE_ACCOUNT" \
		'map(select(.kind == "technicalAccount")) as $own
		| {apiVersion: "writ/v1", kind: "TechnicalAccount", metadata: {name: $name},
			spec: {unlisted: $unlisted,
			apis: [$own[].api | values], products: [$own[] | select(.profile) |
				{product, profile}]}}' wishes |
		sed 's/^/---\n/' >>wanted.yaml
	jq -r "$LIFE_ADDRESS address" wishes | LC_ALL=C sort -u >wished
}

# Of what the wishes are about: an apply leaves system administrators and others as they are.
in_scope() {
	[ -s scope ] || {
		printf '{"kind":"user","name":"x",%s}\n' "${LIFE_GRANTS[@]}" |
			jq -r "$LIFE_ADDRESS address" | sed 's|^grant/user/x||; s|$|$|'
		printf '^grant/technicalaccount/%s/\(api\|product\)/\n' "$LIFE_ACCOUNT"
	} >scope
	grep -f scope "$@" || :
}

# What some read shows: what a group holds shows by its users alone, an account's roles by nothing
# here.
shown() {
	grep -v -e '^grant/group/' -e '^grant/technicalaccount/[^/]*/role/' || :
}

# What a plan says of holders, against who holds: every pair that is wished for, and every role that
# is held, whether or not a document speaks of it, and every product that a document speaks of.
judge_plan() {
	truth >all
	in_scope all >held
	said '(.changes[] | select(.change.actions == ["create"] and (.unknown | not))), .blocked[]' \
		>adds
	said '.changes[] | select(.change.actions == ["delete"])' >removes
	said '.unlisted[]' >reported
	LC_ALL=C sort -u removes reported >beside
	LC_ALL=C comm -12 adds all >wrong
	lie 'said not to hold, and holds' wrong || return
	LC_ALL=C comm -23 beside all >wrong
	lie 'said to hold, and does not' wrong || return
	said '.changes[], .blocked[]' >changed
	LC_ALL=C comm -23 wished held | LC_ALL=C comm -23 - changed | shown >wrong
	lie 'wished for, not held, and not said' wrong || return
	grep '/role/' all | LC_ALL=C sort -u - held | LC_ALL=C comm -13 wished - |
		LC_ALL=C comm -23 - beside | shown >wrong
	lie 'held by nobody who is wished for, and not said' wrong
}

# What an apply said of each change, in result.json, against what was held before and is held now.
judge_result() {
	# shellcheck disable=SC2016 # of jq
	local filter='.changes[] | select(.fate == $fate and .action == $action) |
		.address | ascii_downcase'
	truth >all
	jq -r --arg fate 'done' --arg action create "$filter" result.json | LC_ALL=C sort -u |
		LC_ALL=C comm -23 - all >wrong
	lie 'done, it says, and not held' wrong || return
	jq -r --arg fate 'done' --arg action delete "$filter" result.json | LC_ALL=C sort -u |
		LC_ALL=C comm -12 - all >wrong
	lie 'gone, it says, and held' wrong || return
	jq -r '(.changes[] | select(.fate == ("done", "unknown", "not seen yet")) | .address),
		.unasked[] | ascii_downcase' result.json |
		LC_ALL=C sort -u >named
	LC_ALL=C comm -3 before all | tr -d '\t' | LC_ALL=C sort | LC_ALL=C comm -23 - named >wrong
	lie 'changed, and not named' wrong
}

# run_writ WANTED ARGUMENT...: writ_as; or it refuses to read, which is true where the pages
# contradict themselves, and only there.
run_writ() {
	writ_as "$@" >told && return
	[[ $SEED_SAYS == *page-headers* ]] && grep -q 'contradicts itself' err && return
	cat told
	return 1
}

# click ORDER: what curl needs to give somebody something, beside others.
click() {
	[ ! -s clicks ] || echo next
	printf '%s\n' "url = \"$URL/_control/give\"" 'header = "Content-Type: application/json"' \
		"data = \"${1//\"/\\\"}\""
}

seed_switches() {
	local row words
	for row in "${LIFE_SWITCHES[@]}"; do
		pick 8
		[ "$PICKED" = 0 ] || continue
		read -ra words <<<"$row"
		pick $((${#words[@]} - 1))
		SEED_SAYS="$SEED_SAYS ${words[0]}=${words[$((PICKED + 1))]}"
		control PUT switches "{\"${words[0]}\":\"${words[$((PICKED + 1))]}\"}" >put
	done
	if [ -n "${LIFE_ALWAYS:-}" ]; then
		SEED_SAYS="$SEED_SAYS $LIFE_ALWAYS"
		control PUT switches "{\"${LIFE_ALWAYS%=*}\":\"${LIFE_ALWAYS#*=}\"}" >put
	fi
}

# seed_pair KIND NAME MEMBER GRANT: held by one in three, wished for by one in three.
seed_pair() {
	pick 3
	[ "$PICKED" != 0 ] || click "{\"$3\":\"$2\",$4}" >>clicks
	pick 3
	[ "$PICKED" != 0 ] || wish "$1" "$2" "$4" >>wishes
}

seed_life() {
	local grant name api
	seeded "$1"
	control POST reset '{}' >put
	control DELETE switches >put
	control PUT manifest @start.yaml >put
	seed_switches
	: >wishes
	: >clicks
	for grant in "${LIFE_GRANTS[@]}"; do
		for name in "${LIFE_USERS[@]}"; do
			seed_pair user "$name" email "$grant"
		done
		[[ $grant != *'"role"'* ]] || continue
		for name in "${LIFE_GROUPS[@]}"; do
			seed_pair group "$name" group_member "$grant"
		done
		seed_pair technicalAccount "$LIFE_ACCOUNT" account "$grant"
	done
	for api in "${LIFE_APIS[@]}"; do
		pick 2
		[ "$PICKED" != 0 ] || wish technicalAccount "$LIFE_ACCOUNT" "\"api\":\"$api\"" \
			>>wishes
	done
	pick 4
	[ "$PICKED" != 0 ] || click \
		"{\"account\":\"$LIFE_ACCOUNT\",\"role\":\"storage-administrator\"}" >>clicks
	[ ! -s clicks ] || curl -sS --max-time 60 -K clicks >put
}

# What somebody else does by hand.
somebody_clicks() {
	local grant user
	pick ${#LIFE_USERS[@]}
	user=${LIFE_USERS[$PICKED]}
	pick ${#LIFE_GRANTS[@]}
	grant=${LIFE_GRANTS[$PICKED]}
	control POST give "{\"email\":\"$user\",$grant}" >put
}

# import, plan, apply, what somebody does by hand, drift, restore.
live_once() {
	seed_life "$1"
	rm -rf imported snapshot state
	run_writ 0 import --config config.yaml --out imported || return
	[ "$STATUS" = 0 ] || return 0
	run_writ 0 plan --config config.yaml --out plan.json --format json imported || return
	jq -r '[.changes[], .unlisted[]] | .[].address' plan.json >wrong
	lie 'an import that its own plan would change' wrong || return
	write_wishes report
	run_writ 0 plan --config config.yaml --out plan.json wanted.yaml || return
	judge_plan || return
	write_wishes remove
	truth >before
	run_writ '0 4 6' apply --config config.yaml --auto-approve --allow-remove 100% \
		--allow-admin-grants 99 --format json=result.json wanted.yaml || return
	judge_result || return
	in_scope all >held
	{
		LC_ALL=C comm -23 wished held
		LC_ALL=C comm -13 wished held | shown
	} | LC_ALL=C sort | LC_ALL=C comm -23 \
		- named >wrong # what a service gives by itself is named, and drift
	[ "$STATUS" != 0 ] || lie 'an apply that ended with 0 left this undone' wrong || return
	run_writ 0 snapshot --config config.yaml --snapshot snapshot || return
	truth >before
	somebody_clicks
	truth | LC_ALL=C comm -13 before - >wrong
	run_writ '0 2' drift --config config.yaml --snapshot snapshot || return
	[ "$STATUS" = 2 ] || lie 'no drift, says writ' wrong || return
	[ "$STATUS" = 0 ] || [ -s wrong ] ||
		{ echo "seed $SEED$SEED_SAYS: drift without any"; cat out; return 1; }
	run_writ 0 restore --config config.yaml --from snapshot --out back.json \
		--allow-remove 100% --allow-admin-grants 99 || return
	cp before agreed
	truth >before
	run_writ '0 6' apply --config config.yaml --format json=result.json --plan back.json ||
		return
	judge_result || return
	LC_ALL=C comm -3 agreed all >wrong
	[ "$STATUS" != 0 ] || lie 'a restore that ended with 0 left this as it was' wrong
}
