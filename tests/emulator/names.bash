# SPDX-License-Identifier: Apache-2.0
# Seeded sets of odd names in a life of an organisation: what writ writes of them it reads again,
# and what it does to one it does to no other. Sourced behind helper.bash and seeded.bash by
# names.bats, in a folder of its own.

LC_ALL=C.UTF-8 # in which bash spells \u00e9

# What names can be like.
# shellcheck disable=SC2016 # nothing is to expand
NAME_FORMS=(
	$'Caf\u00e9' $'Cafe\u0301' $'\u00c5ngstrom' $'A\u030angstrom' $'\u212bngstrom' ' lead'
		'tail ' ' both ' 'lead' 'tail' 'both'
	$'\u00a0nbsp' $'nbsp\u00a0' "it's" '"quoted"' "'single'" 'back\slash' 'a: b' 'a #b' '#a'
		': ' ':' 'null' 'Null' '~' 'true' 'no'
	'010' '1.10' '2027-03-31' '12:30:45' '0x1F' '1e3' '-' '- a' '? a' '[a]' '{a}' '*a' '&a' '!a'
		'|' '>' '%a' '@a' '`a`' ',' '---'
	'...' '<<' '=' "$(printf 'x%.0s' {1..250})" "$(printf '\u00e9%.0s' {1..250})" "\$HOME" 'a/b'
		'a%2Fb' '../x' 'a|b' 'a;b' 'a,b'
	'Designers' 'designers' 'Default' 'DEFAULT' 'Adobe Express' 'x' 'X' $'\U1F600'
		$'\u05d0\u05d1' $'\u0627' 'All Fonts' 'role' 'user'
	'a  b' 'a b'
)
# Those that no manifest can hold, and how a message spells them.
declare -gA NAME_ODD=(
	[$'a\tb']='a\tb' [$'a\nb']='a\nb' [$'a\r\nb']='a\x0D\nb' [$'a\e[31mb']='a\x1B[31mb'
	[$'a\x7fb']='a\x7Fb' [$'a\u0085b']='a\u{85}b'
	[$'a\u2028b']='a\u{2028}b' [$'a\u202eb']='a\u{202E}b' [$'a\u200bb']='a\u{200B}b'
	[$'a\u00adb']='a\u{AD}b' [$'\ufeffa']='\u{FEFF}a'
	[$'a\ufdd0b']='a\u{FDD0}b' [$'\u200fx']='\u{200F}x' [$'\u3000']='\u{3000}' [' ']=' '
	['_x']='_x' [' _x']=' _x'
	[$'\uff3fx']=$'\uff3fx' ['_developer_x']='_developer_x'
	["$(printf 'y%.0s' {1..251})"]="$(printf 'y%.0s' {1..251})"
	["$(printf '\u00e9%.0s' {1..251})"]="$(printf '\u00e9%.0s' {1..251})"
)
NAME_USERS=(
	jane@example.com Joe.Doe@example.com kim@example.com "o'brien@example.com" 'a+b@example.com'
		'null@example.com'
	'true@example.com' '#a@example.com' '-@example.com' '{a}@example.com' '1.10@example.com'
		'KIM2@Example.COM'
	adobeID:jane@example.com "$(printf 'u%.0s' {1..238})@example.com"
		"$(printf 'u%.0s' {1..239})@example.com"
	$'j\u00e4ne@example.com' '"a"@example.com' 'a@b@example.com'
)

# some COUNT FILE: so many of the forms, each once, a line of JSON each.
some() {
	local number all=("${NAME_FORMS[@]}")
	# the keys of a hash stand in no order
	mapfile -t -d '' -O ${#all[@]} all < <(printf '%s\0' "${!NAME_ODD[@]}" | LC_ALL=C sort -z)
	: >"$2"
	for ((number = 0; number < $1; number++)); do
		pick ${#all[@]}
		jq -nc --arg name "${all[$PICKED]}" '$name' >>"$2"
	done
	LC_ALL=C sort -u -o "$2" "$2"
}

# order PATH: a request of the control path for each line of JSON on standard input, one after the
# other.
order() {
	jq -r --arg url "$URL/_control/$1" '
		"next", "url = " + ($url | @json), "header = \"Content-Type: application/json\"",
			"data-binary = " + (tojson | @json)' |
		sed 1d >orders
	[ ! -s orders ] || curl -sS --max-time 60 -K orders >put
	if grep -q '"ok":false' put; then
		cat put orders
		return 1
	fi
}

# Who holds what in truth: a line of JSON for each pair.
truth() {
	control GET grants | jq -c '.[] | select(.api == null) |
		[.kind, (.name | if test("@") then ascii_downcase else . end), .role // "",
			.product // "",
		.profile // "", .group // ""]' | LC_ALL=C sort -u
}

# declared PATH: the same of what manifests declare, but APIs.
declared() {
	"$WRIT" report --format json=report.json "$1" >out 2>err || return
	jq -c '.grants[] | select(.entitlement.kind != "api")
		| [.principal.kind, (.principal.name | if test("@") then ascii_downcase else . end),
			.entitlement.role // "",
		.entitlement.product // "", .entitlement.profile // "", .entitlement.group // ""]' \
			report.json | LC_ALL=C sort -u
}

# Grants to users, to groups and to the account, of what is there.
write_grants() {
	local user place
	while IFS= read -r user; do
		while IFS= read -r place; do
			pick 3
			[ "$PICKED" != 0 ] || jq -nc --argjson user "$user" \
				--argjson place "$place" '{email: $user} + $place'
		done <places
	done <users
	while IFS= read -r user; do
		pick 3
		[ "$PICKED" != 0 ] || jq -nc --argjson group "$user" \
			'{group_member: $group, product: "Adobe Fonts", profile: "All Fonts"}'
	done <groups
	# the last profile of an API that stays would not be taken back
	echo '{"account": "asset-archiver", "product": "Adobe Express", "profile": "Default"}'
	while IFS= read -r place; do
		pick 2
		[ "$PICKED" != 0 ] || jq -nc --argjson place "$place" \
			'{account: "asset-archiver"} + $place'
	done <own
}

seed_names() {
	local number
	seeded "$1"
	some 6 groups
	some 6 profiles
	some 3 products
	for ((number = 0; number < 5; number++)); do
		pick ${#NAME_USERS[@]}
		jq -nc --arg name "${NAME_USERS[$PICKED]}" '$name'
	done | LC_ALL=C sort -u >users
	echo '{"email": "new@example.com"}' | order users || return
	jq -c '{email: ., type: (if startswith("adobeID:") then "adobeID" else "federatedID" end)}' \
		users |
		order users || return
	# each group has a user of its own: what it holds shows by them alone
	jq -c '{email: "in-\(input_line_number)@example.com"}' groups | order users || return
	jq -c '{name: ., add: ["in-\(input_line_number)@example.com"]}' groups | order groups ||
		return
	jq -c '{product: "Adobe Express", profile: .}' profiles >own
	{
		cat own
		jq -c '{product: ., profile: "Within"}' products
		# one name in two products
		head -n 1 profiles | jq -c '{product: "Adobe Fonts", profile: .}'
	} >all
	order profiles <all || return
	{
		cat all
		jq -c '{role: "user-group-administrator", group: .}' groups
		jq -c '{role: "product-administrator", product: .}' products
		jq -c '{role: "product-profile-administrator"} + .' own
		echo '{"role": "support-administrator"}'
	} >places
	write_grants >grants
	order give <grants
}

# told NAME: whether writ said in err that it leaves out what has this name.
told() {
	local spelled=$1
	spelled=${spelled//\\/\\\\}
	spelled=${spelled//$'\u00a0'/\\u{A0\}}
	spelled=${NAME_ODD[$1]:-$spelled}
	[ "${#spelled}" -le 12 ] && spelled="$spelled\"" ||
		spelled=${spelled:0:12} # a message has the beginning of long names
	grep 'left out: ' err | grep -qF -e "\"$spelled" -e "_$spelled"
}

# Of lines of pairs on standard input those of which no part is told as left out.
untold() {
	local pair name
	while IFS= read -r pair; do
		while IFS= read -r -d '' name; do
			! told "$name" || continue 2
		done < <(jq -j '[.[1, 3, 4, 5]][] | select(. != "") + "\u0000"' <<<"$pair")
		printf '%s\n' "$pair"
	done
}

# judge_import: what the import has is held, and what is held and not there is told.
judge_import() {
	truth >held
	declared imported >known || return
	LC_ALL=C comm -13 held known >wrong
	lie 'imported, and not held' wrong || return
	writ_as 0 import --config config.yaml --out again --log debug || return
	diff -r imported again >wrong
	lie 'an import that differs from the one before' wrong || return
	LC_ALL=C comm -23 held known | untold >wrong
	lie 'held, not imported, and not told' wrong
}

# One grant to a user more or less, and one profile of the account more; the pairs go to "gained"
# and "lost".
write_change() {
	local count pair
	: >gained
	: >lost
	rm -rf wanted
	mkdir wanted
	jq -nc --arg org "$ORG" \
		'{apiVersion: "writ/v1", kind: "Organization", metadata: {name: "acme"},
		spec: {provider: "adobe", orgId: $org}}' >wanted/organization.json
	grep -F '["user"' known | grep -vF '"system-administrator"' >users-known # guards keep those
	count=$(wc -l <users-known)
	pick "$count"
	pair=$(sed -n "$((PICKED + 1))p" users-known)
	pick 2
	if [ "$PICKED" = 0 ]; then
		printf '%s\n' "$pair" >lost
	else
		jq -c '.[1] = "new@example.com"' <<<"$pair" >gained
	fi
	jq -ac --slurpfile known known --slurpfile less lost '
		def scope: {product: .[3], profile: .[4], group: .[5]} |
			with_entries(select(.value != ""));
		. as $pair | (if .[2] == "" then {kind: "ProductAssignment", spec: scope}
			else {kind: "AdminRole", spec: ({role: .[2]} + scope)} end)
		| .apiVersion = "writ/v1" | .metadata.name = "changed"
		| .spec.unlisted = (if ($less | length) > 0 then "remove" else "keep" end)
		| .spec.members = [if ($less | length) > 0
			then $known[] | select(.[2:] == $pair[2:] and .[0] == "user" and
				.[1] != $pair[1]) | .[1]
			else "new@example.com" end
			| if startswith("adobeid:") then {user: .[8:],
				type: "adobeID"} else {user: .} end]' <<<"$pair" \
					>wanted/changed.json
	jq -sac --slurpfile own own '
		map(select(.[0] == "technicalAccount" and .[2] == "")) |
			map({product: .[3], profile: .[4]}) as $has
		| {apiVersion: "writ/v1", kind: "TechnicalAccount",
			metadata: {name: "asset-archiver"},
			spec: {products: ($has + [{product: "Adobe Express", profile: "Beta"}])}}' \
				known >wanted/account.json
	grep -qF '["technicalAccount","asset-archiver","","Adobe Express","Beta"' known ||
		echo '["technicalAccount","asset-archiver","","Adobe Express","Beta",""]' >>gained
}

# changed FROM: what is held is what FROM has, with the change.
judge_change() {
	truth >held
	LC_ALL=C sort -u gained "$1" | grep -vxFf lost | diff - held >wrong
	lie 'a change of one grant, and of another' wrong
}

names_once() {
	seed_names "$1" || return
	writ_as 0 import --config config.yaml --out imported || return
	writ_as 0 plan --config config.yaml --out plan.json --format json imported || return
	jq -c '[.changes[], .unlisted[], .blocked[]] | .[].address' plan.json >wrong
	lie 'an import that its own plan would change' wrong || return
	judge_import || return
	cp held before
	writ_as 0 snapshot --config config.yaml --snapshot snapshot || return
	write_change
	writ_as '0 5 6' apply --config config.yaml --auto-approve --allow-remove 100% \
		--allow-admin-grants 99 wanted || return
	# What a group of administrators is called is longer than its profile's name.
	if [ "$STATUS" = 5 ]; then
		grep -q 'failed: .*Name too long' out
		return
	fi
	[ "$STATUS" = 6 ] || judge_change before || return
	writ_as 0 restore --config config.yaml --from snapshot --out back.json --allow-remove 100% \
		--allow-admin-grants 99 || return
	writ_as '0 6' apply --config config.yaml --plan back.json || return
	truth | diff before - >wrong
	[ "$STATUS" = 6 ] || lie 'a restore that ended with 0, and this' wrong
}
