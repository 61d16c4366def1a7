#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Plans with the last snapshot as their third leg, and plans between revisions.

setup() {
	load helper
	common_setup
	acme live.yaml <<-'END'
		status:
		  products: [{product: Express, profile: Default},
		    {product: Express, profile: Templates}]
		  users: [jane@example.com]
		  groups: []
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: archiver}
		spec: {description: moves files,
		  owner: media@example.com, products: [{product: Express, profile: Default}]}
		status: {id: id-1, email: a@techacct.example}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: reader}
		spec: {adminRoles: [support-administrator]}
		status: {id: id-2, email: r@techacct.example}
	END
	acme manifest.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: archiver}
		spec:
		  description: moves files
		  products: [{product: Express, profile: Default}]
		  adminRoles: []
	END
	cp live.yaml base.yaml
}

# plan ARGUMENT...: the JSON plan against the snapshot.
plan() {
	"$WRIT" plan --live live.yaml --base base.yaml --format json "$@" manifest.yaml
}

# change ADDRESS-END: what the plan says of that change; drift the same of a drift.
change() { plan "${@:2}" 2>/dev/null | grep '^  {"id": "c[0-9]*", .*"risk"' | grep "/$1\""; }
drift() { plan "${@:2}" 2>/dev/null | grep '"fingerprint"' | grep "/$1\""; }

# archiver_is SPEC: somebody makes the live archiver that, in place of its description.
archiver_is() {
	sed -i "s|spec: {description: moves files,|spec: {$1,|" live.yaml
}

# ignore ADDRESS-END: the manifests ignore that drift.
ignore() {
	mark=$(drift "$1" | sed 's/.*"fingerprint": "\([^"]*\)".*/\1/')
	mark="{fingerprint: \"$mark\", until: 2026-06-01, reason: OPS-7}"
	sed -i "s|spec: {provider: file|&, ignoredDrift: [$mark]|" manifest.yaml
}

@test "what the manifests moved is pending, what the organisation moved is drift" {
	sed -i 's|Default}\]$|Default}, {product: Express, profile: Templates}]|' manifest.yaml
	change Templates | grep -q '"since_snapshot": "pending"'
	[ -z "$(drift Templates)" ]
	sed -i 's|, products: \[{product: Express, profile: Default}\]||' live.yaml
	archiver_is 'adminRoles: [deployment-administrator], description: moves files'
	change Default | grep -q '"create".*"since_snapshot": "drift"'
	drift Default | grep -q '"kind": "gone".*"fate": "reverted"'
	change deployment-administrator | grep -q '"delete".*"since_snapshot": "drift"'
	drift deployment-administrator | grep -q '"kind": "appeared".*"fate": "reverted"'
	ends 0 plan --live live.yaml --base base.yaml manifest.yaml
	assert_golden plan-drift
}

@test "without a snapshot there is no third leg" {
	ends 0 plan --live live.yaml --format json manifest.yaml
	run ! grep -q since_snapshot stdout
	grep -q '"drift": \[\]' stdout
}

@test "both moved, and not to the same: a conflict, shown first" {
	sed -i 's/description: moves files,/description: somebody wrote this,/' live.yaml
	change archiver | grep -q '"since_snapshot": "drift"'
	sed -i 's/description: moves files/description: moves finished campaigns/' manifest.yaml
	change archiver | grep -q '"since_snapshot": "conflict"'
	drift archiver | grep -q '"fate": "conflict"'
	ends 0 plan --live live.yaml --base base.yaml manifest.yaml
	assert_golden plan-conflict
	sed -i 's/description: moves finished campaigns/description: somebody wrote this/' \
		manifest.yaml
	[ -z "$(change archiver)" ]
	drift archiver | grep -q '"fate": "agreed"'
}

@test "an account that the snapshot has and no manifest declares is pruned only on demand" {
	plan 2>/dev/null | grep '"address": "technicalAccount/reader"' |
		grep -q '"no_longer_declared": true'
	[ -z "$(change reader)" ]
	change reader --prune | grep -q \
		'"delete".*"action_reason": "undeclared".*"since_snapshot": "pending".*"withheld": true'
	cat >>live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: newcomer}
		spec: {}
	END
	[ -z "$(change newcomer --prune)" ]
	drift newcomer | grep -q '"kind": "appeared".*"fate": "left"'
	# One that somebody made under its name is another account.
	sed -i 's/id: id-2/id: id-3/' live.yaml
	[ -z "$(change reader --prune)" ]
	plan --prune 2>/dev/null | grep '"address": "technicalAccount/reader", "principal"' >told
	run ! grep -q no_longer_declared told
	sed -i 's/id: id-3/id: id-2/' live.yaml
	[ -n "$(change reader --prune)" ]
	sed -i 's/spec: {provider: file}/spec: {provider: file, unlisted: keep}/' manifest.yaml
	[ -z "$(change reader --prune)" ]
	ends 0 plan --live live.yaml --base base.yaml --prune manifest.yaml
	run ! grep -- --prune stderr
	ends 0 plan --live live.yaml --prune manifest.yaml
	grep -q 'there is no last snapshot at hand: --prune finds no account to delete$' stderr
}

@test "a rename in the service is known by the id" {
	sed -i 's/metadata: {name: archiver}/metadata: {name: old-archiver}/' live.yaml
	[ -z "$(change archiver)" ]
	[ -z "$(change Default)" ]
	drift old-archiver | grep \
		-q '"kind": "changed".*"before": {"name": "archiver".*"fate": "left"'
	# Nothing but a decision closes it, and what the manifests say goes to the account
	# meanwhile.
	sed -i 's|Default}\]$|Default}, {product: Express, profile: Templates}]|
		s/description: moves files/description: moves more/' manifest.yaml
	change old-archiver | grep -q '"update".*"description": "moves more"'
	[ "$(change Templates | grep \
		-c grant/technicalAccount/old-archiver/product/Express/Templates)" -eq 1 ]
	ends 0 snapshot --live base.yaml --out snapshots
	ends 0 apply --live live.yaml --snapshot snapshots --auto-approve \
		--target archiver manifest.yaml
	grep -q 'manifest.yaml:[0-9]*:[0-9]*: warning: account "archiver" is called "old-archiver" in the service since the snapshot; it is the same; .*W0719' stderr
	grep -q '^Apply: 2 done' stdout
	ends 0 plan --live live.yaml --base snapshots --detailed-exitcode manifest.yaml
	ends 2 drift --live live.yaml --base snapshots
	grep -q '^    ~ renamed from archiver' stdout
	[ "$(grep -c 'found by' stdout)" -eq 1 ]
	ends 0 drift --live live.yaml --base snapshots --out back.json revert
	ends 0 apply --live live.yaml --snapshot snapshots --plan back.json
	ends 0 drift --live live.yaml --base snapshots
	ends 0 plan --live live.yaml --base snapshots --detailed-exitcode manifest.yaml
	[ ! -s stderr ]
}

@test "an account that is to be absent is deleted under its next name, which takes nothing back" {
	sed -i 's/metadata: {name: archiver}/metadata: {name: old-archiver}/' live.yaml
	sed -i '/^spec:$/,$d' manifest.yaml
	echo 'spec: {state: absent}' >>manifest.yaml
	change old-archiver | grep -q '"delete"'
	drift old-archiver | grep -q '"kind": "changed".*"fate": "conflict"'
	ends 0 plan --live live.yaml --base base.yaml manifest.yaml
	grep -q '~ renamed from archiver.*(the manifests moved too)$' stdout
}

@test "a rename in the service and another in the manifests are of one account" {
	sed -i 's/metadata: {name: archiver}/metadata: {name: theirs}/
		s/spec: {description: moves/spec: {credential: robot, description: moves/' \
		live.yaml base.yaml
	sed -i 's/metadata: {name: theirs}/metadata: {name: archiver}/' base.yaml
	sed -i 's/metadata: {name: archiver}/metadata: {name: ours, previously: [archiver]}/
		s/^  description:/  credential: robot\n&/' manifest.yaml
	change ours | grep -q \
		'"update".*"before": {"name": "theirs", "id": "id-1"}.*"since_snapshot": "conflict"'
	drift theirs | grep -q '"differs": \[\], "before": {"name": "archiver"}.*"fate": "conflict"'
	ends 0 apply --live live.yaml --base base.yaml --auto-approve manifest.yaml
	ends 0 plan --live live.yaml --base base.yaml --detailed-exitcode manifest.yaml
	sed -i 's/ours, previously: \[archiver\]/archiver/; s/theirs/archiver/' manifest.yaml
	[ -z "$(change ours)" ]
}

@test "what --target leaves out is left, not agreed" {
	sed -i 's/metadata: {name: archiver}/metadata: {name: old-archiver}/
		s/description: moves files,/description: somebody wrote this,/' live.yaml
	drift old-archiver --target reader | grep -q '"fate": "left"'
	change old-archiver --target archiver |
		grep -q '"description": "moves files".*"since_snapshot": "drift"'
	sed -i 's/description: moves files/description: somebody wrote this/
		s/name: archiver/name: old-archiver/' manifest.yaml
	drift old-archiver | grep -q '"fate": "agreed"'
}

@test "another account under the old name is told, also where the plan leaves it as it is" {
	sed -i 's/id: id-1/id: id-9/' live.yaml
	drift archiver | grep -q '"kind": "changed", "differs": \["id"\]'
	ends 0 plan --live live.yaml --base base.yaml manifest.yaml
	grep -q '^No changes\.' stdout
	grep -A1 '^IDENTITY (1)$' stdout |
		grep -qx '  archiver  is another account than at the last snapshot: id "id-9", was "id-1"'
	ends 0 plan --live live.yaml --base base.yaml --format markdown manifest.yaml
	grep -q '.archiver.: .is another account than' stdout
	ends 0 plan --live live.yaml --base base.yaml --target reader manifest.yaml
	run ! grep -q IDENTITY stdout
}

@test "an ignored drift is left until its day is over" {
	archiver_is 'adminRoles: [deployment-administrator], description: moves files'
	operator_says <<<'policy: {ignoreAdminDrift: true}'
	export WRIT_CONFIG=$PWD/config.yaml
	ignore deployment-administrator
	[ -z "$(change deployment-administrator)" ]
	drift deployment-administrator |
		grep -q '"fate": "ignored", "ignored": {"until": "2026-06-01", "reason": "OPS-7"'
	export WRIT_NOW=2026-06-02T00:00:00Z
	change deployment-administrator | grep -q delete
}

@test "no right to administer stays because manifests ignore what else somebody did" {
	operator_says <<<'policy: {ignoreAdminDrift: true}'
	cp live.yaml untouched.yaml
	cp manifest.yaml plain.yaml
	why="drift of an administrator right is ignored only where the operator's"
	tried() { # CHANGE DRIFT: manifests that ignore DRIFT do not keep the plan from CHANGE
		[ -n "$(change "$1")" ]
		ignore "$2"
		[ -n "$(change "$1")" ]
		drift "$2" | grep -q "\"not_ignored\": \"$why"
		[ -z "$(WRIT_CONFIG=$PWD/config.yaml change "$1")" ]
		WRIT_CONFIG=$PWD/config.yaml drift "$2" | grep -q '"fate": "ignored"'
		cp untouched.yaml live.yaml
		cp plain.yaml manifest.yaml
	}
	# An API that hands out rights.
	sed -i 's/^  adminRoles: \[\]/&\n  apis: []/' plain.yaml manifest.yaml
	archiver_is 'apis: [User Management API], description: moves files'
	tried archiver/api/User%20Management%20API archiver/api/User%20Management%20API
	# An account by another name.
	archiver_is 'adminRoles: [support-administrator], description: moves files'
	sed -i 's/metadata: {name: archiver}/metadata: {name: keeper}/' live.yaml
	tried keeper/role/support-administrator keeper
	# An account of somebody else.
	sed -i 's/spec: {provider: file}/spec: {provider: file, unlisted: remove}/' \
		plain.yaml manifest.yaml
	document TechnicalAccount intruder 'adminRoles: [support-administrator]' >>live.yaml
	tried intruder intruder
	# Of what else an account is, a drift may be ignored.
	document TechnicalAccount intruder 'products: [{product: Express, profile: Default}]' \
		>>live.yaml
	ignore intruder
	[ -z "$(change intruder)" ]
}

@test "of two entries about one drift the one that may be counts" {
	sed -i 's|Default}\]}$|Default}, {product: Express, profile: Templates}]}|' live.yaml
	ignore Templates
	good=$(grep -o '{fingerprint: [^}]*}' manifest.yaml)
	far=${good/2026-06-01/2027-06-01}
	for two in "$good, $far" "$far, $good"; do
		sed -i "s/ignoredDrift: \[[^]]*\]/ignoredDrift: [$two]/" manifest.yaml
		drift Templates | grep '"fate": "ignored"' >told
		run ! grep -q not_ignored told
	done
}

@test "what is ignored of an account stays ignored under its next name, the rename does not" {
	sed -i 's|Default}\]}$|Default}, {product: Express, profile: Templates}]}|' live.yaml
	ignore archiver/product/Express/Templates
	[ -z "$(change Templates)" ]
	sed -i 's/metadata: {name: archiver}/metadata: {name: keeper}/' live.yaml
	[ -z "$(change Templates)" ]
	drift Templates | grep -q 'technicalAccount/keeper/.*"fate": "ignored"'
	drift keeper | grep -q '"kind": "changed".*"fate": "left"'
	ends 2 drift --live live.yaml --base base.yaml manifest.yaml
	grep -q '^Drift: 1 ' stdout
	# The name is taken over.
	sed -i 's/metadata: {name: archiver}/metadata: {name: keeper}/' base.yaml
	sed -i 's/metadata: {name: archiver}/metadata: {name: keeper, previously: [archiver]}/' \
		manifest.yaml
	[ -z "$(change Templates)" ]
	drift Templates | grep -q '"fate": "ignored"'
	# What is ignored of an attribute does not hide that somebody renamed the account since.
	cp base.yaml live.yaml
	sed -i 's/, ignoredDrift: \[.*\]}/}/' manifest.yaml
	sed -i 's/description: moves files,/description: moves all,/' live.yaml
	ignore keeper
	drift keeper | grep -q '"fate": "ignored"'
	sed -i 's/metadata: {name: keeper}/metadata: {name: other}/' live.yaml
	drift other | grep -q '"kind": "changed".*"fate": "left"'
}

@test "an ignored drift of an account leaves its grants too" {
	sed -i 's|Default}\]$|Default}, {product: Express, profile: Templates}]|' manifest.yaml
	cp manifest.yaml wanted.yaml
	sed -i 's/metadata: {name: archiver}/metadata: {name: old-archiver}/' live.yaml
	[ -n "$(change Templates)" ]
	ignore old-archiver
	ends 0 plan --live live.yaml --base base.yaml --detailed-exitcode manifest.yaml
	grep -q '^No changes\. What the manifests ignore is left as it is\.$' stdout
	sed -i 's|, products: \[{product: Express, profile: Default}\]||' live.yaml
	drift Default | grep -q '"kind": "gone".*"fate": "left"'
	[ -z "$(change Default)" ]
	cp base.yaml live.yaml
	cp wanted.yaml manifest.yaml
	sed -i '/^---$/,$d' live.yaml
	for n in 1 2 3; do
		document TechnicalAccount "more-$n" '' | tee -a base.yaml
	done >>live.yaml
	[ -n "$(change Templates)" ]
	ignore archiver
	[ -z "$(change 'archiver.*')" ]
	ends 0 apply --live live.yaml --base base.yaml --allow-live-shrink \
		--auto-approve manifest.yaml
}

@test "a grant that appeared is told where another drift of its account is ignored" {
	archiver_is 'adminRoles: [deployment-administrator], description: wrote this'
	sed -i '/products: \[/i \  unlisted: report' manifest.yaml
	ignore archiver
	[ -z "$(change archiver)" ]
	drift deployment-administrator | grep -q '"kind": "appeared".*"fate": "left"'
}

@test "a grant that appeared goes with its account" {
	sed -i 's|adminRoles: \[support-administrator|&, deployment-administrator|' live.yaml
	drift deployment-administrator | grep -q '"fate": "left"'
	drift deployment-administrator --prune | grep -q '"fate": "reverted"'
	drift deployment-administrator --prune --target archiver | grep -q '"fate": "left"'
}

@test "a live read that shrank is refused until it is trusted" {
	cp base.yaml live.yaml
	for n in 1 2 3 4; do
		document TechnicalAccount "more-$n" ''
	done >>base.yaml
	sed -i 's/description: moves files/description: moves/' manifest.yaml
	ends 4 apply --live live.yaml --base base.yaml --auto-approve manifest.yaml
	grep -q 'guard liveShrink refuses: 66%, limit 25%; .*--allow-live-shrink' stderr
	ends 0 plan --live live.yaml --base base.yaml --out plan.json manifest.yaml
	ends 4 apply --live live.yaml --plan plan.json
	ends 0 apply --live live.yaml --allow-live-shrink --plan plan.json
}

@test "what a saved plan says of drift is shown again" {
	archiver_is 'adminRoles: [deployment-administrator], description: moved'
	ends 0 plan --live live.yaml --base base.yaml --out plan.json manifest.yaml
	mv stdout first
	ends 0 show plan.json
	diff first stdout
}

@test "a plan between two revisions needs nothing live" {
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	mkdir -p repository/access
	cp manifest.yaml repository/access/all.yaml
	cd repository
	# The plan names the commit.
	export GIT_AUTHOR_DATE="2026-12-31T12:00:00Z" GIT_COMMITTER_DATE="2026-12-31T12:00:00Z"
	git init -q -b main .
	git config user.name Tester
	git config user.email tester@example.com
	git add access
	git commit -q -m first
	git branch base
	sed -i 's/adminRoles: \[\]/adminRoles: [{role: support-administrator, reason: tickets}]/' \
		access/all.yaml
	git commit -q -a -m second
	cd access
	ends 0 plan --base base HEAD
	assert_golden plan-revisions
	ends 2 plan --detailed-exitcode --base base:access main:access/all.yaml
	ends 0 plan --detailed-exitcode --base HEAD main
	ends 1 plan --base nowhere HEAD
}

@test "a last snapshot that is not at hand is told in every form of the plan" {
	operator_says <<<"snapshot: {repository: gone, folder: org}"
	ends 0 plan --config config.yaml --live live.yaml --out plan.json --format text \
		--format markdown=plan.md manifest.yaml
	told='the last snapshot is not at hand, so what drifted since is not known: gone '
	grep -q "^manifest.yaml:1:1: warning: $told.*; bring .* \[W0909\]$" stderr
	grep -q "$told" plan.md
	jq -e '.drift == [] and [.diagnostics[].id] == ["W0909"]' plan.json
	ends 0 show --format json plan.json
	jq -e '[.diagnostics[].id] == ["W0909"]' stdout
	run_writ plan --config config.yaml --live live.yaml manifest.yaml
	assert_golden base-not-at-hand
	ends 1 drift --config config.yaml --live live.yaml
	grep -q 'gone ' stderr
	grep -q 'whether live is far below the last snapshot is not judged$' \
		<("$WRIT" apply --config config.yaml --live live.yaml --plan plan.json \
			--auto-approve 2>&1)
}
