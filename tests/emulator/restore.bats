#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# An organisation of 300 accounts is wiped, restored and compared.
# shellcheck disable=SC2016,SC2034,SC2154 # variables of the helper

setup() {
	load helper
	writ_setup
}

teardown() {
	emulator_stop
}

catalogue() {
	cat <<-'END'
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec:
		  provider: adobe
		  orgId: 0123456789ABCDEF01234567@AdobeOrg
		  enterpriseStorage: [{product: Creative Cloud Enterprise}]
		status:
		  products:
		    - {product: Creative Cloud Enterprise, profile: Storage}
		    - {product: Adobe Express, profile: Default}
		    - {product: Adobe Express, profile: Beta}
		    - {product: Adobe Fonts, profile: All Fonts}
		  users: [jane@example.com, omar@example.com, kim@example.com]
		  groups: [Designers, Auditors]
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: writ-operator}
		spec: {description: runs writ, project: Writ, apis: [User Management API],
		  adminRoles: [], products: []}
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: system}
		spec: {role: system-administrator,
		  members: [{user: jane@example.com}, {user: omar@example.com}]}
	END
}

# All features: three kinds of accounts, roles that only a person makes, grants of users and groups.
estate() {
	catalogue
	for n in $(seq 100 399); do
		printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount'
		printf 'metadata: {name: service-%s}\nspec:\n  description: service %s\n  project: Team %s\n' \
			"$n" "$n" "$n"
		case $((n % 3)) in
		0) printf '  %s\n' \
			'apis: [Adobe Cloud Storage and Collaboration API, I/O Management API]' \
			'products: [{product: Creative Cloud Enterprise, profile: Storage}]' ;;
		1) printf '  %s\n' 'apis: [Adobe Express API]' products: \
			'  - {product: Adobe Express, profile: Default}' \
			'  - {product: Adobe Express, profile: Beta}' ;;
		2) printf '  %s\n' 'apis: [Adobe Fonts API]' \
			'products: [{product: Adobe Fonts, profile: All Fonts}]' ;;
		esac
		if [ $((n % 30)) = 0 ]; then echo \
			'  adminRoles: [storage-administrator]'; else echo '  adminRoles: []'; fi
	done
	cat <<-'END'
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: support}
		spec: {role: support-administrator,
		  members: [{user: kim@example.com}, {user: omar@example.com}]}
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: fonts}
		spec: {role: product-administrator, product: Adobe Fonts,
		  members: [{user: kim@example.com}]}
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: beta}
		spec: {product: Adobe Express, profile: Beta,
		  members: [{user: kim@example.com}, {group: Designers}]}
	END
}

configure() {
	credential writ-operator
	keep_secrets
	server_config
}

# administrators: what the Admin Console's export would say.
administrators() {
	{
		echo 'Identity Type,Email,Admin Roles'
		control GET administrators | jq -r '
			(if type == "object" then .administrators else . end) | group_by(.email)[] |
			[.[0].email, ([.[] | .role] | join(","))] | @csv' |
			sed 's/^/Technical Account,/
				s/storage-administrator/Storage administrator/g;
				s/system-administrator/System administrator/g
					s/support-administrator/Support administrator/g'
	} >administrators.csv
}

# without_ids FOLDER: a snapshot but for what the service assigns and what counts snapshots.
without_ids() {
	sed '/^status:/d; /^ *id:\|^ *email:/d; /serial\|lineage\|[0-9a-f]\{64\}/d' "$1"/*.yaml
}

@test "300 accounts come back, but for ids, and people do exactly what is listed" {
	estate >live.yaml
	emulator_start --rate-limits off
	configure
	control GET administrators >seen
	administrators
	ends 0 snapshot --roles-from administrators.csv --out before
	[ "$(grep -c '^kind: TechnicalAccount' before/technical-accounts.yaml)" = 301 ]
	[ "$(grep -c -- '- storage-administrator' before/technical-accounts.yaml)" = 10 ]

	catalogue >empty.yaml
	control PUT manifest "$(cat empty.yaml)" >put
	configure
	administrators
	ends 0 restore --rehearse --from before --roles-from administrators.csv --format json
	[ "$(jq '[.checklist[] | select(.what == "manual")] | length' stdout)" -ge 10 ]
	ends 0 restore --from before --roles-from administrators.csv --allow-admin-grants 200 \
		--out plan.json
	jq -r '.manual[].address' plan.json | LC_ALL=C sort >listed
	[ "$(wc -l <listed)" = 10 ]
	ends 6 apply --roles-from administrators.csv --plan plan.json

	control GET state | jq -r '.credentials[] | [.account, .technicalAccountEmail] | @tsv' \
		>emails
	while IFS=/ read -r _ _ account _ role; do
		email=$(awk -v name="$account" '$1 == name { print $2 }' emails)
		control POST give "{\"email\": \"$email\", \"role\": \"$role\"}" |
			jq -e .ok >/dev/null
	done <listed
	administrators
	ends 0 restore --from before --roles-from administrators.csv --detailed-exitcode
	ends 0 snapshot --roles-from administrators.csv --out after
	diff <(without_ids before) <(without_ids after)
}
