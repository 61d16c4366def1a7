#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Names as only a service spells them go through plan files, snapshots and the way back.

load helper

setup() {
	common_setup
	# in a decomposed form, with blanks at its ends, and what plain text would not be
	acme live.yaml <<-'END'
		status:
		  products: [{product: "Cafe\u0301", profile: " A "},
		    {product: "~", profile: "a: b #c"}]
		  users: [jane@example.com]
		  groups: ["Ang\u030Astro\u0308m"]
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: one}
		spec: {product: "~", profile: "a: b #c", members: [{group: "Ang\u030Astro\u0308m"}]}
	END
	acme want.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: ProductAssignment
		metadata: {name: one}
		spec:
		  product: "Cafe\u0301"
		  profile: " A "
		  members: [{group: "Ang\u030Astro\u0308m"}, {user: jane@example.com}]
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: two}
		spec: {role: user-group-administrator, group: "Ang\u030Astro\u0308m",
		  members: [{user: jane@example.com}]}
	END
}

@test "a saved plan holds the names that live holds, and is applied" {
	ends 0 plan --live live.yaml --out plan.json want.yaml
	[ "$(jq '.changes | length' plan.json)" = 3 ]
	ends 0 apply --live live.yaml --plan plan.json
	ends 0 plan --live live.yaml --detailed-exitcode want.yaml
	ends 0 import --live live.yaml --out imported
	ends 0 plan --live live.yaml --detailed-exitcode imported
	grep -q 'No changes' stdout
}

@test "what a file is called does not reach a terminal as it is" {
	odd=$'set\e[31m\a'
	mkdir "$odd"
	cat >"$odd/a"$'\n'"b.yaml" <<-'END'
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec:
		  provider: file
		  rules:
		    apart:
		      - grants: [{role: support-administrator}, {role: storage-administrator}]
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: bot}
		spec:
		  adminRoles:
		    - support-administrator
		    - storage-administrator
		    - {role: support-administrator}
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: desk}
		spec: {role: support-administrator, members: [bot]}
	END
	ends 1 validate "$odd"
	grep -qF 'the first is at set\x1B[31m\x07/a\nb.yaml:' stderr
	sed -i '/^    - {role: support-administrator}$/d' "$odd"/a*
	ends 1 validate "$odd"
	grep -qF 'also at set\x1B[31m\x07/a\nb.yaml:' stderr
	grep -qF 'set\x1B[31m\x07/a\nb.yaml:8 keeps them apart' stderr
	ends 0 edit revoke bot storage-administrator "$odd" --diff
	grep -qxF -- '--- "a/set\033[31m\007/a\012b.yaml"' stdout
	run ! grep -q $'\e' stdout stderr
}
