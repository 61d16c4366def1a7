#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Names that move on in one plan, along a chain or around in a circle: each account keeps what it
# holds.

setup() {
	load helper
	common_setup
}

# account NAME ID: one that holds what is called after its id; of manifests behind it EARLIER and
# more of its spec.
account() {
	printf -- '---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: %s%s}\n' \
		"$1" "${3:+, previously: [$3]}"
	printf 'spec: {adminRoles: [], products: [{product: P, profile: %s}]%s}\n' "$2" "${4:-}"
}

lives() {
	organization
	while [ $# -gt 0 ]; do
		account "$1" "$2"
		printf 'status: {id: id-%s, email: %s@techacct.example}\n' "$2" "$2"
		shift 2
	done
}

# holds <live.yaml: "NAME ID PROFILE" of each account, in the order of ids.
holds() {
	sed -n 's/^  name: //p; s/.*profile: \(.*\)}.*/\1/p; s/^  id: id-//p' live.yaml | sed 1d |
		paste -d ' ' - - - |
		awk '{print $1, $3, $2}' | sort -k 2
}

@test "a chain moves on, and its names are never two accounts'" {
	lives alpha A beta B >live.yaml
	{ organization; account beta A alpha; account gamma B beta; } >wanted.yaml
	ends 0 validate wanted.yaml
	ends 0 plan --live live.yaml --out plan.json wanted.yaml
	grep -q '^    ~ renamed from alpha  (renamed)' stdout
	grep -q '^    ~ renamed from beta  (renamed)' stdout
	jq -e '.summary.change == 2 and .summary.add == 0 and .summary.remove == 0 and
		[.changes[] | .principal.name] == ["gamma", "beta"] and
		[.changes[] | .change.before.id] == ["id-B", "id-A"]' plan.json
	ends 0 apply --live live.yaml --plan plan.json
	holds >now
	printf 'beta A A\ngamma B B\n' | diff - now
	ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
	# Who moved stays who it is when the account that took its name is lost.
	lives beta A | sed 's/profile: A}\]/&, credential: alpha/' >live.yaml
	lives alpha C | sed 1,4d >>live.yaml
	ends 0 plan --live live.yaml --format json wanted.yaml
	jq -e '[.changes[].action_reason] | unique == ["added"]' stdout
}

@test "two accounts change places, once" {
	lives alpha A beta B >live.yaml
	{ organization; account beta A alpha; account alpha B beta; } >wanted.yaml
	ends 0 validate wanted.yaml
	ends 0 apply --live live.yaml --auto-approve wanted.yaml
	holds >now
	printf 'beta A A\nalpha B B\n' | diff - now
	ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
	grep -q 'No changes' stdout
}

@test "who changes places is told under the name behind the plan, and no other" {
	lives alpha A beta B >live.yaml
	sed -i 's/profile: A}\]/&, credential: key-a/; s/profile: B}\]/&, credential: key-b/' \
		live.yaml
	{
		organization
		account beta A alpha ', credential: key-a'
		account alpha B beta ', credential: key-b'
	} >wanted.yaml
	ends 0 plan --live live.yaml wanted.yaml
	sed -n '/^IDENTITY/,/^$/p' stdout >told
	printf '%s\n' 'IDENTITY (2)' '  alpha  is credential "key-b"' \
		'  beta  is credential "key-a"' '' | diff - told
	{ organization; account gamma A alpha; } >wanted.yaml
	ends 0 plan --live live.yaml wanted.yaml
	grep -q '^  gamma  is credential "key-a"$' stdout
}

@test "half a chain is an error, and so is a circle that names alone cannot tell" {
	lives alpha A beta B >live.yaml
	{ organization; account beta A; account gamma B beta; } >wanted.yaml
	ends 1 validate wanted.yaml
	grep -q '^wanted.yaml:13:38: error: .*E0508' stderr
	{
		organization
		account beta A alpha ', state: absent' | sed 's/adminRoles.*\], state/state/'
		account gamma B beta
	} >wanted.yaml
	ends 1 validate wanted.yaml
	grep -q 'E0508' stderr
	# Credentials of their own are no sign of it, until manifests say them.
	lives alpha A beta B | sed 's/profile: A}\]/&, credential: robot-a/
		s/profile: B}\]/&, credential: robot-b/' >live.yaml
	{ organization; account beta A alpha; account alpha B beta; } >wanted.yaml
	ends 1 plan --live live.yaml wanted.yaml
	assert_golden renames-circle
	{
		organization
		account beta A alpha ', credential: robot-x'
		account alpha B beta ', credential: robot-y'
	} >wanted.yaml
	ends 1 plan --live live.yaml wanted.yaml
	grep -q 'alpha.*; neither live account has credential "robot-y"; expected "robot-b" until they have changed places, and so of the others \[E0606\]$' stderr
	{
		organization
		account beta A alpha
		account alpha B beta ', credential: robot-b'
	} >wanted.yaml
	ends 1 plan --live live.yaml wanted.yaml
	grep -q '; the credentials of the others say something else; ' stderr
	{
		organization
		account beta A alpha ', credential: robot-a'
		account alpha B beta ', credential: robot-b'
	} >wanted.yaml
	ends 0 apply --live live.yaml --auto-approve wanted.yaml
	holds >now
	printf 'beta A A\nalpha B B\n' | diff - now
	ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
}

@test "a target whose name is not free is refused" {
	lives alpha A beta B >live.yaml
	{ organization; account beta A alpha; account gamma B beta; } >wanted.yaml
	ends 1 plan --live live.yaml --target beta wanted.yaml
	grep -q 'the name "beta" is not free before the account that has it moves on.*E0606' stderr
	ends 0 apply --live live.yaml --auto-approve --target gamma wanted.yaml
	ends 0 apply --live live.yaml --auto-approve --target beta wanted.yaml
	holds >now
	printf 'beta A A\ngamma B B\n' | diff - now
}

@test "a run whose names moved on or changed places is taken back" {
	for last in gamma alpha; do
		lives alpha A beta B >live.yaml
		{ organization; account beta A alpha; account "$last" B beta; } >wanted.yaml
		ends 0 apply --live live.yaml --auto-approve wanted.yaml
		ends 0 undo --live live.yaml --out undo.json "$(last_run)"
		jq -e '[.changes[].action_reason] == ["renamed", "renamed"]' undo.json
		ends 0 apply --live live.yaml --plan undo.json
		holds >now
		printf 'alpha A A\nbeta B B\n' | diff - now
	done
}

# deal SEED: live.yaml, wanted.yaml and, in `due`, what an organisation of plain sets makes of them:
# each account has the name that it was dealt, and holds what it held.
deal() {
	local names=(ada bob cid dan eve fay gus) ids=(A B C D E) count=5 i j swap
	RANDOM=$1
	for ((i = ${#names[@]} - 1; i > 0; i--)); do
		j=$((RANDOM % (i + 1)))
		swap=${names[i]} names[i]=${names[j]} names[j]=$swap
	done
	local olds=(ada bob cid dan eve)
	lives ada A bob B cid C dan D eve E >live.yaml
	organization >wanted.yaml
	for ((i = 0; i < count; i++)); do
		[ "${olds[i]}" = "${names[i]}" ] && swap='' || swap=${olds[i]}
		account "${names[i]}" "${ids[i]}" "$swap" >>wanted.yaml
		echo "${names[i]} ${ids[i]} ${ids[i]}"
	done >due
}

# order_is_free: each rename of plan.json finds its name free, or goes around in a circle.
order_is_free() {
	jq -e '[.changes[] | {to: .principal.name, from: .change.before.name}] as $all |
		[range($all | length)] | all(. as $i | $all[$i].to as $name |
			[range($all | length) | select($all[.].from == $name)] | all(. < $i)
			or ([limit(9; $name | recurse(. as $n | first($all[] | select(.from == $n) |
				.to)))] | .[1:] | index($name)))' \
		plan.json
}

@test "whatever names move to, each account keeps what it holds" {
	for seed in $(seq 40); do
		deal "$seed"
		ends 0 plan --live live.yaml --out plan.json wanted.yaml
		jq -e '[.changes[].action_reason] | all(. == "renamed")' plan.json >/dev/null ||
			{ cat plan.json; false; }
		order_is_free >/dev/null || { echo "seed $seed"; cat stdout; false; }
		ends 0 apply --live live.yaml --plan plan.json
		holds | diff due - || { echo "seed $seed"; false; }
		ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
	done
}

@test "an apply that was killed among renames is resumed to the same" {
	[ -n "${WRIT_FAILPOINT_BIN:-}" ] || skip "no failpoints"
	for point in apply-before-send file-before-write file-after-write apply-after-send; do
		for seed in 3 7 11; do
			deal "$seed"
			WRIT=$WRIT_FAILPOINT_BIN WRIT_FAILPOINT=$point:1 run_writ apply \
				--live live.yaml --auto-approve wanted.yaml
			[ "$status" -ne 0 ]
			ends 0 apply --live live.yaml --auto-approve --resume
			holds | diff due - || { echo "$point $seed"; false; }
			ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
		done
	done
}

@test "a second rename whose manifest drops the first name leaves the credential alone" {
	organization | sed '$s/}$/}\nstatus: {products: [{product: P, profile: A}]}/' >live.yaml
	local name before=
	for name in alpha beta gamma; do
		{ organization; account "$name" A "$before"; } >wanted.yaml
		run_writ plan --live live.yaml wanted.yaml
		cp stderr "$name"
		[ "$name" != gamma ] || assert_golden renames-kept-credential
		ends 0 apply --live live.yaml --auto-approve wanted.yaml
		ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
		before=$name
	done
	run ! grep -q W0723 alpha beta
	# Another account of that name is not it, and who has no such ledger is told by the plan.
	sed 's/^  id: .*/  id: other/' live.yaml >other.yaml
	ends 2 plan --live other.yaml --detailed-exitcode wanted.yaml
	grep -q 'gamma  changes its credential from "alpha" to "gamma"' stdout
	sed -i 's/A}\]/&, credential: gamma/' wanted.yaml
	ends 2 plan --live live.yaml --detailed-exitcode wanted.yaml
}

# What is on record of a grant goes along with its account: an end that was said before it passed.
@test "an end on record goes along with a renamed account" {
	lives alpha A >live.yaml
	ending() {
		organization ', guards: {maxRemovals: 0}'
		account "$1" A "${2:-}" | sed 's/profile: A}/profile: A, expires: 2026-06-10}/'
	}
	ending alpha >wanted.yaml
	ends 0 apply --live live.yaml --auto-approve wanted.yaml
	ending beta alpha >wanted.yaml
	WRIT_NOW=2026-06-20T00:00:00Z ends 0 apply --live live.yaml --auto-approve \
		--allow-expired wanted.yaml
	grep -q '2 done' stdout
	# In a run that takes nothing but the name, too.
	lives alpha A >live.yaml
	rm -r "$XDG_STATE_HOME"
	ending alpha >wanted.yaml
	ends 0 apply --live live.yaml --auto-approve wanted.yaml
	ending beta alpha >wanted.yaml
	WRIT_NOW=2026-06-20T00:00:00Z ends 0 plan --live live.yaml --allow-expired \
		--out plan.json wanted.yaml
	WRIT_NOW=2026-06-20T00:00:00Z ends 0 apply --live live.yaml --plan plan.json
	run ! grep -q 'profile: A' live.yaml
}

@test "what no read shows of an account goes on under its new name" {
	lives alpha A >live.yaml
	sed -i 's/^status: {/&unseen: [storage-administrator], /' live.yaml
	{ organization; account beta A alpha; } >wanted.yaml
	sed -i 's/adminRoles: \[/&{role: storage-administrator, expires: 2020-01-01}/' wanted.yaml
	ends 0 plan --live live.yaml --format json wanted.yaml
	jq -e '[.changes[] | select(.entitlement.role) | [.principal.name, .action_reason,
		.unknown]] == [["beta", "expired", true]]' stdout
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 wanted.yaml
	# What a live file is told is known from then on.
	run ! grep unseen live.yaml
	ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
}

@test "who was made anew under an earlier name is told under the new one, and what it gets" {
	lives alpha A >base.yaml
	lives alpha B >live.yaml
	{ organization; account beta A alpha; } >wanted.yaml
	ends 0 plan --live live.yaml --base base.yaml --format json wanted.yaml
	jq -e '[.changes[] | select(.change.actions == ["create"]) | .risk] == ["admin-grant"]' \
		stdout
	jq -r '.identity[] | select(.kind == "made-anew") | "\(.account) \(.message)"' stdout >told
	printf 'beta was alpha, which is another account than at the last snapshot: %s\n' \
		'id "id-B", was "id-A"' | diff - told
}

@test "a role that is given in one scope stays unseen in the others" {
	lives alpha A >live.yaml
	sed -i 's/^status: {/&unseen: [product-administrator], /' live.yaml
	{ organization; account alpha A; } >wanted.yaml
	sed -i 's/adminRoles: \[/&{role: product-administrator, product: P}/' wanted.yaml
	ends 0 apply --live live.yaml --auto-approve wanted.yaml
	grep -q 'unseen: \[product-administrator\]' live.yaml
}

@test "an account that is made under a name that another one had gets an id of its own" {
	acme live.yaml </dev/null
	{ organization; document TechnicalAccount alpha 'owner: a@example.com'; } >wanted.yaml
	ends 0 apply --live live.yaml --auto-approve wanted.yaml
	sed -i 's/name: alpha/name: beta/' live.yaml
	ends 0 apply --live live.yaml --auto-approve wanted.yaml
	[ "$(grep '^  id:' live.yaml | sort -u | wc -l)" -eq 2 ]
	ends 0 plan --live live.yaml --detailed-exitcode wanted.yaml
}
