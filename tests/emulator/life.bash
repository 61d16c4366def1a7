# SPDX-License-Identifier: Apache-2.0
# Lives of an organisation: seeded switches, holders and wishes; what writ says is held against the emulator's own state.
# Sourced behind helper.bash by life.bats, in a folder of its own.

# Switches and their words, of which a life has some. "hide" and lags of what others do cannot be known by who reads.
LIFE_SWITCHES=(
	'admin-name-case lower upper' 'catalogue-licences late' 'console-name-case lower upper' 'country missing'
	'error-user missing' 'groups-out-of-range last' 'groups-page-size 8' 'licence-leak on' 'name-case lower upper'
	'one-profile none' 'page-headers more fewer other low-total high-total not-last' 'selected lagging'
	'tech-list absent shown' 'username-case upper' 'users-out-of-range empty' 'users-page-size 1 2'
)
LIFE_GRANTS=(
	'"role":"support-administrator"' '"role":"deployment-administrator"' '"role":"product-administrator","product":"Adobe Express"'
	'"role":"product-profile-administrator","product":"Adobe Express","profile":"Beta"'
	'"role":"user-group-administrator","group":"Designers"' '"role":"developer","product":"Adobe Express","profile":"Default"'
	'"product":"Adobe Express","profile":"Beta"' '"product":"Adobe Express","profile":"Default"' '"product":"Adobe Fonts","profile":"All Fonts"'
)
LIFE_USERS=(jane@example.com joe.doe@example.com kim@example.com)

# pick N: a seeded number below it, in PICKED.
pick() {
	LIFE_STATE=$(((LIFE_STATE * 1103515245 + 12345) & 0x7fffffff))
	PICKED=$(((LIFE_STATE >> 8) % $1))
}

# Who holds what in truth, of users: "user entitlement" lines, folded and sorted.
truth() {
	control GET grants | jq -r '.[] | select(.kind == "user") | [.name, .role // "", .product // "", .profile // "", .group // ""] | join("|")' |
		tr '[:upper:]' '[:lower:]' | LC_ALL=C sort -u
}

# said FILTER: the same of the rows of a plan.
said() {
	jq -r "$1"' | select(.principal.kind == "user") | [.principal.name, .entitlement.role // "", .entitlement.product // "",
		.entitlement.profile // "", .entitlement.group // ""] | join("|")' plan.json | tr '[:upper:]' '[:lower:]' | LC_ALL=C sort -u
}

# lie SENTENCE FILE: a set that should be empty is not.
lie() {
	[ -s "$2" ] || return 0
	echo "seed $SEED ($LIFE_SAYS): $1:"
	sed 's/^/  /' "$2"
	return 1
}

# One document an entitlement, for those of the list of wishes, with what is held beside it reported.
write_wishes() {
	local grant index=0 kind members
	{
		printf 'apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: adobe, orgId: %s}\n' "$ORG"
		for grant in "${LIFE_GRANTS[@]}"; do
			index=$((index + 1))
			kind=ProductAssignment
			[[ $grant != *'"role"'* ]] || kind=AdminRole
			members=$(awk -F'\t' -v grant="$grant" '$2 == grant {printf "%s{user: %s}", n++ ? ", " : "", $1}' wishes)
			printf -- '---\napiVersion: writ/v1\nkind: %s\nmetadata: {name: g-%s}\nspec: {%s, unlisted: %s, members: [%s]}\n' \
				"$kind" "$index" "$(sed 's/"\([a-z]*\)":/\1: /g; s/,\([a-z]\)/, \1/g' <<<"$grant")" "$1" "$members"
		done
	} >wanted.yaml
	jq -rR 'split("\t") | .[0] as $user | ("{" + .[1] + "}" | fromjson)
		| [$user, .role // "", .product // "", .profile // "", .group // ""] | join("|")' wishes |
		tr '[:upper:]' '[:lower:]' | LC_ALL=C sort -u >wished
}

# Of what the wishes are about: an apply leaves system administrators and others as they are.
in_scope() {
	[ -s scope ] || printf '%s\n' "${LIFE_GRANTS[@]}" | jq -rR '("{" + . + "}" | fromjson)
		| ["", .role // "", .product // "", .profile // "", .group // ""] | join("|")' | tr '[:upper:]' '[:lower:]' >scope
	grep -F -f scope "$@" || :
}

# What a plan says of holders, against who holds: every pair that is wished for, and every role that is held, whether
# or not a document speaks of it, and every product that a document speaks of.
judge_plan() {
	truth >all
	in_scope all >held
	said '(.changes[] | select(.change.actions == ["create"] and (.unknown | not))), .blocked[]' >adds
	said '.changes[] | select(.change.actions == ["delete"])' >removes
	said '.unlisted[]' >reported
	LC_ALL=C sort -u removes reported >beside
	LC_ALL=C comm -12 adds all >wrong
	lie 'said not to hold, and holds' wrong || return
	LC_ALL=C comm -23 beside all >wrong
	lie 'said to hold, and does not' wrong || return
	said '.changes[], .blocked[]' >changed
	LC_ALL=C comm -23 wished held | LC_ALL=C comm -23 - changed >wrong
	lie 'wished for, not held, and not said' wrong || return
	grep '^[^|]*|[^|]' all | LC_ALL=C sort -u - held | LC_ALL=C comm -13 wished - | LC_ALL=C comm -23 - beside >wrong
	lie 'held by nobody who is wished for, and not said' wrong
}

# A refusal to read is true where the pages contradict themselves, and only there.
refused() {
	[[ $LIFE_SAYS == *page-headers* ]] && grep -q 'contradicts itself' err && return
	echo "seed $SEED ($LIFE_SAYS): $1 failed:"
	sed 's/^/  /' out err
	return 1
}

# run WANTED COMMAND...: its status is one of the wanted ones, or the pages lie; sets STATUS.
run_writ() {
	local wanted=" $1 "
	shift
	STATUS=0
	"$WRIT" "$@" >out 2>err || STATUS=$?
	[[ $wanted != *" $STATUS "* ]] || return 0
	refused "writ $*"
}

# click ORDER: what curl needs to give somebody something, beside others.
click() {
	[ ! -s clicks ] || echo next
	printf 'url = "%s/_control/give"\nheader = "Content-Type: application/json"\ndata = "%s"\n' "$URL" "${1//\"/\\\"}"
}

seed_life() {
	local row words grant user
	SEED=$1 LIFE_STATE=$((SEED * 7919 + 17)) LIFE_SAYS=
	control POST reset '{}' >put
	control DELETE switches >put
	for row in "${LIFE_SWITCHES[@]}"; do
		pick 8
		[ "$PICKED" = 0 ] || continue
		read -ra words <<<"$row"
		pick $((${#words[@]} - 1))
		LIFE_SAYS="$LIFE_SAYS ${words[0]}=${words[$((PICKED + 1))]}"
		control PUT switches "{\"${words[0]}\":\"${words[$((PICKED + 1))]}\"}" >put
	done
	if [ -n "${LIFE_ALWAYS:-}" ]; then
		LIFE_SAYS="$LIFE_SAYS $LIFE_ALWAYS"
		control PUT switches "{\"${LIFE_ALWAYS%=*}\":\"${LIFE_ALWAYS#*=}\"}" >put
	fi
	: >wishes
	: >clicks
	for user in "${LIFE_USERS[@]}"; do
		for grant in "${LIFE_GRANTS[@]}"; do
			pick 3
			[ "$PICKED" != 0 ] || click "{\"email\":\"$user\",$grant}" >>clicks
			pick 3
			[ "$PICKED" != 0 ] || printf '%s\t%s\n' "$user" "$grant" >>wishes
		done
	done
	[ ! -s clicks ] || curl -sS --max-time 60 -K clicks >put
}

# import, plan, apply, what somebody does by hand, drift, restore.
live_once() {
	local user grant
	seed_life "$1"
	rm -rf imported snapshot
	run_writ 0 import --config config.yaml --out imported || return
	[ "$STATUS" = 0 ] || return 0
	run_writ 0 plan --config config.yaml --out plan.json --format json imported || return
	jq '[.changes[], .unlisted[]] | map(select(.principal.kind == "user")) | .[].address' plan.json >wrong
	lie 'an import that its own plan would change' wrong || return
	write_wishes report
	run_writ 0 plan --config config.yaml --out plan.json wanted.yaml || return
	judge_plan || return
	write_wishes remove
	run_writ '0 6' apply --config config.yaml --auto-approve --allow-remove 100% --allow-admin-grants 99 wanted.yaml || return
	truth >all
	in_scope all | LC_ALL=C comm -3 wished - >wrong
	[ "$STATUS" != 0 ] || lie 'an apply that ended with 0 left this undone' wrong || return
	run_writ 0 snapshot --config config.yaml --snapshot snapshot || return
	truth >before
	pick ${#LIFE_USERS[@]}
	user=${LIFE_USERS[$PICKED]}
	pick ${#LIFE_GRANTS[@]}
	grant=${LIFE_GRANTS[$PICKED]}
	control POST give "{\"email\":\"$user\",$grant}" >put
	truth | LC_ALL=C comm -13 before - >wrong
	run_writ '0 2' drift --config config.yaml --snapshot snapshot || return
	[ "$STATUS" = 2 ] || lie 'no drift, says writ' wrong || return
	[ "$STATUS" = 0 ] || [ -s wrong ] || { echo "seed $SEED ($LIFE_SAYS): drift without any"; cat out; return 1; }
	run_writ 0 restore --config config.yaml --from snapshot --out back.json --allow-remove 100% --allow-admin-grants 99 || return
	run_writ '0 6' apply --config config.yaml --plan back.json || return
	truth | LC_ALL=C comm -3 before - >wrong
	[ "$STATUS" != 0 ] || lie 'a restore that ended with 0 left this as it was' wrong
}
