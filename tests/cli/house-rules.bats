#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What an organisation asks of its grants: a reason, a ticket, an owner, an end; and what one
# principal may not hold together. The operator says it, and manifests may ask for more.

setup() {
	load helper
	common_setup
	mkdir m
	cat >live.yaml <<-'EOF'
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec: {provider: file, orgId: A@AdobeOrg}
		status:
		  products: [{product: Money, profile: Pay}, {product: Money, profile: Approve}]
		  users: [jane@example.com]
		  groups: []
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: pay-robot}
		spec: {products: [{product: Money, profile: Approve}]}
	EOF
	rules_are </dev/null
	cat >m/robot.yaml <<-'EOF'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: pay-robot}
		spec:
		  adminRoles:
		    - support-administrator
		    - {role: deployment-administrator, reason: nights, ticket: OPS-7,
		        expires: 2026-07-01}
		    - {role: storage-administrator, reason: x, ticket: none, expires: 2027-06-01}
	EOF
}

# rules_are <RULES: the Organization's document, with these lines in its spec.
rules_are() {
	printf '%s\n' 'apiVersion: writ/v1' 'kind: Organization' 'metadata: {name: acme}' 'spec:' \
		'  provider: file' '  orgId: A@AdobeOrg' >m/organization.yaml
	sed 's/^/  /' >>m/organization.yaml
}

# findings: what standard error tells of rules, without their details.
findings() {
	sed -n 's/^\([^;]*\).*\[\(W072[12]\)\]$/\1 \2/p' stderr
}

@test "each declaration of a grant has what a rule asks for" {
	rules_are <<-'EOF'
		rules:
		  require:
		    - {any: role, reason: true, ticket: "OPS-[0-9]*", owner: true, endsWithin: 90}
	EOF
	ends 1 validate m
	[ "$(findings)" = 'm/robot.yaml:3:18: error: a grant to an account without an owner W0721
m/robot.yaml:6:7: error: a grant without a reason W0721
m/robot.yaml:6:7: error: a grant without a ticket W0721
m/robot.yaml:6:7: error: a grant without an end W0721
m/robot.yaml:9:7: error: a grant that ends too late W0721
m/robot.yaml:9:7: error: a grant with the ticket "none" W0721' ]
	assert_golden house-rules-needs
	ends 1 plan --live live.yaml m
	[ "$(findings | wc -l)" -eq 6 ]
	ends 1 apply --auto-approve --live live.yaml m
	run ! grep -q support-administrator live.yaml
	# Each format has them on their lines.
	ends 1 plan --live live.yaml --format sarif=out.sarif --format json m
	[ "$(jq '[.runs[0].results[] | select(.ruleId == "W0721")] | length' out.sarif)" -eq 6 ]
	[ "$(jq '[.diagnostics[] | select(.id == "W0721" and .severity == "error")] | length' \
		stdout)" -eq 6 ]
}

@test "a rule finds its grants wherever they are declared, and no others" {
	cat >m/robot.yaml <<-'EOF'
		apiVersion: writ/v1
		kind: AccessBundle
		metadata: {name: pay}
		spec: {products: [{product: Money, profile: Pay}], apis: [Pay API]}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: pay-robot}
		spec: {owner: me@example.com, bundles: [pay]}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: approve}
		spec: {product: Money, profile: Approve, members: [{user: jane@example.com}]}
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: money}
		spec: {role: product-administrator, product: Money,
		  members: [{user: jane@example.com, ticket: X-1, expires: 2026-05-01}]}
	EOF
	rules_are <<-'EOF'
		rules:
		  require:
		    - {product: money, ticket: "*"}
		    - {product: Money, profile: Pay, reason: true, level: warning}
		    - {api: Pay API, reason: true}
		    - {role: product-administrator, product: Money, reason: true}
		    - {role: product-administrator, product: Other, reason: true}
		    - {role: support-administrator, reason: true}
		    - {any: product, owner: true}
	EOF
	ends 1 validate m
	[ "$(findings)" = 'm/robot.yaml:4:19: error: a grant without a ticket W0721
m/robot.yaml:4:19: warning: a grant without a reason W0721
m/robot.yaml:4:59: error: a grant without a reason W0721
m/robot.yaml:14:52: error: a grant without a ticket W0721' ]
}

@test "grants that a rule keeps apart are not held by one principal" {
	cat >m/robot.yaml <<-'EOF'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: pay-robot}
		spec: {owner: me@example.com,
		  products: [{product: Money, profile: Pay}, {product: Money, profile: Approve}]}
	EOF
	rules_are <<-'EOF'
		rules:
		  apart:
		    - grants: [{product: Money, profile: Pay}, {product: Money, profile: Approve}]
		      reason: who pays does not approve
	EOF
	ends 1 validate m
	[ "$(findings)" = "m/robot.yaml:5:46: error: \"pay-robot\" is to hold this beside what \
m/robot.yaml:5:14 grants W0722" ]
	grep -q 'm/organization.yaml:9 keeps them apart: "who pays does not approve"' stderr
	# One of them is live, and no manifest speaks of it: only a plan sees that.
	cat >m/robot.yaml <<-'EOF'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: pay-robot}
		spec: {owner: me@example.com}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: pay}
		spec: {product: Money, profile: Pay, members: [pay-robot]}
	EOF
	ends 0 validate m
	ends 1 plan --live live.yaml m
	[ "$(findings)" = "m/robot.yaml:9:48: error: \"pay-robot\" is to hold this beside \
product/Money/Approve, which is live and no manifest lists W0722" ]
	assert_golden house-rules-apart
	# It goes with the same plan, unless that is withheld; or somebody else gets the other.
	sed -i 's/owner: me@example.com/&, products: []/' m/robot.yaml
	ends 0 plan --live live.yaml m
	echo '  guards: {maxRemovals: 0}' >>m/organization.yaml
	ends 1 plan --live live.yaml m
	ends 0 plan --live live.yaml --allow-remove 1 m
	sed -i 's/members: \[pay-robot\]/members: [{user: jane@example.com}]/' m/robot.yaml
	ends 0 plan --live live.yaml m
}

@test "the operator's rules hold beside those of manifests" {
	sed -i '/reason: x/d' m/robot.yaml
	operator_says <<-'EOF'
		rules:
		  require: [{role: support-administrator, ticket: "OPS-*"}]
		  levels: [{id: W0705, level: ignore}, {id: W0706, level: error}]
	EOF
	ends 0 validate m
	ends 1 validate --config config.yaml m
	[ "$(findings)" = 'm/robot.yaml:6:7: error: a grant without a ticket W0721' ]
	grep -q 'm/robot.yaml:6:7: error: .*\[W0706\]$' stderr
	run ! grep -q W0705 stderr
	ends 1 plan --config config.yaml --live live.yaml m
	[ "$(findings | wc -l)" -eq 1 ]
	grep -q 'error: .*\[W0706\]$' stderr
	WRIT_CONFIG=$PWD/config.yaml ends 1 plan --live live.yaml m
	# What it makes an error no option leaves out.
	ends 1 validate --config config.yaml --ignore W0706 --ignore W0721 m
	[ "$(findings | wc -l)" -eq 1 ]
	grep -q 'error: .*\[W0706\]$' stderr
	# Manifests do not make it less.
	rules_are <<-'EOF'
		rules: {levels: [{id: W0706, level: warning}]}
	EOF
	ends 1 validate m
	grep -q 'organization.yaml:7:39: error: .*\[E0411\]$' stderr
}

@test "a rule whose breach is a warning is told, and stops nothing" {
	rules_are <<-'EOF'
		rules: {require: [{role: support-administrator, reason: true, level: warning}]}
	EOF
	ends 0 validate m
	[ "$(findings)" = 'm/robot.yaml:6:7: warning: a grant without a reason W0721' ]
	ends 1 validate --strict m
	ends 0 plan --live live.yaml --format markdown=out.md --format text m
	[ "$(findings | wc -l)" -eq 1 ]
	grep -q 'a grant without a reason' out.md
	# Of other warnings a plan says nothing.
	run ! grep -q W0706 stderr
	ends 0 plan --live live.yaml --ignore W0721 m
	[ -z "$(findings)" ]
}

@test "a plan keeps what was warned of, and shows it again" {
	rules_are <<-'EOF'
		rules:
		  require: [{any: role, reason: true, level: warning}]
	EOF
	ends 0 plan --live live.yaml --out plan.json m
	findings >told
	grep -q '^m/robot.yaml:6:7: warning: a grant without a reason W0721$' told
	jq -r '.diagnostics[] | "\(.range | "\(.filename):\(.start.line):\(.start.column)"): " +
		"\(.severity): \(.summary) \(.id)"' \
		plan.json | cmp - told
	ends 0 show plan.json
	findings | cmp - told
	ends 0 show --format sarif plan.json
	jq -e '[.runs[0].results[].ruleId] | index("W0721")' stdout
}

@test "rules that the same proposal drops are told first" {
	git_setup
	rules_are <<-'EOF'
		rules:
		  require:
		    - {role: support-administrator, reason: true, ticket: "OPS-[0-9]*",
		        endsWithin: 90}
		    - {any: product, owner: true, level: warning}
		    - {role: storage-administrator, reason: true}
		  apart:
		    - grants: [{product: Money, profile: Pay}, {product: Money, profile: Approve}]
		  levels: [{id: W0705, level: error}]
	EOF
	full='{role: support-administrator, reason: help, ticket: OPS-1, expires: 2026-06-20}'
	sed -i "s/- support-administrator/- $full/; s/^spec:/&\n  owner: payments/" m/robot.yaml
	git init -q .
	git add m
	git commit -q -m base
	git checkout -q -b proposal
	ends 0 plan --live live.yaml m
	run ! grep -q POLICY stdout
	rules_are <<-'EOF'
		rules:
		  require:
		    - {any: role, reason: true}
		    - {role: support-administrator, endsWithin: 30}
	EOF
	ends 0 plan --live live.yaml --out plan.json --format markdown=out.md --format text m
	sed -n '/^POLICY/,/^$/p' stdout >section
	[ "$(sed 's/commit [0-9a-f]*/commit ID/' section)" = \
		'POLICY (4): rules of commit ID are not kept any more
  require role support-administrator: ticket OPS-\[0-9\]*
  require any product: owner, level warning
  apart product Money profile Pay, product Money profile Approve
  levels W0705: error' ]
	grep -q 'Rules are not kept any more' out.md
	grep -q 'apart product Money profile Pay' out.md
	jq -e '.policy.lost_rules | length == 4' plan.json
	ends 0 show plan.json
	sed -n '/^POLICY/,/^$/p' stdout | cmp - section
	# Two that another rule takes for one are not apart by it.
	cp m/organization.yaml fewer.yaml
	rules_are <<-'EOF'
		rules: {apart: [{grants: [{any: product}, {role: system-administrator}]}]}
	EOF
	ends 0 plan --live live.yaml m
	grep -q '^  apart product Money profile Pay, product Money profile Approve$' stdout
	mv fewer.yaml m/organization.yaml
	# What the operator asks for is kept, whatever manifests say.
	operator_says <<-'EOF'
		rules:
		  require:
		    - {any: product, owner: true}
		    - {role: support-administrator, ticket: "OPS-[0-9]*"}
		  apart: [{grants: [{product: Money, profile: Approve},
		    {product: Money, profile: Pay}]}]
		  levels: [{id: W0705, level: error}]
	EOF
	ends 0 plan --live live.yaml --config config.yaml m
	run ! grep -q POLICY stdout
}

@test "rules that a merge dropped are told until the next apply" {
	git_setup
	rules_are <<-'EOF'
		rules: {require: [{role: support-administrator, reason: true, level: warning}]}
	EOF
	git init -q .
	git add m
	git commit -q -m base
	ends 0 apply --live live.yaml --auto-approve --allow-admin-grants 3 m
	rules_are </dev/null
	git commit -q -am 'fewer rules'
	ends 0 plan --live live.yaml m
	grep -q "^POLICY (1): rules of commit $(git rev-parse \
		--short=12 HEAD~) are not kept any more$" stdout
	ends 0 apply --live live.yaml --auto-approve m
	ends 0 plan --live live.yaml m
	run ! grep -q POLICY stdout
	# A rule that came after the last apply is told as well.
	rules_are <<<'rules: {apart: [{grants: [{any: product}, {any: role}]}]}'
	git commit -q -am 'a rule'
	git checkout -q -b proposal
	rules_are </dev/null
	git commit -q -am 'without it'
	ends 0 plan --live live.yaml m
	grep -q '^POLICY (1): rules of commit' stdout
}

@test "--ignore leaves out warnings alone" {
	ends 0 validate m
	grep -q W0706 stderr
	ends 0 validate --ignore W0706 --ignore W0705 m
	run ! grep -q 'W0705\|W0706' stderr
	ends 64 validate --ignore E0401 m
	grep -q 'E0401 is an error, which is never left out' stderr
	ends 64 validate --ignore W9999 m
	grep -q 'lists them' stderr
}

@test "a rule that could never be met is an error where it stands" {
	rules_are <<-'EOF'
		rules:
		  require:
		    - {role: support-administrator}
		    - {reason: true}
		    - {role: suport-administrator, reason: true}
		    - {role: support-administrator, product: Money, reason: true}
		    - {any: role, role: support-administrator, reason: true}
		    - {product: Money, profile: Pay, group: X, reason: true}
		    - {profile: Pay, api: P, reason: true}
		    - {any: everything, reason: true}
		    - {any: role, endsWithin: 0}
		    - {any: role,
		        ticket: 01234567890123456789012345678901234567890123456789012345678901234}
		  apart:
		    - {grants: [{any: role}]}
		  levels: [{id: W9999, level: error}, {id: E0401, level: error}]
	EOF
	ends 1 validate m
	assert_golden house-rules-bad
}

@test "a list has at most 32 rules" {
	{
		echo 'rules:'
		echo '  require:'
		yes '    - {any: role, reason: true}' | head -n 33
	} | rules_are
	ends 1 validate m
	grep -q '33 rules in one list.*\[E0431\]$' stderr
}

@test "a small set with many rules and a large bundle costs little" {
	skip_sanitized
	{
		echo 'rules:'
		echo '  require:'
		yes '    - {any: product, reason: true, ticket: "*-[0-9]*", owner: true, endsWithin: 9}' |
			head -n 32
		echo '  apart:'
		yes '    - grants: [{product: P1}, {product: P2}, {any: role}]' | head -n 32
	} | rules_are
	{
		printf '%s\n' 'apiVersion: writ/v1' 'kind: AccessBundle' 'metadata: {name: big}' \
			spec: '  products:'
		for i in $(seq 1500); do echo "  - {product: P$i, profile: A}"; done
		for i in $(seq 600); do
			document TechnicalAccount "a$i" 'bundles: [big]'
		done
	} >m/robot.yaml
	ulimit -v 400000
	ends 1 validate m
	[ "$(grep -c 'W072' stderr)" -gt 9000 ]
	grep -q '^and [0-9]* more$' stderr
}
