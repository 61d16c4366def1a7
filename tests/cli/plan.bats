#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	quickstart
}

@test "plan shows what differs: 0, and 2 with --detailed-exitcode" {
	run_writ plan --live live.yaml manifests
	assert_golden plan
	run_writ plan --live live.yaml --format json manifests
	assert_golden plan-json
	ends 2 plan --live live.yaml --detailed-exitcode manifests
	ends 0 import --live live.yaml --out imported
	ends 0 plan --live live.yaml --detailed-exitcode imported
}

@test "a line of a manifest is called the same in the head and below it, in the current folder too" {
	ends 0 plan --live live.yaml --format text=named manifests
	mkdir -p elsewhere
	mv manifests elsewhere
	(cd elsewhere && ends 0 plan --live ../live.yaml --format text=../here)
	diff <(grep -o 'manifests/[^ ]*' named) <(grep -o '[^ ]*manifests/[^ ]*' here)
}

@test "--fail-on: 4, each word for itself" {
	for word in withheld admin-grant removal guard,removal; do
		ends 4 plan --live live.yaml --fail-on "$word" manifests
	done
	ends 0 plan --live live.yaml --fail-on guard manifests
	ends 0 plan --live live.yaml --allow-remove 1 --fail-on withheld manifests
	ends 64 plan --live live.yaml --fail-on sometimes manifests
}

@test "--target keeps one account's changes" {
	ends 0 plan --live live.yaml --format json --target asset-archiver manifests
	[ "$(jq -r '.changes[].principal.name' stdout | sort -u)" = asset-archiver ]
}

@test "--target is said, in words and in the saved plan" {
	ends 0 plan --live live.yaml --target asset-archiver --out plan.json manifests
	[ "$(grep -c '^Plan: 3 to add, 0 to change, 0 to remove, of asset-archiver alone\.$' \
		stdout)" -eq 2 ]
	[ "$(jq -r .target plan.json)" = asset-archiver ]
	ends 0 show plan.json
	grep -q 'of asset-archiver alone' stdout
	ends 0 show --format json plan.json
	cmp stdout plan.json
	ends 0 plan --live live.yaml --target forgotten-script manifests
	grep -q '^No changes of forgotten-script; --target leaves out all else\.$' stdout
	ends 0 plan --live live.yaml --format json manifests
	[ "$(jq 'has("target")' stdout)" = false ]
}

@test "--target of an account that is neither declared nor live: 64" {
	ends 64 plan --live live.yaml --target asset-archive manifests
	[ ! -s stdout ]
	grep -q -- '--target: no account "asset-archive", declared or live' stderr
	ends 64 apply --live live.yaml --auto-approve --target asset-archive manifests
	ends 0 plan --live live.yaml --target forgotten-script manifests
}

@test "--out and --format json are the same bytes, and their digest is told" {
	ends 0 plan --live live.yaml --out plan.json --format json --format text=text manifests
	cmp stdout plan.json
	grep -q "sha256:$(sha256sum plan.json | cut -d ' ' -f 1)" text
	ends 0 plan --live live.yaml --format json manifests
	grep -q "sha256:$(sha256sum plan.json | cut -d ' ' -f 1)" stderr
}

@test "no colour in a pipe, colour when forced, none with --no-color" {
	ends 0 plan --live live.yaml manifests
	if grep -q "$(printf '\033')" stdout; then return 1; fi
	CLICOLOR_FORCE=1 ends 0 plan --live live.yaml manifests
	grep -q "$(printf '\033')" stdout
	CLICOLOR_FORCE=1 ends 0 plan --live live.yaml --no-color manifests
	if grep -q "$(printf '\033')" stdout; then return 1; fi
}

@test "the order of files and documents changes nothing but places" {
	ends 0 plan --live live.yaml --format json manifests
	jq 'del(.. | .location?, .manifest?) | del(.digest)' stdout >first
	for seed in 1 2 3 4 5; do
		rm -rf shuffled
		mkdir shuffled
		find manifests -type f | sort |
			awk -v s="$seed" 'BEGIN {srand(s)} {print rand() "\t" $0}' | sort |
			cut -f 2 >order
		while read -r file; do
			printf -- '---\n'
			cat "$file"
		done <order >shuffled/all.yaml
		ends 0 plan --live live.yaml --format json shuffled
		jq 'del(.. | .location?, .manifest?) | del(.digest)' stdout | diff first - ||
			{ cat order; return 1; }
	done
}

@test "a grant of what does not exist is told, and blocks nothing else" {
	sed -i 's/profile: Templates/profile: Template/' manifests/accounts/template-sync.yaml
	run_writ plan --live live.yaml manifests
	assert_golden plan-blocked
	[ "$status" -eq 0 ]
	ends 4 plan --live live.yaml --fail-on blocked --format json manifests
	jq -e '.summary.blocked == 1 and
		.blocked[0].address == "grant/technicalAccount/template-sync/product/Adobe%20Express/Template" and
			.blocked[0].nearest == "Templates" and .blocked[0].location.line == 10' \
				stdout
	ends 6 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	grep -q '1 not possible yet\.$' stdout
	ends 6 apply --live live.yaml --auto-approve manifests
	sed -i 's/profile: Template}/profile: Templates}/' manifests/accounts/template-sync.yaml
	ends 0 apply --live live.yaml --auto-approve manifests
}

@test "live that is missing or broken: 1" {
	: >empty.yaml
	ends 1 plan --live empty.yaml manifests
	grep -q '^empty.yaml:1:1: error: .*: no organisation is in it; the least is one' stderr
	ends 1 plan --live nothing.yaml manifests
	echo 'kind: [' >live.yaml
	ends 1 plan --live live.yaml manifests
}

@test "an expired grant is removed, the day after its last" {
	cat >manifests/accounts/report-reader.yaml <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: template-sync}
		spec:
		  products:
		    - {product: Adobe Express, profile: Default, expires: 2026-06-01}
		  adminRoles: [support-administrator]
		  unlisted: keep
	END
	rm manifests/accounts/template-sync.yaml manifests/accounts/asset-archiver.yaml
	WRIT_NOW=2026-06-01T23:59:59Z ends 0 plan --live live.yaml --detailed-exitcode manifests
	WRIT_NOW=2026-06-02T00:00:00Z ends 2 plan --live live.yaml --detailed-exitcode \
		--format json manifests
	[ "$(jq -r '.changes[].action_reason' stdout)" = expired ] || { cat stdout; return 1; }
}

# account NAME [SPEC [EARLIER]]: a document of one, of which EARLIER are the names before.
account() {
	document TechnicalAccount "$1${3:+, previously: [$3]}" "${2:-}"
}

@test "a rename tells what else changes with it" {
	{
		organization
		account old "credential: robot, owner: a@example.com, apis: [x]"
	} >live.yaml
	{
		organization
		account new "credential: robot, owner: b@example.com, apis: [x, z]" old
	} >wanted.yaml
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	grep -q '^    ~ renamed from old, owner  (renamed)  wanted.yaml:6:1$' stdout
	grep -q '^    + API z  wanted.yaml:9:' stdout
	ends 0 show plan.json
	grep -q '^    ~ renamed from old, owner  (renamed)' stdout
	grep -q '^    + API z  wanted.yaml:9:' stdout
	{ organization; account new "credential: robot" old; } >wanted.yaml
	ends 0 plan --live live.yaml wanted.yaml
	grep -q '^    ~ renamed from old  (renamed)' stdout
}

@test "deleted accounts are named, and what goes with them, however many" {
	organization ", unlisted: remove" >wanted.yaml
	account kept >>wanted.yaml
	organization >live.yaml
	for number in $(seq 10 29); do
		account "robot-$number" \
			"products: [{product: P, profile: A}, {product: P, profile: B}]" >>live.yaml
	done
	ends 0 plan --live live.yaml wanted.yaml
	gone='^    - technical account, with the 2 grants it holds  (undeclared)  \[withheld\]'
	[ "$(grep -c "$gone" stdout)" -eq 20 ]
	account robot-30 >>live.yaml
	ends 0 plan --live live.yaml wanted.yaml
	gone='^    - technical account, with the 2 grants it holds  (undeclared)  \[withheld\]'
	[ "$(grep -c "$gone" stdout)" -eq 20 ]
	[ "$(grep -c '^      - P / [AB]$' stdout)" -eq 40 ]
	grep -q '^  robot-30$' stdout
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	ends 0 show plan.json
	[ "$(grep -c '^      - P / [AB]$' stdout)" -eq 40 ]
}

@test "what is taken away is named, however much it is; what is added may be counted" {
	organization >wanted.yaml
	organization >live.yaml
	for number in $(seq 10 39); do
		account "robot-$number" "products: [{product: P, profile: A}]" >>live.yaml
		account "robot-$number" "products: [{product: P, profile: B}]" >>wanted.yaml
	done
	ends 0 plan --live live.yaml wanted.yaml
	grep -q '^  + 30 accounts → P / B' stdout
	[ "$(grep -c '^    - P / A  (not-listed)' stdout)" -eq 30 ]
}

@test "each value of an update is told, old and new" {
	{ organization; account a "description: old words, owner: a@example.com"; } >live.yaml
	{
		organization
		account a 'description: "new \" → \"x", owner: b@example.com'
	} >wanted.yaml
	sed -i 's/{name: a}/{name: a, labels: {team: one, zone: eu}}/' wanted.yaml
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	sed -n '/^    ~/,/^$/p' stdout >told
	printf '      %s\n' 'description: "old words" → "new \" → \"x"' \
		'owner: "a@example.com" → "b@example.com"' \
		'labels: nothing → team: "one", zone: "eu"' '' | sed 's/ *$//' >due
	tail -n +2 told | diff - due
	ends 0 show plan.json
	sed -n '/^    ~/,/^$/p' stdout | diff - told
}

@test "what is left alone says whether it is an account, a group or a user" {
	{
		organization
		document AdminRole support "role: support-administrator, members: []"
		account ops
	} >wanted.yaml
	{
		organization
		account ops "adminRoles: [support-administrator]"
		document AdminRole support \
			'role: support-administrator,
			members: [{group: ops}, {user: ops@example.com}]'
	} >live.yaml
	ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
	sed -n '/^LIVE BUT/,/^$/p' stdout | diff - <(printf '%s\n' \
		'LIVE BUT NOT LISTED, LEFT ALONE (3)' '  ops  support-administrator' \
		'  group ops  support-administrator' \
		'  user ops@example.com  support-administrator' '')
}

@test "a step by hand that lacks consent says so" {
	{ organization; account a "adminRoles: []"; } >wanted.yaml
	{ organization; account a "adminRoles: [support-administrator]"; } >live.yaml
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	jq '.changes[0].via = "manual" |
		.manual = [{id: "c1", address: .changes[0].address, since: null,
			steps: ["Do it."]}]' plan.json >by-hand.json
	ends 0 show by-hand.json
	grep -A 1 '^  a: - support-administrator  \[withheld\]$' stdout | grep -q '^    1. Do it\.$'
}

@test "--target of a name that is given up: 64, with the new one" {
	{ organization; account old; account older; } >live.yaml
	{ organization; account new "" "missing, old, older"; } >wanted.yaml
	ends 64 plan --live live.yaml --target old wanted.yaml
	grep -q -- '--target: account "old" is to become "new"; use the new name' stderr
	ends 0 plan --live live.yaml --target new wanted.yaml
	grep -q 'renamed from old' stdout
	# nobody takes these: the second earlier name, one whose heir is live, one that goes
	ends 0 plan --live live.yaml --target older wanted.yaml
	account new >>live.yaml
	ends 0 plan --live live.yaml --target old wanted.yaml
	{ organization; account new "state: absent" older; } >wanted.yaml
	ends 0 plan --live live.yaml --target older wanted.yaml
}

@test "what goes with accounts counts, and is judged as they are" {
	five=$(printf '{product: P, profile: %s}, ' A B C D E) five=${five%, }
	{ organization; account a "products: [$five]"; account b; } >live.yaml
	{ organization; account a "state: absent"; account b; } >wanted.yaml
	verdicts='[.guards[] | select(.name == "maxRemovalDelta" or .name == "accountDeletes") |
		"\(.name) \(.value) \(.verdict)"] | join(", ")'
	ends 0 plan --live live.yaml --format json wanted.yaml
	[ "$(jq -r "$verdicts" stdout)" = \
		"maxRemovalDelta 100 withheld, accountDeletes 1 withheld" ]
	ends 0 plan --live live.yaml --format json --allow-remove 1 wanted.yaml
	[ "$(jq -r "$verdicts" stdout)" = "maxRemovalDelta 100 allowed, accountDeletes 1 allowed" ]
}

@test "a grant that is said twice tells where it holds longer" {
	local july='expires: 2026-07-01'
	{ organization; account a "products: [{product: P, profile: B}]"; } >live.yaml
	{
		organization
		account a "products: [{product: P, profile: A, $july}, {product: P, profile: B, $july}]"
		document ProductAssignment one \
			"product: P, profile: A, members: [{account: a, expires: 2026-06-15}]"
	} >wanted.yaml
	ends 0 plan --live live.yaml wanted.yaml
	grep -q '^    + P / A  until 2026-07-01  wanted.yaml:9:19$' stdout
	run ! grep -q 'also said' stdout
	document ProductAssignment two \
		"product: P, profile: A, members: [{account: a, expires: 2026-07-02}]" >>wanted.yaml
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	grep -A 1 '^    + P / A  until 2026-07-01' stdout |
		grep -q '^      also said at wanted.yaml:19:42, until 2026-07-02$'
	ends 0 show plan.json
	grep -q 'also said at wanted.yaml:19:42, until 2026-07-02' stdout
	document ProductAssignment three "product: P, profile: A, members: [a]" >>wanted.yaml
	document ProductAssignment four "product: P, profile: B, members: [a]" >>wanted.yaml
	ends 0 plan --live live.yaml --format json wanted.yaml
	[ "$(jq -r '.changes[].note' stdout)" = "also said at wanted.yaml:24:42, without an end" ]
}

@test "a plan does not outlive a grant that it makes" {
	organization >live.yaml
	{
		organization
		account a "adminRoles: [{role: support-administrator, expires: 2026-06-01}]"
	} >wanted.yaml
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	[ "$(jq -r .expires plan.json)" = 2026-06-01T23:59:59Z ]
	cp live.yaml before
	WRIT_NOW=2026-06-02T00:00:00Z ends 3 apply --live live.yaml --plan plan.json
	grep -q 'the plan expired at 2026-06-01T23:59:59Z; make a new one$' stderr
	cmp live.yaml before
	# said once more with a later end, it goes on
	cp wanted.yaml once.yaml
	document AdminRole r \
		"role: support-administrator, members: [{account: a, expires: 2026-06-02}]" \
		>>wanted.yaml
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	[ "$(jq -r .expires plan.json)" = 2026-06-02T00:00:00Z ]
	# what ends and is live already is no grant that the plan makes
	ends 0 apply --live live.yaml --auto-approve once.yaml
	ends 0 plan --live live.yaml --out plan.json once.yaml
	[ "$(jq -r .expires plan.json)" = 2026-06-02T00:00:00Z ]
}

@test "grants become one line only where it is true of each" {
	{ organization; for name in a b c d e; do account "$name"; done; } >live.yaml
	grants() {
		organization
		for row in "$@"; do
			account "${row%%:*}" "products: [{product: P, profile: A${row#*:}}]"
		done
	}
	ends=", expires: 2026-07-01"
	grants "a:$ends" "b:$ends" "c:$ends" "d:$ends" >wanted.yaml
	ends 0 plan --live live.yaml wanted.yaml
	grep -q '^  + 4 accounts → P / A  until 2026-07-01  wanted.yaml:9:19 and 3 more$' stdout
	grants "a:$ends" b: c: d: e: >wanted.yaml
	ends 0 plan --live live.yaml wanted.yaml
	grep -q '^  + 4 accounts → P / A  wanted.yaml:14:19 and 3 more$' stdout
	grep -q '^    + P / A  until 2026-07-01  wanted.yaml:9:19$' stdout
	# the snapshot has it of one, so somebody took it away
	grants a: >base.yaml
	grants a: b: c: d: e: >wanted.yaml
	ends 0 plan --live live.yaml --base base.yaml --allow-live-shrink wanted.yaml
	grep -q '^  + 4 accounts → P / A  wanted.yaml:14:19 and 3 more$' stdout
	grep -q '^    + P / A  \[drift\]  wanted.yaml:9:19$' stdout
}

@test "APIs are grants, and those that hand out rights stand with the admin roles" {
	{
		organization
		for name in template-sync a b c d e f g h i j k l m; do
			account "$name" 'apis: [User Management API]'
		done
		document TechnicalAccount z 'apis: [Other API, One API]'
	} >all.yaml
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	ends 0 plan --live live.yaml all.yaml
	grep -q '^ADMIN GRANTS (14)$' stdout
	[ "$(grep -c '^    + API User Management API  ' stdout)" = 14 ]
	grep -q '^  + 14 technical accounts  ' stdout
	grep -q '^    + API Other API  ' stdout
	grep -q '^  refused  maxAdminGrants: 14, limit [0-9]*; allow with --allow-admin-grants 14 (policy.maxAdminGrants)' stdout
	ends 4 plan --live live.yaml --fail-on admin-grant all.yaml
	ends 4 apply --live live.yaml --auto-approve all.yaml
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
}

# What is taken away from an account, as JSON: a line a change.
api_changes() {
	jq -r '.changes[] | [.address, .change.actions[0], .risk, .entitlement.kind,
		.entitlement.api, "\(.withheld_by)"] | join(" ")' stdout
}

@test "an API comes and goes as a grant does: consent, apply, and the plan after it" {
	{ organization; account a "apis: [User Management API, One, Two]"; } >live.yaml
	{ organization; account a "apis: [{api: Three, reason: sync}, Two]"; } >wanted.yaml
	ends 0 plan --live live.yaml --format json wanted.yaml
	api_changes >changes
	sed 's|^grant/technicalAccount/a/api/||' changes | diff - <(printf '%s\n' \
		'Three create ordinary api Three null' \
		'One delete removal api One null' \
		'User%20Management%20API delete admin-removal api User Management API consent')
	[ "$(grep -c '^grant/technicalAccount/a/api/' changes)" -eq 3 ]
	jq -e '.changes[0].change.after.reason == "sync"' stdout
	ends 4 apply --live live.yaml --auto-approve wanted.yaml
	grep -qx '    - Three' live.yaml
	grep -qx '    - User Management API' live.yaml
	run ! grep -qx '    - One' live.yaml
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 wanted.yaml
	run ! grep -qx '    - User Management API' live.yaml
	ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
}

@test "a saved plan makes an account with its APIs" {
	organization >live.yaml
	{ organization; account a "apis: [One, Two]"; } >wanted.yaml
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	[ "$(jq -r '.changes[].address' plan.json | paste -sd ' ')" = \
		"technicalAccount/a grant/technicalAccount/a/api/One grant/technicalAccount/a/api/Two" ]
	ends 0 apply --live live.yaml --plan plan.json --auto-approve
	ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
	jq '.changes[2].entitlement.api = "User Management API" | .changes[2].address =
		"grant/technicalAccount/a/api/User%20Management%20API"' plan.json >forged.json
	ends 1 show forged.json
}

@test "what replaces a holder must be there before the holder goes" {
	{
		organization
		printf 'status: {users: [jane@example.com]}\n'
		document ProductAssignment p \
			"product: P, profile: A, members: [{user: jane@example.com}]"
	} >live.yaml
	{
		organization
		document ProductAssignment p \
			'product: P, profile: A, unlisted: remove,
			members: [{user: joe@example.com}]'
	} >wanted.yaml
	ends 4 plan --live live.yaml --fail-on withheld --allow-remove 1 wanted.yaml
	grep -q 'user jane@example.com' stdout
	grep -q 'withheld  replacement: 1, limit 0; allow with --allow-unreplaced$' stdout
	ends 4 apply --live live.yaml --auto-approve --allow-remove 1 wanted.yaml
	grep -q 'user: jane@example.com' live.yaml
	ends 6 apply --live live.yaml --auto-approve --allow-unreplaced wanted.yaml
	run ! grep -q 'members: .*jane\|- user: jane' live.yaml
}

@test "rights over others are told, also where no document speaks of them" {
	{
		organization
		account a "products: [{product: P, profile: A}], adminRoles: [system-administrator]"
	} >live.yaml
	{ organization; account a "products: [{product: P, profile: A}]"; } >wanted.yaml
	ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
	grep -q '^  a  system-administrator$' stdout
	document AdminRole s "role: system-administrator, members: [], unlisted: keep" >>wanted.yaml
	ends 0 plan --live live.yaml wanted.yaml
	run ! grep -q 'LEFT ALONE' stdout
}

@test "a credential or project that the account's name does not tell is a line" {
	{
		organization
		account a "credential: other, project: P, adminRoles: [support-administrator]"
		account b "project: Q"
	} >wanted.yaml
	organization >live.yaml
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	sed -n '/^IDENTITY/,/^$/p' stdout >told
	printf '%s\n' 'IDENTITY (2)' '  a  is credential "other" of project "P"' \
		'  b  is made in project "Q"' '' | diff - told
	ends 0 show plan.json
	sed -n '/^IDENTITY/,/^$/p' stdout | diff - told
	ends 0 show --format markdown plan.json
	grep -q 'is credential .*other.* of project' stdout
}

@test "another credential of an account with an administrator's right is an admin grant" {
	{
		organization
		account a "adminRoles: [support-administrator]"
		account b
		account c
	} >live.yaml
	{
		organization
		account a "credential: x"
		account b "credential: y"
		account c "credential: z, adminRoles: [storage-administrator]"
	} >wanted.yaml
	ends 4 plan --live live.yaml --fail-on admin-grant --out plan.json wanted.yaml
	sed -n '/^ADMIN GRANTS/,/^IDENTITY/p' stdout | grep -E '^(A|  [a-z]|    [~+])' |
		sed 's/  wanted.*//' >told
	printf '%s\n' 'ADMIN GRANTS (1)' '  c' '    + storage-administrator' \
		'ACCOUNTS MOVE (3)' '  a' '    ~ credential  (changed)' '  c' \
		'    ~ credential  (changed)' '  b' '    ~ credential  (changed)' | diff - told
	grep -qx '      what it holds goes along: support-administrator' stdout
	grep -q '^      credential: "a" → "x"$' stdout
	grep -q '^  a  changes its credential from "a" to "x"$' stdout
	[ "$(grep -c '^IDENTITY (6)$' stdout)" -eq 1 ]
	# what a saved plan says of its risks is not what is counted
	sed -i 's/guards: .*//
		s/spec: {provider: file/&, guards: {maxAdminGrants: 2}/' wanted.yaml
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	grep -q 'refused  maxAdminGrants: 3, limit 2' stdout
	sed -i 's/\("action_reason": "changed", "risk": "\)admin-grant"/\1ordinary"/' plan.json
	forged plan.json
	ends 4 apply --live live.yaml --plan plan.json
	grep -q 'guard maxAdminGrants refuses: 3, limit 2' stderr
}

@test "an account that was made anew since the snapshot is told, and gets nothing unseen" {
	{ organization; account a; account b; } >live.yaml
	sed -i 's/name: a}$/&\nstatus: {id: one}/; s/name: b}$/&\nstatus: {id: two}/' live.yaml
	ends 0 snapshot --live live.yaml --snapshot snap
	sed -i 's/id: one/id: three/' live.yaml
	{
		organization
		account a "products: [{product: P, profile: A}]"
		account b "products: [{product: P, profile: A}]"
	} >wanted.yaml
	ends 4 plan --live live.yaml --base snap --fail-on admin-grant --out plan.json wanted.yaml
	grep -A 1 '^IDENTITY (1)$' stdout |
		grep -q '^  a  is another account than at the last snapshot: id "three", was "one"$'
	grep -A 2 '^ADMIN GRANTS (1)$' stdout | grep -q '^    + P / A'
	grep -q '"identity": \[' plan.json
	sed -i 's/id: three/id: four/' live.yaml
	ends 3 apply --live live.yaml --plan plan.json
	sed -i 's/id: four/id: three/' live.yaml
	ends 0 apply --live live.yaml --plan plan.json
}

@test "a grant to a name that looks like another one says so on its line" {
	{
		organization
		printf 'status: {groups: [Designers, "Design\\u0435rs", Ops], users: []}\n'
	} >live.yaml
	{
		organization
		document AdminRole s 'role: support-administrator,
			members: [{group: "Design\u0435rs"}, {group: Ops}]'
	} >wanted.yaml
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	grep -A 1 '^    + support-administrator' stdout >told
	grep -q '^      ".*" looks like "Designers", which is another, and has letters of mixed scripts, ' told
	[ "$(grep -c 'looks like' stdout)" -eq 1 ]
	ends 0 show plan.json
	grep -q 'looks like "Designers"' stdout
}

@test "a bundle that looks like another one is told, where it stands and where it gives something" {
	acme live.yaml </dev/null
	{
		document AccessBundle admins-l 'products: [{product: P, profile: A}]'
		document AccessBundle admins-1 'adminRoles: [support-administrator]'
		document TechnicalAccount a 'bundles: [admins-1]'
	} | acme wanted.yaml
	ends 0 validate wanted.yaml
	grep -q '"admins-1" looks like "admins-l"; .*W0709' stderr
	ends 0 plan --live live.yaml wanted.yaml
	grep -A 1 '^    + support-administrator  \[by bundle admins-1' stdout |
		grep -qx '      "admins-1" looks like "admins-l", which is another'
}

@test "APIs, credentials and projects look alike too, and what goes is told like what comes" {
	{
		organization
		printf 'status: {groups: [Designers, "Design\\u0435rs"], users: []}\n'
		account a 'project: Alpha, credential: key-a, apis: [Express API]'
		document AdminRole s 'role: support-administrator,
			members: [{group: Designers}, {group: "Design\u0435rs"}]'
	} >live.yaml
	{
		organization
		account a 'project: "\u0391lpha", credential: key-\u0430,
			apis: [express api, "Express \u0410PI"]'
		account vict1m
		account victim
		document AdminRole s 'role: support-administrator, unlisted: remove,
			members: [{group: "Design\u0435rs"}]'
	} | sed 's/key-\\u0430/"key-\\u0430"/' >wanted.yaml
	ends 0 plan --live live.yaml wanted.yaml
	grep -A 1 '^    + API Express .PI' stdout |
		grep -q 'looks like "Express API", which is another'
	grep -A 3 '^    ~ project, credential' stdout >told
	grep -q '"key-.*" looks like "key-a", which is another' told
	grep -q '".*lpha" looks like "Alpha", which is another' told
	grep -A 1 '^    - support-administrator' stdout |
		grep -q '^      "Designers" looks like ".*", which is another$'
	grep -A 2 '^  vict1m$' stdout |
		grep -q '^      "vict1m" looks like "victim", which is another$'
	# In another letter case an API is the same one.
	run ! grep -q '"express api" looks like "Express API"' stdout
	ends 0 validate wanted.yaml
	for name in '"key-.*"' '".*lpha"' '"Express .PI"'; do
		grep -q "$name has letters of mixed scripts.*W0717" stderr
	done
	grep -q '"vict.m" looks like "vict.m".*W0709' stderr
}

@test "a product and a profile are told apart where their names have what joins them" {
	names='product: A, profile: B / C|product: A / B, profile: C'
	{
		organization
		echo "status: {users: [u@example.com], groups: [], products: [{${names/|/\}, \{}}]}"
	} >live.yaml
	{
		organization
		document ProductAssignment one "${names%|*}, members: [{user: u@example.com}]"
		document ProductAssignment two "${names#*|}, members: [{user: u@example.com}]"
	} >wanted.yaml
	ends 0 plan --live live.yaml wanted.yaml
	grep -q '^    + A / B \\/ C  wanted.yaml' stdout
	grep -q '^    + A \\/ B / C  wanted.yaml' stdout
}

@test "what is drawn into letters, as an underscore or not at all is told of a name" {
	while read -r name says; do
		{
			organization
			echo "status: {groups: [\"$name\"], users: []}"
		} >live.yaml
		document AdminRole s "role: support-administrator, members: [{group: \"$name\"}]" |
			acme wanted.yaml
		ends 0 validate wanted.yaml
		if [ "$says" = fine ]; then
			run ! grep -q W0717 stderr
			continue
		fi
		grep -q "$says.*W0717" stderr || { echo "$name"; cat stderr; return 1; }
		ends 0 plan --live live.yaml wanted.yaml
		grep -A 1 '^    + support-administrator' stdout | grep -q "^      \".* $says\$"
	done <<-'END'
		\u203Forg_admin_X has a character that is drawn as an underscore: U+203F
		Designers\u2040x has a character that is drawn as an underscore: U+2040
		\u2017org has a character that is drawn as an underscore: U+2017
		Designers\uFFFC has a character that is drawn as a blank: U+FFFC
		De\u0336signers has a character that is drawn over a letter: U+0336
		Designers\u20DD has a character that is drawn over a letter: U+20DD
		\u0301Designers has a character that belongs to no letter: U+0301
		\u302EDesigners has a character that belongs to no letter: U+302E
		org_admin fine
		\u0928\u093f\u092f\u0902\u0924\u094d\u0930\u0923 fine
		D\u00e9veloppeurs fine
	END
}

@test "a credential whose account may hold roles that no read shows is an admin grant" {
	{
		organization
		account a 'credential: key-a'
		echo 'status: {unseen: [support-administrator]}'
		account b 'credential: key-b'
	} >live.yaml
	{
		organization
		account a 'credential: other-a'
		account b 'credential: other-b'
	} | sed 's/guards: .*//; s/provider: file/&, guards: {maxAdminGrants: 0}/' >wanted.yaml
	ends 4 plan --live live.yaml --fail-on admin-grant wanted.yaml
	sed -n '/^ACCOUNTS MOVE/,/^$/p' stdout >told
	grep -q '^ACCOUNTS MOVE (2)$' told
	[ "$(grep -nx '  [ab]' told | tr -d '\n')" = '2:  a6:  b' ]
	grep -qx '      whether the account holds admin roles cannot be seen' told
	grep -q 'refused  maxAdminGrants: 1, limit 0' stdout
	ends 4 apply --live live.yaml --auto-approve wanted.yaml
	grep -q 'guard maxAdminGrants refuses: 1, limit 0' stderr
}

@test "a project is told of an account that is made, not of one that gets another name" {
	{ organization; account old 'project: P'; } >live.yaml
	{ organization; account new 'project: P' old; account made 'project: Q'; } >wanted.yaml
	ends 0 plan --live live.yaml wanted.yaml
	grep -q '^    ~ renamed from old' stdout
	[ "$(grep 'is made in' stdout)" = '  made  is made in project "Q"' ]
}

@test "a manifest under a second name is no live organisation" {
	ln manifests/organization.yaml second.yaml
	ends 64 plan --live second.yaml manifests
	grep -q 'is the same file as the manifest "manifests/organization.yaml"' stderr
	cp manifests/organization.yaml third.yaml
	ends 0 plan --live third.yaml manifests
}

@test "what the live file makes needless is told: a list of roles is not read" {
	touch roles.csv
	ends 0 plan --live live.yaml --roles-from roles.csv manifests
	grep -q 'roles.csv is not read: the live organisation is' stderr
}

@test "the greatest power is the first that is told, however many have less" {
	{
		organization
		for i in $(seq 10 50); do account "a$i"; done
	} >live.yaml
	{
		organization
		for i in $(seq 10 33); do
			account "a$i" 'adminRoles: [deployment-administrator]'
		done
		for i in $(seq 34 49); do
			account "a$i" 'adminRoles: [support-administrator]'
		done
		account a50 'adminRoles: [system-administrator], apis: [User Management API]'
	} >wanted.yaml
	ends 0 plan --live live.yaml --format github=annotations --format text=text wanted.yaml
	printf '%s\n' '+ system-administrator → a50' '+ API User Management API → a50' \
		'+ support-administrator → a34' >first
	sed -n 3,5p text | sed 's/^  //; s/  wanted.*//' | diff - first
	head -n 3 annotations | sed 's/.*:://' | diff - first
	grep "^::error title=writ plan::" annotations |
		grep -q "not shown here: [0-9]* of Administrator rights granted, "
	grep -A 1 '^  + 24 accounts → deployment-administrator' text | grep -qx '  a50'

	# and of what is taken away, where the head has no room for all of it
	sed 's/adminRoles: [^]]*/adminRoles: [/' wanted.yaml >less.yaml
	ends 0 plan --live wanted.yaml --format text=text less.yaml
	grep -m 1 '^  - ' text | grep -q 'system-administrator from a50'
}

@test "a grant by a bundle names it, and is on the bundle's line where all its accounts get it" {
	for roles in '' 'adminRoles: [support-administrator], '; do
		{
			organization
			document AccessBundle desk "${roles}products: [{product: P, profile: A}]"
			for name in a b c; do account "$name" 'bundles: [desk]'; done
		} >"wanted${roles:+-more}.yaml"
	done
	{
		organization
		for name in a b; do account "$name" 'products: [{product: P, profile: A}]'; done
	} >live.yaml
	item=$(grep -n support-administrator wanted-more.yaml | cut -d: -f1)
	ends 0 plan --live live.yaml --format github=annotations --format markdown=comment.md \
		--format text --out plan.json wanted-more.yaml
	[ "$(grep -c "^  + support-administrator → .  \[by bundle desk\]  wanted-more.yaml:$item$" \
		stdout)" -ge 3 ]
	grep -q "^::error .*,line=$item,.*support-administrator → a: by bundle desk$" annotations
	grep -q "support-administrator.*→ .b. — .by bundle desk. — .wanted-more.yaml:$item.$" \
		comment.md
	# the product is c's alone: it is c that has the bundle now
	mention=$(grep -n 'bundles: \[desk\]' wanted-more.yaml | tail -n 1 | cut -d: -f1)
	grep -q "^  + P / A → c  \[by bundle desk\]  wanted-more.yaml:$mention$" stdout
	grep -q "^    + P / A  \[by bundle desk at wanted-more.yaml:$item:.*\]  .*:$mention:" stdout
	grep -q "^::notice .*,line=$mention,.* c: by bundle desk, the bundle says it at .*:$item$" \
		annotations
	[ "$(jq -r '[.changes[] | select(.bundle) | .location.line] | max' plan.json)" = "$mention" ]
	[ "$(jq '[.changes[] | select(.bundle.whole) | .bundle.location.line] | unique | .[]' \
		plan.json)" = "$item" ]
	cp stdout made
	ends 0 show plan.json
	diff <(grep 'by bundle' made) <(grep 'by bundle' stdout)
}
