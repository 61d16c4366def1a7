#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Exit statuses that only come about when something outside the manifests is in the way.

setup() {
	load helper
	common_setup
	quickstart
}

# unheard COMMAND...: runs it with standard output on a full disk.
unheard() {
	status=0
	"$@" >/dev/full 2>stderr </dev/null || status=$?
	: >stdout
}

@test "a result that cannot be written after an apply: 8, and live is converged" {
	ends 0 plan --live live.yaml --allow-remove 1 --out plan.json manifests
	unheard "$WRIT" apply --live live.yaml --plan plan.json
	assert_golden status-unheard
	[ "$status" -eq 8 ]
	ends 0 plan --live live.yaml --detailed-exitcode manifests
}

@test "standard output that was closed before an apply: 8" {
	ends 0 plan --live live.yaml --allow-remove 1 --out plan.json manifests
	status=0
	"$WRIT" apply --live live.yaml --plan plan.json >&- 2>stderr </dev/null || status=$?
	[ "$status" -eq 8 ]
	grep -q 'writing to standard output failed' stderr
	ends 0 plan --live live.yaml --detailed-exitcode manifests
}

@test "a worse status is kept when nobody hears it: 4 and 5" {
	ends 0 plan --live live.yaml --out plan.json manifests
	unheard "$WRIT" apply --live live.yaml --plan plan.json
	[ "$status" -eq 4 ]
	grep -q 'writing to standard output failed' stderr
	mkdir folder
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" folder/live.yaml
	echo precious >folder/notes.txt
	ends 0 plan --live folder --allow-remove 1 --out plan.json manifests
	unheard "$WRIT" apply --live folder --plan plan.json
	[ "$status" -eq 5 ]
}

@test "a result that cannot be written when nothing was sent: 1, whatever it would have been" {
	for option in --strict --detailed-exitcode; do
		command=plan
		[ "$option" = --strict ] && command=validate
		live=(--live live.yaml)
		[ "$option" = --strict ] && live=()
		unheard "$WRIT" "$command" "${live[@]}" "$option" --format json manifests
		[ "$status" -eq 1 ]
	done
}

@test "stopped part-way: 5, and what to do next" {
	mkdir folder
	cp live.yaml folder/live.yaml
	echo precious >folder/notes.txt
	run_writ apply --live folder --auto-approve --allow-remove 1 manifests
	assert_golden status-partial
	[ "$status" -eq 5 ]
	rm folder/notes.txt
	run_writ apply --live folder --auto-approve --resume
	assert_golden status-resumed
	[ "$status" -eq 0 ]
}

@test "another run holds the lock: 7, and who it is" {
	WRIT_ACTOR=ann stops_at apply-before-send:1 apply --live live.yaml --auto-approve \
		--allow-remove 1 manifests
	run_writ apply --live live.yaml --auto-approve --allow-remove 1 --wait 0 manifests
	kill -KILL $!
	wait $! || true
	[ "$status" -eq 7 ]
	assert_golden status-locked
}

@test "a saved plan of empty manifests meets its guard again: 4, whatever is allowed" {
	rm -r manifests/accounts
	sed -i 's/unlisted: report/unlisted: remove/' manifests/organization.yaml
	run_writ plan --live live.yaml --allow-remove '100%' --out plan.json manifests
	assert_golden status-empty-plan
	cp live.yaml before
	run_writ apply --live live.yaml --allow-remove '100%' --plan plan.json
	assert_golden status-empty
	[ "$status" -eq 4 ]
	cmp live.yaml before
}

# A service that asks who is there, and has no API for administrators of storage.
served() {
	load ../emulator/helper
	emulator_setup
	operated_start
	wants <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset-archiver}
		spec:
		  adminRoles: [{role: storage-administrator,
		    reason: moves the content of every user}]
	END
}

teardown() {
	[ -z "${PID:-}" ] || emulator_stop
}

@test "steps that wait for a person: 6" {
	served
	run_writ apply --config config.yaml --auto-approve wanted.yaml
	assert_golden status-by-hand
	[ "$status" -eq 6 ]
}

@test "credentials that the service refuses: 9, and nothing is said about the organisation" {
	served
	printf wrong >user-token
	run_writ plan --config config.yaml wanted.yaml
	assert_golden status-refused-credentials
	[ "$status" -eq 9 ]
}
