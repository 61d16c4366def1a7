#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The main job from the command line: every exit status that it can end with.

setup() {
	load helper
	common_setup
	cp -R "$WRIT_ROOT/examples/quickstart/manifests" manifests
	cp "$WRIT_ROOT/examples/quickstart/live.yaml" live.yaml
}

@test "every example validates and plans, and none has a warning" {
	count=0
	for example in "$WRIT_ROOT"/examples/*/; do
		[ -d "$example/manifests" ] || continue # examples/reviews has its own test
		ends 0 validate --strict "$example/manifests"
		ends 0 plan --live "$example/live.yaml" --out plan.json "$example/manifests"
		ends 0 show plan.json
		run ! grep 'not a sound plan' stderr
		count=$((count + 1))
	done
	[ "$count" -ge 3 ]
}

@test "apply leaves an empty plan" {
	ends 2 plan --live live.yaml --detailed-exitcode manifests
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	ends 0 plan --live live.yaml --detailed-exitcode manifests
}

@test "a live folder is replaced as a whole" {
	mkdir folder
	cp live.yaml folder/all.yaml
	chmod 2750 folder
	ends 0 apply --live folder --auto-approve --allow-remove 1 manifests
	[ "$(stat -c %a folder)" = 2750 ]
	ends 0 plan --live folder --detailed-exitcode manifests
	[ "$(ls folder)" = "$(printf \
		'admin-roles.yaml\norganization.yaml\ntechnical-accounts.yaml')" ]
	[ -z "$(find . -maxdepth 1 -name '.folder*')" ]
}

@test "a live folder that holds something else is left alone" {
	mkdir folder
	cp live.yaml folder/all.yaml
	echo precious >folder/notes.txt
	ends 5 apply --live folder --auto-approve --allow-remove 1 manifests
	grep -q precious folder/notes.txt
	cmp live.yaml folder/all.yaml
}

@test "a link in the place where the next live folder is made is not followed" {
	mkdir folder other
	cp live.yaml folder/all.yaml
	echo precious >other/notes.txt
	ln -s other .folder.writ-tmp
	ends 5 apply --live folder --auto-approve --allow-remove 1 manifests
	grep -q precious other/notes.txt
	cmp live.yaml folder/all.yaml
	rm .folder.writ-tmp
	ends 0 apply --live folder --auto-approve --resume
}

@test "an import plans to nothing and lists everything" {
	ends 0 import --live live.yaml --out imported
	ends 0 plan --live live.yaml --detailed-exitcode --format json imported
	grep -q '"unlisted": 0' stdout
	ends 1 import --live live.yaml --out imported
}

@test "removals without consent are withheld, the rest is done: 4" {
	sed -i 's/^  provider: file/  provider: file\n  guards: {maxRemovals: 0}/' \
		manifests/organization.yaml
	ends 4 apply --live live.yaml --auto-approve manifests
	grep -q 'carry them out with --allow-remove 1' stdout
	ends 2 plan --live live.yaml --detailed-exitcode manifests
	grep -q 'Plan: 0 to add, 0 to change, 1 to remove (1 removal withheld)' stdout
	ends 4 plan --live live.yaml --fail-on withheld manifests
}

@test "a guard refuses and nothing is changed: 4" {
	sed -i 's/^  provider: file/  provider: file\n  guards: {maxAdminGrants: 0}/' \
		manifests/organization.yaml
	cp live.yaml before.yaml
	ends 4 apply --live live.yaml --auto-approve manifests
	grep -q 'allow with --allow-admin-grants 1' stderr
	cmp live.yaml before.yaml
	ends 4 plan --live live.yaml --fail-on guard manifests
	ends 4 apply --live live.yaml --auto-approve --allow-admin-grants 1 manifests
	ends 2 plan --live live.yaml --detailed-exitcode manifests
}

@test "a role keeps its holders whatever is allowed: 4" {
	sed -i 's/members: .*/members: [{user: jane@example.com}], unlisted: remove}/
		s/^spec:$/spec: {/; s/^  role: system-administrator$/&,/' live.yaml
	cat >manifests/admins.yaml <<-EOF
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: admins}
		spec: {role: system-administrator, members: [], unlisted: remove}
	EOF
	acme live.yaml <<-EOF
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: admins}
		spec: {role: system-administrator,
		  members: [{user: jane@example.com}, {user: omar@example.com}]}
	EOF
	cp live.yaml before.yaml
	ends 4 apply --live live.yaml --auto-approve --allow-remove '100%' manifests
	grep -q 'minHolders of system-administrator' stdout
	ends 0 import --live before.yaml --out before
	ends 0 import --live live.yaml --out after
	diff before/admin-roles.yaml after/admin-roles.yaml
}

@test "a saved plan is applied once, in time, and only where it still fits: 3" {
	ends 0 plan --live live.yaml --allow-remove 1 --out plan.json manifests
	digest="sha256:$(sha256sum plan.json | cut -d ' ' -f 1)"
	grep -q "$digest" stdout
	ends 3 apply --live live.yaml --expect sha256:0 --plan plan.json
	WRIT_NOW=2026-06-02T00:00:01Z ends 3 apply --live live.yaml --plan plan.json
	cp live.yaml before.yaml
	sed -i '/adminRoles: .* #/d' live.yaml
	ends 3 apply --live live.yaml --plan plan.json
	grep -q stale stderr
	cp before.yaml live.yaml
	ends 0 apply --live live.yaml --expect "$digest" --plan plan.json
	ends 3 apply --live live.yaml --plan plan.json
	grep -q 'applied already' stderr
}

@test "a plan that was changed on its way is refused" {
	ends 0 plan --live live.yaml --out plan.json manifests
	sed 's/"risk": "admin-grant"/"risk": "ordinary"/' plan.json >forged.json
	ends 1 apply --live live.yaml --plan forged.json
	sed 's/Templates/_org_admin/' plan.json >forged.json
	ends 1 apply --live live.yaml --plan forged.json
	head -c 900 plan.json >forged.json
	ends 1 apply --live live.yaml --plan forged.json
	sed 's/, "withheld": true//' plan.json >forged.json
	ends 1 apply --live live.yaml --plan forged.json
	jq 'del(.changes[].withheld, .changes[].withheld_by) | .summary.withheld = 0' plan.json \
		>forged.json
	ends 4 apply --live live.yaml --plan forged.json
	ends 2 plan --live live.yaml --detailed-exitcode manifests
}

@test "one run at a time: 7" {
	ends 0 plan --live live.yaml --out plan.json manifests
	stops_at apply-before-send:1 apply --live live.yaml --auto-approve manifests
	ends 7 apply --live live.yaml --auto-approve --wait 0 manifests
	kill -CONT $!
	wait $! || true
	ends 4 apply --live live.yaml --auto-approve manifests
}

@test "without a terminal apply of paths is an error, not a hang: 64" {
	ends 64 apply --live live.yaml manifests </dev/null
	ends 64 plan --liv live.yaml manifests
	grep -q 'did you mean --live' stderr
	ends 64 aply
	grep -q 'did you mean apply' stderr
	ends 64 plan --live
	ends 64 schema Organisation
	grep -q 'did you mean Organization' stderr
}

@test "the same input prints the same bytes, in whatever files it stands" {
	ends 0 plan --live live.yaml --format json manifests
	cp stdout first
	ends 0 plan --live live.yaml --format json manifests
	cmp stdout first
	mkdir one
	cp manifests/organization.yaml one/z.yaml
	for file in manifests/accounts/*; do
		printf -- '---\n'
		cat "$file"
	done >one/a.yaml
	ends 0 plan --live live.yaml --format json one
	without() { sed 's/"location": {[^}]*}//g; s/"manifest": {[^}]*}//; s/"digest": "[^"]*"//' \
		"$1"; }
	[ "$(without stdout)" = "$(without first)" ]
}

@test "another organisation is refused: 1" {
	sed -i 's/name: acme/name: other/' live.yaml
	ends 1 plan --live live.yaml manifests
	grep -q 'E0601' stderr
	ends 1 plan --live live.yaml --org other manifests
}

@test "show prints an organisation, ledger a run" {
	ends 0 plan --live live.yaml --out plan.json manifests
	ends 0 show live.yaml
	grep -q 'kind: TechnicalAccount' stdout
	ends 4 apply --live live.yaml --plan plan.json
	run=$(sed -n 's/^Run: //p' stdout)
	ends 0 ledger show "$run"
	grep -q "^$run: done" stdout
	ends 0 ledger show --format json "$run"
	grep -q '"state": "done"' stdout
	ends 1 show nothing
}

@test "init writes valid manifests and overwrites nothing" {
	ends 0 init fresh
	ends 0 validate --strict fresh/manifests
	ends 1 init fresh
	echo nothing changes | ends 1 validate -
}

@test "help and version" {
	ends 0 help
	ends 0 help apply
	grep -q -- '--resume' stdout
	ends 0 version
	ends 0 --version
	grep -q '^writ [0-9]' stdout
	ends 0 validate --explain E0413
	grep -q underscore stdout
}

@test "output that cannot be written is an error" {
	run bash -c '"$WRIT" plan --live live.yaml manifests >/dev/full'
	[ "$status" -eq 1 ]
	run bash -c '"$WRIT" plan --live live.yaml --detailed-exitcode manifests >/dev/full'
	[ "$status" -eq 1 ]
	run bash -c '"$WRIT" plan --live live.yaml manifests 2>&1 >/dev/full | grep -c "standard output"'
	[ "$output" = 1 ]
	run bash -c '"$WRIT" version >&-'
	[ "$status" -eq 1 ]
	[ "$output" = "writ: error: writing to standard output failed" ]
}

@test "the printed schemas are those in schemas/" {
	for kind in $("$WRIT" schema --list); do
		ends 0 schema "$kind"
		cmp stdout "$WRIT_ROOT/schemas/$kind.schema.json"
	done
}

@test "what a live file says of its organisation is still there once it was written" {
	cat >live.yaml <<-'END'
		apiVersion: writ/v1
		kind: Organization
		metadata:
		  name: acme
		  labels:
		    team: "say \"it\""
		spec:
		  provider: file
		  unlisted: report
		  enterpriseStorage:
		    - {product: Storage}
		    - {product: Storage, profile: Large}
		  guards:
		    maxRemovals: 0
		    maxRemovalDelta: 5%
		    maxAdminGrants: 1
		    minHolders: 2
		  ignoredDrift:
		    - {fingerprint: "0a1b2c3d4e5f6071", until: "2027-03-31", reason: "\"our\" desk"}
		status:
		  products:
		    - {product: Express, profile: Default}
		  users:
		    - jane@example.com
		  groups: []
	END
	cp live.yaml kept.yaml
	acme m.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: reader, labels: {}}
		spec: {}
	END
	ends 0 apply --live live.yaml --auto-approve m.yaml
	sed '/^---$/,$d' live.yaml | diff kept.yaml -
	grep -q '^  labels: {}$' live.yaml
}
