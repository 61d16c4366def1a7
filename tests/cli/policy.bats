#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the operator's configuration says of a plan.

setup() {
	load helper
	common_setup
	umask 022
	unset WRIT_CONFIG
	quickstart
}

# configure YAML: an operator's configuration whose policy is this flow mapping.
configure() {
	operator_says <<-END
		policy: $1
	END
}

# add_accounts N: manifests of N accounts that each get a role.
add_accounts() {
	for n in $(seq "$1"); do
		cat <<-END
			---
			apiVersion: writ/v1
			kind: TechnicalAccount
			metadata: {name: more-$n}
			spec: {adminRoles: [deployment-administrator]}
		END
	done >manifests/more.yaml
}

guard() {
	"$WRIT" plan --live live.yaml --format json "${@:2}" manifests 2>/dev/null |
		grep -o "{\"name\": \"$1\"[^}]*}"
}

@test "the operator may loosen the default, the manifests may not" {
	add_accounts 7
	configure '{maxAdminGrants: 20}'
	guard maxAdminGrants | grep -q '"limit": 5.*"refused"'
	guard maxAdminGrants --config config.yaml | grep -q '"limit": 20.*"pass"'
	sed -i '0,/^spec:$/s//spec:\n  guards: {maxAdminGrants: 3}/' manifests/organization.yaml
	guard maxAdminGrants --config config.yaml | grep -q '"limit": 3.*"refused"'
	sed -i 's/maxAdminGrants: 3/maxAdminGrants: 30/' manifests/organization.yaml
	guard maxAdminGrants --config config.yaml | grep -q '"limit": 20.*"pass"'
}

@test "a saved plan is judged by the policy of the operator who applies it" {
	add_accounts 7
	configure '{maxAdminGrants: 20}'
	ends 0 plan --live live.yaml --config config.yaml --out plan.json manifests
	ends 4 apply --live live.yaml --plan plan.json
	grep -q 'guard maxAdminGrants refuses' stderr
	ends 0 apply --live live.yaml --config config.yaml --allow-remove 1 --plan plan.json
}

@test "what a reviewer was shown of the limits holds, whatever else a saved plan says of them" {
	add_accounts 1
	sed -i '0,/^spec:$/s//spec:\n  guards: {maxAdminGrants: 0}/' manifests/organization.yaml
	ends 0 plan --live live.yaml --out plan.json manifests
	digest=$(jq -r .digest plan.json)
	ends 4 apply --live live.yaml --plan plan.json --expect "$digest"
	jq -c '.policy.max_admin_grants = 1000' plan.json >edited.json
	ends 1 apply --live live.yaml --plan edited.json --expect "$digest"
	grep -q '"max_admin_grants" does not fit what the plan comes to, which is 0$' stderr
	jq -c 'del(.policy)' plan.json >edited.json
	ends 1 apply --live live.yaml --plan edited.json --expect "$digest"
	grep -q 'not a sound plan: it has no key policy' stderr
	jq -c '.expires = "2026-06-03T00:00:00Z"' plan.json >edited.json
	ends 1 apply --live live.yaml --plan edited.json --expect "$digest"
	grep -q 'not a sound plan: it lives too long' stderr
	jq -c '.changes |= map(., .)' plan.json >edited.json
	ends 1 apply --live live.yaml --plan edited.json --expect "$digest"
	grep -q 'not a sound plan: grant/[^ ]* is changed twice$' stderr
	jq -c '.created = "2026-07-01T00:00:00Z" | .expires = "2026-07-01T09:00:00Z"' plan.json \
		>edited.json
	ends 3 apply --live live.yaml --plan edited.json --expect "$digest"
	grep -q 'the plan was made at 2026-07-01T00:00:00Z, which is still to come' stderr
}

@test "an edited reason does not take what the operator keeps" {
	acme live.yaml <<<"$(document TechnicalAccount a 'adminRoles: [support-administrator]')"
	acme wanted.yaml <<<"$(document TechnicalAccount a 'adminRoles: []')"
	configure '{minHolders: {support-administrator: 1}}'
	cp live.yaml before.yaml
	ends 0 plan --live live.yaml --config config.yaml --allow-remove 1 --out plan.json \
		wanted.yaml
	unsound='a change whose reason does not fit what it does'
	for row in expired:4 state-absent:1 undeclared:1 renamed:1 changed:1 added:1; do
		jq -c --arg reason "${row%:*}" '.changes[0].action_reason = $reason |
			del(.changes[0].withheld, .changes[0].withheld_by) | .summary.withheld = 0 |
			.guards |= map(select(.name != "minHolders"))' plan.json >edited.json
		forged edited.json
		ends "${row#*:}" apply --live live.yaml --config config.yaml --plan edited.json
		[ "${row#*:}" = 4 ] || grep -q "not a sound plan: $unsound" stderr
		cmp before.yaml live.yaml
	done
	# Somebody who vouches for the plan vouches for its reasons.
	sed -i 's/\[\]/[{role: support-administrator, expires: 2026-05-31}]/' wanted.yaml
	ends 0 plan --live live.yaml --config config.yaml --allow-remove 1 --out plan.json \
		wanted.yaml
	ends 4 apply --live live.yaml --config config.yaml --plan plan.json
	ends 0 apply --live live.yaml --config config.yaml --plan plan.json \
		--expect "$(jq -r .digest plan.json)"
	run ! cmp before.yaml live.yaml
}

@test "who applies a saved plan is told the consent that it carries" {
	ends 0 plan --live live.yaml --allow-remove 25% --allow-expired --out plan.json manifests
	ends 4 apply --live live.yaml --plan plan.json
	grep -qx 'writ: the plan carries consent: --allow-remove 25% --allow-expired' stderr
	jq -c 'del(.consent.allow_expired) | .consent.allow_remove = null' plan.json >edited.json
	rm -r state
	ends 3 apply --live live.yaml --plan edited.json
	run ! grep -q 'carries consent' stderr
	# A restore needs no word of this consent; a file may only call itself one.
	ends 0 plan --live live.yaml --out plan.json manifests
	jq -c '.restores = "snap" | .consent.allow_live_shrink = true' plan.json >forged.json
	ends 4 apply --live live.yaml --plan forged.json
	grep -qx 'writ: the plan carries consent: --allow-live-shrink' stderr
}

# No person holds the role before the run or after it, and it takes none: nobody else did either.
@test "who was missing before is not taken for somebody's work in mid-run" {
	local i
	organization >wanted.yaml
	for i in 1 2 3; do
		document TechnicalAccount "robot-$i" 'adminRoles: [system-administrator]'
	done >>wanted.yaml
	cp wanted.yaml live.yaml
	document TechnicalAccount robot-4 'adminRoles: [system-administrator]' >>live.yaml
	document TechnicalAccount robot-4 'adminRoles: []' >>wanted.yaml
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 wanted.yaml
	[ "$(grep -c system-administrator live.yaml)" -eq 3 ]
}

@test "a required holder cannot lose the role, nor be missing" {
	holder='{role: system-administrator, member: {user: OMAR@example.com}}'
	configure "{minHolders: 1, requiredHolders: [$holder]}"
	guard required --config config.yaml | grep -q '"verdict": "pass"'
	cat >manifests/admins.yaml <<-'END'
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: admins}
		spec:
		  role: system-administrator
		  members: [{user: jane@example.com}]
		  unlisted: remove
	END
	guard required --config config.yaml --allow-remove 100% | grep -q '"verdict": "refused"'
	ends 4 apply --live live.yaml --config config.yaml --auto-approve \
		--allow-remove 100% manifests
	holder='{role: support-administrator, member: {user: jane@example.com}}'
	configure "{requiredHolders: [$holder]}"
	guard required --config config.yaml | grep -q '"verdict": "refused"'
}

@test "with --live only a configuration that is named counts" {
	configure '{maxAdminGrants: 0}'
	mkdir -p home/writ
	mv config.yaml home/writ/
	XDG_CONFIG_HOME=$PWD/home ends 0 plan --live live.yaml manifests
	XDG_CONFIG_HOME=$PWD/home guard maxAdminGrants | grep -q '"limit": 5'
	WRIT_CONFIG=home/writ/config.yaml guard maxAdminGrants | grep -q '"limit": 0'
}

@test "an orgId in manifests or a plan does not lead around the policy" {
	configure '{maxAdminGrants: 0}'
	ends 4 apply --live live.yaml --config config.yaml --auto-approve manifests
	ends 0 plan --live live.yaml --out plan.json manifests
	sed -i 's/"org_id": null/"org_id": "X@AdobeOrg"/' plan.json
	forged plan.json
	sed -i 's/provider: file/&\n  orgId: X@AdobeOrg/' manifests/organization.yaml
	for what in manifests "--plan=plan.json"; do
		ends 1 apply --live live.yaml --config config.yaml --auto-approve "$what"
		grep -q 'organisation "acme" has orgId "A@AdobeOrg" here, and "X@AdobeOrg" in the' stderr
	done
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
}

@test "an empty set is refused also when its plan was saved" {
	rm -r manifests
	mkdir manifests
	cat >manifests/organization.yaml <<-'END'
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec: {provider: file, unlisted: remove}
	END
	ends 0 plan --live live.yaml --out plan.json manifests
	ends 4 apply --live live.yaml --allow-remove 100% --plan plan.json
	grep -q 'guard emptyManifests refuses' stderr
}

@test "a saved plan of empty manifests is refused by its apply too, though one account is all" {
	acme live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: a}
		spec: {products: [{product: P, profile: A}]}
	END
	organization ', unlisted: remove' >empty.yaml
	cp live.yaml before.yaml
	ends 0 plan --live live.yaml --allow-remove 100% --out plan.json empty.yaml
	grep -q '^  refused  emptyManifests' stdout
	ends 4 apply --live live.yaml --plan plan.json
	grep -q 'guard emptyManifests refuses' stderr
	cmp before.yaml live.yaml
}

# guards FLOW-MAPPING: what the manifests' Organization says of guards.
guards() {
	sed "0,/^spec:\$/s//spec:\n  guards: $1/" \
		"$WRIT_ROOT/tests/data/quickstart/manifests/organization.yaml" \
		>manifests/organization.yaml
}

@test "guards that the same proposal loosens are told first" {
	git_setup
	roles='{system-administrator: 3, support-administrator: 1}'
	guards "{maxAdminGrants: 0, minHolders: $roles, maxRemovalDelta: 10%}"
	git init -q .
	git add manifests
	git commit -q -m base
	git checkout -q -b proposal
	ends 0 plan --live live.yaml manifests
	[ "$(grep -c POLICY stdout)" -eq 0 ]
	guards '{maxRemovals: 1}'
	ends 0 plan --live live.yaml manifests
	sed -i 's/\(commit \)[0-9a-f]*$/\1ID/' stdout
	assert_golden policy-in-the-work-tree
	git commit -q -a -m loosened
	ends 0 plan --live live.yaml --out plan.json manifests
	sed -n '/^POLICY/,/^$/p' stdout >section
	grep -q "^POLICY (4): guards are looser than those of commit $(git rev-parse \
		--short=12 main)$" section
	ends 0 show plan.json
	sed -n '/^POLICY/,/^$/p' stdout | cmp - section
	ends 0 plan --live live.yaml --format json manifests
	grep -q '"loosened": \[{"name": "maxRemovalDelta", "before": 10, "now": 25}, {"name": "maxAdminGrants", "before": 0, "now": 5}, {"name": "minHolders", "subject": "system-administrator", "before": 3, "now": 2}' stdout
	ends 0 plan --live live.yaml --format markdown manifests
	grep -q 'Guards are looser than before' stdout
	grep -q 'maxAdminGrants: 5, was 0' stdout
	ends 0 plan --live live.yaml --format github manifests
	head -n 1 stdout | grep -q \
		'^::error title=writ plan%3A Guards or rules are looser than before,file=manifests/'
	git checkout -q main
	git merge -q --ff-only proposal
	ends 0 plan --live live.yaml manifests
	[ "$(grep -c POLICY stdout)" -eq 0 ]
}

@test "guards that a revision loosens are told, in whatever form it is named" {
	git_setup
	git init -q .
	guards '{maxAdminGrants: 0}'
	git add manifests
	git commit -q -m base
	git checkout -q -b proposal
	guards '{}'
	git commit -q -a -m loosened
	git checkout -q main
	for path in proposal:manifests proposal:./manifests; do
		ends 0 plan --live live.yaml "$path"
		grep -q "^POLICY (1): guards are looser than those of commit $(git rev-parse \
			--short=12 main)$" stdout
	done
	ends 0 plan --base main:manifests proposal:manifests
	grep -q '^  maxAdminGrants: 5, was 0$' stdout
	mkdir alone
	git mv manifests/organization.yaml alone/organization.yaml
	git commit -q -m alone
	git checkout -q -b another
	sed -i 's/maxAdminGrants: 0/maxAdminGrants: 1/' alone/organization.yaml
	git commit -q -a -m loosened
	ends 0 plan --live live.yaml another:alone/organization.yaml
	grep -q '^  maxAdminGrants: 1, was 0$' stdout
	ends 0 plan --live live.yaml main:alone/organization.yaml
	run ! grep -q POLICY stdout
	# Of several commits none is what was read.
	ends 0 plan --live live.yaml another:alone proposal:manifests/accounts
	run ! grep -q POLICY stdout
}

@test "a clone that does not tell what was asked before says so" {
	git_setup
	git init -q repo
	guards '{maxAdminGrants: 0}'
	mv manifests repo
	git -C repo add -A
	git -C repo commit -qm base
	git -C repo checkout -q -b proposal
	sed -i '/^  guards:/d' repo/manifests/organization.yaml
	git -C repo commit -qam loosened
	git -C repo checkout -q main
	git clone -q -b proposal "file://$PWD/repo" whole
	git clone -q --depth 1 -b proposal "file://$PWD/repo" shallow
	git clone -q "file://$PWD/repo" job
	git -C job checkout -q --detach origin/proposal
	git -C job for-each-ref --format='delete %(refname)' |
		git -C job update-ref --no-deref --stdin
	ends 0 plan --live live.yaml whole/manifests
	grep -q '^POLICY' stdout
	! grep W0718 stderr || return 1
	for clone in shallow job; do
		ends 0 plan --live live.yaml --format markdown=review.md \
			--format text "$clone/manifests"
		! grep '^POLICY' stdout || return 1
		grep -q "^$clone/manifests/organization.yaml:.* what guards and rules the manifests had before.*W0718" stderr
		grep -q 'what guards and rules the manifests had before is not known here' review.md
	done
	: >stdout
	sed -i '/digest/d' stderr
	assert_golden policy-not-known-before
	# Once the ledger knows the limits, only the rules are in doubt.
	ends 4 apply --live live.yaml --auto-approve whole/manifests
	ends 0 plan --live live.yaml job/manifests
	grep -q 'what rules the manifests had before is not known here' stderr
}

@test "an operator's limit that is as strict leaves nothing to tell" {
	git_setup
	guards '{maxAdminGrants: 1}'
	git init -q .
	git add manifests
	git commit -q -m base
	guards '{}'
	configure '{maxAdminGrants: 1}'
	ends 0 plan --live live.yaml manifests
	grep -q '^  maxAdminGrants: 5, was 1$' stdout
	ends 0 plan --live live.yaml --config config.yaml manifests
	[ "$(grep -c POLICY stdout)" -eq 0 ]
}

@test "the last apply is what guards are compared with, as the ledger knows it" {
	guards '{maxRemovals: 7}'
	ends 0 apply --live live.yaml --auto-approve --allow-remove 100% --snapshot snap manifests
	grep -q '^      maxRemovals: 7$' snap/organization.yaml
	ends 0 plan --live live.yaml manifests
	[ "$(grep -c POLICY stdout)" -eq 0 ]
	guards '{}'
	sed -i 's/^      maxRemovals: 7$/      maxRemovals: 20/' \
		snap/organization.yaml # where a proposal reaches
	ends 0 plan --live live.yaml --base snap manifests
	grep -q '^POLICY (1): guards are looser than those of the last apply$' stdout
	grep -q '^  maxRemovals: 20, was 7$' stdout
	ends 0 apply --live live.yaml --auto-approve --target report-reader \
		manifests # nobody agreed to it for all
	ends 0 plan --live live.yaml manifests
	grep -q '^  maxRemovals: 20, was 7$' stdout
	ends 0 apply --live live.yaml --auto-approve manifests
	ends 0 plan --live live.yaml manifests
	[ "$(grep -c POLICY stdout)" -eq 0 ]
}

@test "a run that was killed has told the ledger its guards" {
	guards '{maxRemovals: 7}'
	run_killed() { WRIT_FAILPOINT=apply-before-send:1:kill "$WRIT_FAILPOINT_BIN" "$@" \
		>/dev/null 2>&1; }
	[ -x "${WRIT_FAILPOINT_BIN:-}" ] || skip 'no program with failpoints'
	run ! run_killed apply --live live.yaml --auto-approve --allow-remove 100% manifests
	guards '{}'
	ends 0 plan --live live.yaml manifests
	grep -q '^  maxRemovals: 20, was 7$' stdout
}

@test "without a ledger at hand, the snapshot of an apply says what guards are compared with" {
	guards '{maxRemovals: 7}'
	ends 0 apply --live live.yaml --auto-approve --allow-remove 100% --snapshot snap manifests
	rm -r "$XDG_STATE_HOME"
	guards '{}'
	ends 0 plan --live live.yaml --base snap manifests
	grep -q '^  maxRemovals: 20, was 7$' stdout
	ends 0 snapshot --live live.yaml --snapshot snap # nobody agreed to anything
	grep -q '^      maxRemovals: 7$' snap/organization.yaml
	ends 0 apply --live live.yaml --auto-approve --snapshot snap manifests
	grep -q '^      maxRemovals: 20$' snap/organization.yaml
}

@test "other guards alone are a commit of their own, and no drift" {
	git_setup
	git init -q repo
	guards '{maxRemovals: 7}'
	ends 0 apply --live live.yaml --auto-approve --allow-remove 100% --snapshot repo/acme \
		--commit manifests
	guards '{maxRemovals: 6}'
	ends 0 apply --live live.yaml --auto-approve --snapshot repo/acme --commit manifests
	[ "$(git -C repo log -1 --format=%s)" = "acme: other guards" ]
	ends 0 apply --live live.yaml --auto-approve --snapshot repo/acme --commit manifests
	[ "$(git -C repo log --format=%s | grep -c 'other guards')" -eq 1 ]
	ends 0 log verify --snapshot repo/acme
}

@test "a way back is kept within the limits of the last apply" {
	guards '{maxAdminGrants: 1, maxRemovals: 3}'
	ends 0 apply --live live.yaml --auto-approve --allow-remove 100% --allow-admin-grants 100 \
		--snapshot snap manifests
	"$WRIT" restore --live live.yaml --from snap --format json 2>/dev/null |
		grep -q '"max_removals": 3,.*"max_admin_grants": 1,'
}

@test "a plan that nobody vouches for is held to the limits of the last apply" {
	guards '{maxAdminGrants: 0, maxRemovals: 3}'
	ends 0 apply --live live.yaml --auto-approve --allow-remove 100% \
		--allow-admin-grants 9 manifests
	cp live.yaml before.yaml
	add_accounts 1
	guards '{}'
	ends 0 plan --live live.yaml --out plan.json manifests
	digest=$(jq -r .digest plan.json)
	ends 4 apply --live live.yaml --plan plan.json
	grep -q 'nobody vouches for the plan: it is not signed, and no --expect names it' stderr
	grep -q 'for a plan that is neither .*: maxRemovals 3 (the plan says 20), maxAdminGrants 0 ' \
		stderr
	grep -q 'guard maxAdminGrants refuses: [1-9], limit 0;' stderr
	cmp live.yaml before.yaml
	# It says the same of itself as one that was made under these limits.
	jq -c '.policy.max_admin_grants = 9 |
		.guards |= map(if .name == "maxAdminGrants" then .limit = 9 else . end)' \
		plan.json >edited.json
	forged edited.json
	ends 4 apply --live live.yaml --plan edited.json
	grep -q 'guard maxAdminGrants refuses: [1-9], limit 0;' stderr
	# Who vouches for the plan vouches for its limits.
	ends 0 apply --live live.yaml --plan plan.json --expect "$digest"
	[ "$(grep -c 'nobody vouches\|neither signed nor' stderr)" -eq 0 ]
	add_accounts 2
	ends 0 plan --live live.yaml --out next.json manifests
	ends 0 apply --live live.yaml --plan next.json
	[ "$(grep -c 'neither signed nor' stderr)" -eq 0 ]
}

@test "who vouched for a plan when its run began did so for the resume as well" {
	guards '{maxAdminGrants: 0}'
	ends 0 apply --live live.yaml --auto-approve --allow-remove 100% \
		--allow-admin-grants 9 manifests
	cp live.yaml before.yaml
	cp -R state before
	add_accounts 1
	guards '{}'
	ends 0 plan --live live.yaml --target more-1 --out plan.json manifests
	digest=$(jq -r .digest plan.json)
	for begun in "--plan plan.json --expect $digest" \
		'--auto-approve --target more-1 manifests'; do
		cp before.yaml live.yaml
		rm -r state
		cp -R before state
		# shellcheck disable=SC2086 # several words
		ends_at apply-before-send:1 137 apply --live live.yaml $begun
		ends 0 apply --live live.yaml --resume
		[ "$(grep -c 'neither signed nor' stderr)" -eq 0 ]
	done
	# Nobody does for one that only begins.
	cp before.yaml live.yaml
	rm -r state
	cp -R before state
	ends 4 apply --live live.yaml --plan plan.json
}

@test "what the operator loosens is no limit of the last apply's manifests" {
	configure '{maxAdminGrants: 1}'
	export WRIT_CONFIG=$PWD/config.yaml
	ends 4 apply --live live.yaml --auto-approve manifests
	ends 0 apply --live live.yaml --auto-approve --allow-remove 100% --allow-admin-grants 9 \
		manifests
	add_accounts 2
	configure '{maxAdminGrants: 2}'
	ends 0 plan --live live.yaml --out plan.json manifests
	ends 0 apply --live live.yaml --plan plan.json
}
