#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a read did not show is never called absent, and what nobody speaks of is told.

setup() {
	load helper
	common_setup
	export HOME=$BATS_TEST_TMPDIR GIT_CONFIG_NOSYSTEM=1
	export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com
	export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com
	seen '' >org.yaml
}

# seen STATUS: the organisation, with these members of its status.
seen() {
	organization
	printf 'status: {products: [{product: P, profile: A}], groups: []%s}\n' "${1:+, $1}"
}

# account NAME SPEC [STATUS]
account() {
	document TechnicalAccount "$1" "$2"
	[ -z "${3:-}" ] || printf 'status: {%s}\n' "$3"
}

# role ROLE MEMBERS [MORE]
role() {
	document AdminRole "of-$1" "role: $1${3:-}, members: [$2]"
}

@test "rights over others that no document speaks of are told, and keep silences" {
	{
		cat org.yaml
		account one 'products: [{product: P, profile: A}],
			apis: [User Management API, Ordinary API],
			adminRoles: [system-administrator]'
		role developer 'one, {user: a@example.com}, {user: b@example.com}' \
			', product: P, profile: A'
		role support-administrator '{user: a@example.com}'
	} >live.yaml
	{
		cat org.yaml
		account one 'products: [{product: P, profile: A}]'
	} >wanted.yaml
	run_writ plan --live live.yaml --detailed-exitcode wanted.yaml
	assert_golden unspoken
	ends 0 plan --live live.yaml --out plan.json --format json wanted.yaml
	jq -e '.summary.unlisted == 4
		and ([.unlisted[] | select(.count)] ==
			[{"address": "role/developer/P/A", "principal": null, "entitlement":
			{"kind": "role", "role": "developer", "product": "P", "profile": "A",
				"group": null}, "count": 3, "location": null}])' plan.json
	ends 0 show plan.json
	grep -q '^  3 principals  developer of P / A$' stdout
	{
		cat org.yaml
		account one 'products: [], apis: [], adminRoles: [], unlisted: keep'
		role developer '' ', product: P, profile: A, unlisted: keep'
		role support-administrator '' ', unlisted: keep'
	} >kept.yaml
	ends 0 plan --live live.yaml kept.yaml
	[ "$(cat stdout)" = 'No changes. The live organisation matches the manifests.' ]
	# without a list, too: the word is about what none of its keys claims
	sed -i 's/apis: \[\], adminRoles: \[\], unlisted: keep/unlisted: keep/' kept.yaml
	ends 0 plan --live live.yaml kept.yaml
	[ "$(cat stdout)" = 'No changes. The live organisation matches the manifests.' ]
	sed -i 's/products: \[\], unlisted: keep/products: [], unlisted: report/' kept.yaml
	ends 0 plan --live live.yaml --format json kept.yaml
	jq -e '[.unlisted[].entitlement | .role // .api // .product] | sort
		== ["P", "User Management API", "system-administrator"]' stdout
}

hidden() {
	seen 'unseen: [storage-administrator]'
	account one 'products: [{product: P, profile: A}]' \
		'id: "1", unseen: [storage-administrator, system-administrator]'
	account two 'products: [], adminRoles: [storage-administrator], unlisted: report' \
		'id: "2", unseen: [system-administrator]'
}

@test "no sentence says that live matches while something could not be seen" {
	hidden >live.yaml
	{
		cat org.yaml
		account one 'products: [{product: P, profile: A}]'
		account two 'products: [], adminRoles: [storage-administrator]'
	} >wanted.yaml
	run_writ plan --live live.yaml --fail-on unseen wanted.yaml
	assert_golden unseen
	ends 0 plan --live live.yaml --out plan.json --format json wanted.yaml
	jq -e '.summary.unseen == 1
		and ([.unseen[] | [.entitlement.role, .claimed, .unclaimed, .anybody]] | sort
			== [["storage-administrator", 0, 2, true],
				["system-administrator", 1, 1, null]])' plan.json
	ends 0 show plan.json
	grep -q '^No changes in what can be seen; 1 claimed grant cannot be seen\.$' stdout
	{
		account one 'adminRoles: [], apis: [], unlisted: keep'
		role storage-administrator '{account: two}'
		account two ''
	} >>org.yaml
	ends 0 plan --live live.yaml --format json org.yaml
	jq -e '[.unseen[] | [.entitlement.role, .claimed, .unclaimed, .anybody]] | sort
		== [["storage-administrator", 2, 0, true], ["system-administrator", 0, 1, null]]' \
			stdout
}

@test "what keep silences where it is seen is silent where it is not, with a list of roles and without" {
	hidden >live.yaml
	sed -i '1,/^---$/ s/unseen: \[storage-administrator\]/unseen: []/' live.yaml
	for roles in '' 'adminRoles: [], '; do
		{
			cat org.yaml
			account one "${roles}products: [{product: P, profile: A}], unlisted: keep"
			account two \
				'products: [], adminRoles: [storage-administrator], unlisted: keep'
		} >wanted.yaml
		ends 0 plan --live live.yaml --fail-on unseen wanted.yaml
		[ "$(cat stdout)" = 'No changes. The live organisation matches the manifests.' ]
	done
	sed -i 's/unlisted: keep/unlisted: report/' wanted.yaml
	ends 4 plan --live live.yaml --fail-on unseen wanted.yaml
	grep -q '^CANNOT BE SEEN' stdout
}

# whole: the same organisation as hidden(), by a read that shows all of it.
whole() {
	seen
	account one 'products: [{product: P, profile: A}],
		adminRoles: [storage-administrator]' 'id: "1"'
	account two 'products: [],
		adminRoles: [storage-administrator, system-administrator]' 'id: "2"'
	role storage-administrator '{user: jane@example.com}'
}

@test "what an import or a snapshot did not see is not removed by who sees it" {
	hidden >live.yaml
	ends 0 import --live live.yaml --out imported
	grep -q 'unseen: \[storage-administrator, system-administrator\]' \
		imported/technical-accounts.yaml
	mkdir org
	ends 0 snapshot --live live.yaml --snapshot org
	whole >whole.yaml
	for wanted in imported org; do
		ends 0 plan --live whole.yaml --detailed-exitcode "$wanted"
		ends 0 restore --live whole.yaml --from "$wanted" --detailed-exitcode
		jq -e '.changes == [] and .summary.unlisted == 3' \
			<<<"$("$WRIT" restore --live whole.yaml --from "$wanted" \
			--format json 2>/dev/null)"
	done
	run_writ drift --live whole.yaml --base org
	assert_golden unseen-drift
}

@test "drift, who and why say what they could not see" {
	hidden >live.yaml
	git init -q repo
	mkdir repo/org
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	ends 4 drift --live live.yaml --base repo/org --fail-on unseen
	[ "$(head -n 1 stdout)" = 'No drift in what can be seen, since the snapshot repo/org.' ]
	ends 0 drift --live live.yaml --base repo/org --format json
	jq -e '[.unseen[] | [.entitlement.role, .claimed, .anybody]] | sort
		== [["storage-administrator", 2, true], ["system-administrator", 2, null]]' stdout
	ends 1 who system-administrator --as-of HEAD --snapshot repo/org
	grep -q '^Who held system-administrator is not known as of HEAD: snapshot' stdout
	grep -q '^Not seen then: whether 2 accounts held system-administrator\.$' stdout
	ends 1 why one storage-administrator --as-of HEAD --snapshot repo/org
	grep -q '^Whether one held storage-administrator is not known as of HEAD' stdout
	ends 1 who storage-administrator --history --snapshot repo/org
	grep -q '^1 grant of storage-administrator in 1 snapshot' stdout
	grep -q '^Not seen all the time: whether 1 account or any user held storage-administrator\.$' stdout
	ends 0 who support-administrator --as-of HEAD --snapshot repo/org
	grep -q '^Nobody held support-administrator as of HEAD' stdout
	ends 1 who storage-administrator --as-of HEAD --snapshot repo/org --format json
	jq -e '[.unseen[] | [.entitlement.role, .claimed, .anybody]] ==
		[["storage-administrator", 2, true]]' stdout
	sed -i 's/, unseen: .*}/}/; s/^status: {products\(.*\)}/status: {products\1}/' live.yaml
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	ends 0 who system-administrator --as-of HEAD --snapshot repo/org
	grep -q '^Nobody held system-administrator as of HEAD' stdout
	ends 1 who system-administrator --history --snapshot repo/org
	grep -q '^No snapshot here shows who held system-administrator in 2 snapshots' stdout
}

# groups GRANTED UNSEEN: the organisation with three user groups, of which these hold P / A.
groups() {
	organization
	echo 'status: {products: [{product: P, profile: A}], groups: [Empty, Others, Staff],'
	echo "  users: [jane@example.com], unseenGroups: [$2]}"
	document ProductAssignment of-p-a "product: P, profile: A, members: [
		{user: jane@example.com}$1]"
}

@test "what a read could not show of user groups is neither given nor taken away since" {
	groups '' '{group: Staff, product: P, profile: A}, {group: Empty}' >half.yaml
	groups ', {group: Empty}, {group: Others}, {group: Staff}' '' >whole.yaml
	git init -q repo
	ends 0 snapshot --live half.yaml --snapshot repo/org --commit
	ends 0 import --live half.yaml --out imported
	grep -q '^writ: all that 2 user groups hold could not be seen; unseenGroups' stderr
	for half in half.yaml repo/org imported; do
		ends 0 restore --live whole.yaml --from "$half" --format json
		jq -e '[[.changes[], .unlisted[]][] | .address | split("/")[2]] ==
			["Others", "Empty", "Staff"]
			and [.changes[].change.actions] == [["delete"]]' stdout
	done
	ends 2 drift --live whole.yaml --base repo/org
	marked='  (the snapshot could not show it)'
	[ "$(grep -c "$marked\$" stdout)" = 2 ]
	[[ $(grep -A1 '^  group Others' stdout) != *"$marked" ]]
	ends 0 drift --live whole.yaml --base repo/org --format json revert
	jq -e '[.changes[] | .address | split("/")[2]] == ["Others"]' stdout
	told='writ: 2 that the snapshot could not show are left: name their fingerprints'
	grep -qx "$told to take them back" stderr
	ends 2 drift --live whole.yaml --base repo/org --format json
	staff=$(jq -r '.drift[] | select(.principal.name == "Staff") | .fingerprint' stdout)
	ends 0 drift --live whole.yaml --base repo/org --format json revert "$staff"
	jq -e '[.changes[] | .address | split("/")[2]] == ["Staff"]' stdout
	ends 2 snapshot diff --format json --detailed-exitcode half.yaml whole.yaml
	jq -e '[.unseen_groups_before, .unseen_groups_after] == [2, 0]' stdout
	ends 2 drift --live half.yaml --base whole.yaml
	[ "$(grep -c '^    - ' stdout)" = 1 ]
	grep -qx '  P / A: whether 2 principals hold it; no configured source shows it' stdout
}

@test "where no read showed the products of anybody, none came and none is taken back" {
	groups '' '' | sed '/^status/,/unseenGroups/d; /^---/,$d' >half.yaml
	echo 'status: {products: [{product: P, profile: A}], unseen: [products]}' >>half.yaml
	groups ', {group: Staff}' '' >whole.yaml
	ends 0 restore --live whole.yaml --from half.yaml --format json
	jq -e '.changes == [] and .summary.unlisted == 2' stdout
	ends 2 snapshot diff --detailed-exitcode half.yaml whole.yaml
	unsure='[the first could not show it: it may have been held]'
	cat >due <<-END
		+ group Staff: P / A  $unsure
		+ user jane@example.com: P / A  $unsure
		Not seen in the first: which product profiles users and user groups held.
	END
	diff due stdout
	ends 2 snapshot diff --format json --detailed-exitcode half.yaml whole.yaml
	jq -e '[.unseen_products_before, .unseen_products_after] == [true, false]' stdout
	ends 0 snapshot diff --format json whole.yaml whole.yaml
	jq -e '[.unseen_groups_before, .unseen_groups_after] == [0, 0]' stdout
	ends 0 drift --live half.yaml --base whole.yaml
	grep -qx '  P / A: whether 2 principals hold it; no configured source shows it' stdout
}

@test "a grant that snapshots could not show all the time has no day of its own" {
	git init -q repo
	groups '' '{group: Staff}, {group: Empty}' >1.yaml
	groups ', {group: Empty}, {group: Others}, {group: Staff}' '' >2.yaml
	groups ', {group: Others}' '{group: Empty}' >3.yaml
	for day in 1 2 3; do
		WRIT_NOW=2026-03-0${day}T00:00:00Z ends 0 snapshot --live "$day.yaml" \
			--snapshot repo/org --commit
	done
	run_writ who product/P/A --history --snapshot repo/org
	assert_golden unseen-groups-history
	ends 1 who product/P/A --as-of HEAD --snapshot repo/org
	grep -qx 'Not seen then: whether 1 user group held P / A\.' stdout
	ends 1 who product/P/A --history --snapshot repo/org --format json
	jq -e '[.grants[] | select(.principal.name == "Empty")][0]
		| .since.latest != null and .until.latest == null and .until.unknown != null' stdout
	ends 0 log --changes --snapshot repo/org --format json
	jq -e '[.changes[] | [.change, .principal.name]] == [["given", "Others"], ["taken", "Staff"]]' \
		stdout
}

@test "a difference between snapshots that one of them could not show is told as such" {
	hidden >half.yaml
	whole >whole.yaml
	ends 2 snapshot diff --detailed-exitcode half.yaml whole.yaml
	unsure='[the first could not show it: it may have been held]'
	cat >due <<-END
		+ one: storage-administrator  $unsure
		+ two: system-administrator  $unsure
		+ user jane@example.com: storage-administrator  $unsure
		Not seen in the first: whether 2 accounts held system-administrator.
		Not seen in the first: whether 1 account held storage-administrator.
		Not seen in the first: whether any user held storage-administrator.
	END
	diff due stdout
	ends 0 snapshot diff --detailed-exitcode whole.yaml half.yaml
	grep -qx '? one: storage-administrator  \[the second could not show it: it may be held still\]' stdout
	run ! grep -q '^-' stdout
	ends 0 snapshot diff --format json whole.yaml half.yaml
	jq -e '[.changes[] | [.actions[0], .unknown]] == [["delete", true], ["delete", true],
		["delete", true]]
		and .unseen_before == [] and [.unseen_after[] | [.role, .accounts, .users]] ==
			[["system-administrator", 2, false],
			["storage-administrator", 1, false], ["storage-administrator", 0, true]]' \
				stdout
	ends 0 snapshot diff half.yaml half.yaml
	[ "$(head -n 1 stdout)" = 'No difference in what both show.' ]
	ends 0 snapshot diff whole.yaml whole.yaml
	[ "$(cat stdout)" = 'No difference.' ]
}

@test "of a snapshot that does not know an attribute no change of it is planned" {
	{
		organization
		unknown='[attribute owner, attribute labels]'
		printf '%s\n' \
			status: "  snapshot: {format: 1, serial: 1, lineage: a, unknown: $unknown}"
		account one 'description: old'
	} >live.yaml
	{
		cat org.yaml
		account one 'description: new, owner: team@example.com' |
			sed 's/{name: one}/{name: one, labels: {a: b}}/'
	} >wanted.yaml
	ends 0 plan --live live.yaml --format json wanted.yaml
	jq -e '[.changes[] | .change.after] == [{"description": "new"}]' stdout
	sed -i '/snapshot:/d; s/^status:$/status: {}/' live.yaml
	ends 0 plan --live live.yaml --format json wanted.yaml
	jq -e '[.changes[] | .change.after | keys] == [["description", "labels", "owner"]]' stdout
}
