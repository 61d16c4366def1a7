#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What is undone, and what is accepted into the manifests, where a person has a part in it.
# shellcheck disable=SC2030,SC2031 # a test is a subshell

setup() {
	load helper
	writ_setup
	wants <<END
# What everybody may use.
apiVersion: writ/v1
kind: ProductAssignment
metadata: {name: beta}
spec:
  product: Adobe Express
  profile: Beta
  members:
    - {user: jane@example.com} # who asked first
END
	operated_start
	own_account
	ends 0 apply --auto-approve wanted.yaml
	ends 0 snapshot --org acme --snapshot snapshot
}

teardown() {
	emulator_stop
}

@test "an undo takes back what a person made by a person, and sees when it is done" {
	cat >>wanted.yaml <<END
    - {user: kim@example.com}
---
apiVersion: writ/v1
kind: TechnicalAccount
metadata: {name: asset-archiver}
spec: {adminRoles: [storage-administrator]}
END
	ends 6 apply --auto-approve wanted.yaml
	run=$(sed -n 's/^Run: //p' stdout)
	ends 0 undo "$run" --format json
	jq -e '.summary.remove == 1 and .summary.manual == 0' stdout # nobody has made the rest yet
	person='{"email":"'$EMAIL'","role":"storage-administrator"}'
	control POST give "$person"
	ends 0 undo "$run" --allow-remove 100% --out undo.json
	jq -e '.summary.manual == 1 and ([.changes[].via] | sort) == ["api", "manual"] and
		([.changes[].change.actions[]] | unique) == ["delete"]' undo.json
	control DELETE log
	ends 6 apply --plan undo.json
	grep -q '^BY HAND$' stdout
	grep -q 'role/storage-administrator: delete' stdout
	grep -q "$EMAIL" stdout
	[ "$(changes)" = 'grant.remove user/kim@example.com product/Adobe Express/Beta' ]
	ends 2 undo "$run" --allow-remove 100% --detailed-exitcode
	control POST take "$person"
	ends 0 undo "$run" --allow-remove 100% --detailed-exitcode
	ends 1 undo "$run" --org other
}

@test "what somebody clicked is accepted into the manifests, and nothing else is touched" {
	cp wanted.yaml before.yaml
	control POST give '{"email":"kim@example.com","product":"Adobe Express","profile":"Beta"}'
	control POST give '{"email":"KIM@example.com","role":"support-administrator"}'
	control POST take '{"email":"jane@example.com","product":"Adobe Express","profile":"Beta"}'
	ends 2 drift --base snapshot wanted.yaml
	control DELETE log
	ends 0 drift accept --base snapshot wanted.yaml
	[ "$(control GET requests |
		jq '[.[] | select(.method != "GET" and (.path | test("^/ims") | not))] |
			length')" -eq 0 ]
	grep -q '^Accepted 3\.$' stdout
	wants due <<END
# What everybody may use.
apiVersion: writ/v1
kind: ProductAssignment
metadata: {name: beta}
spec:
  product: Adobe Express
  profile: Beta
  members:
    - {user: kim@example.com}
---
apiVersion: writ/v1
kind: AdminRole
metadata:
  name: support-administrator
spec:
  role: support-administrator
  members:
    - {user: kim@example.com}
END
	diff due wanted.yaml
	ends 0 plan --detailed-exitcode wanted.yaml
	# it is open until an apply of the manifests that want it
	ends 2 drift --base snapshot wanted.yaml
	ends 0 apply --org acme --auto-approve --snapshot snapshot wanted.yaml
	ends 0 drift --base snapshot wanted.yaml
}
