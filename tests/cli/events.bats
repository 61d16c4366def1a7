#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What a run does as lines of JSON, for a program that follows it.

setup() {
	load helper
	common_setup
	quickstart
}

# told FILE FILTER...: what jq finds in the lines, each of which is an object of its own.
told() {
	jq -c -e '.["@level"] and .["@message"] != null and .["@module"] == "writ.ui" and
		.["@timestamp"] and .type' "$1" \
		>/dev/null || return 1
	jq -r "${@:2}" "$1"
}

@test "a plan as lines: first the version, last the exit status" {
	ends 2 plan --json --detailed-exitcode --live live.yaml manifests
	[ "$(told stdout .type | uniq -c | awk '{print $1, $2}' | paste -sd,)" = \
		'1 version,7 planned_change,1 change_summary,1 log,1 end' ]
	[ "$(told stdout 'select(.type == "end").status')" = 2 ]
	[ "$(told stdout 'select(.type == "change_summary").changes |
		"\(.operation) \(.add) \(.remove) \(.withheld)"')" = 'plan 6 1 1' ]
	digest=$(told stdout 'select(.type == "change_summary").plan_digest')
	ends 0 plan --live live.yaml manifests
	grep -qF "$digest" stdout
	# What is dangerous, and which line causes it.
	ends 0 plan --json --live live.yaml manifests
	[ "$(told stdout 'select(.change.risk == "admin-grant").change |
		"\(.resource.addr) \(.location.file):\(.location.line)"')" = \
		'grant/technicalAccount/asset-archiver/role/storage-administrator manifests/accounts/asset-archiver.yaml:7' ]
}

@test "an apply as lines: each change as it is sent, and what became of it" {
	ends 4 apply --json --auto-approve --live live.yaml manifests
	[ "$(told stdout 'select(.type == "apply_start").hook.id' | sort | paste -sd,)" = \
		c1,c2,c3,c4,c5,c6 ]
	[ "$(told stdout 'select(.type == "apply_complete").hook.fate' | sort | uniq -c |
		awk '{print $1, $2}')" = '6 done' ]
	[ "$(told stdout 'select(.type == "apply_left").hook | "\(.id) \(.fate)"')" = \
		'c7 withheld' ]
	[ "$(told stdout 'select(.changes.operation == "apply") |
		"\(.changes.done) \(.changes.withheld) \(.run)"')" = \
		"6 1 $("$WRIT" log --format json | jq -r '.runs[0].run')" ]
	[ "$(told stdout 'select(.type == "end").status')" = 4 ]
	# Nobody is asked, and nothing but lines goes to standard output.
	ends 64 apply --json --live live.yaml manifests
	[ "$(told stdout 'select(.type == "diagnostic").diagnostic.summary' |
		grep -c 'auto-approve')" -eq 1 ]
	[ "$(told stdout 'select(.type == "end").status')" = 64 ]
}

@test "lines to a file stand beside results" {
	ends 0 plan --json-into lines.json --live live.yaml manifests
	cp stdout plain
	[ "$(stat -c %a lines.json)" = 600 ]
	[ "$(told lines.json 'select(.type == "planned_change").change.id' | wc -l)" -eq 7 ]
	ends 0 plan --live live.yaml manifests
	cmp stdout plain
	ends 0 plan --json --format markdown=out.md --live live.yaml manifests
	grep -q storage-administrator out.md
	[ "$(told stdout 'select(.type == "planned_change").change.id' | wc -l)" -eq 7 ]
	ends 64 plan --json --format json --live live.yaml manifests
	ends 64 plan --json --json-into x.json --live live.yaml manifests
	ln -s "$PWD/elsewhere" link.json
	ends 1 plan --json-into link.json --live live.yaml manifests
	[ ! -e elsewhere ]
}

@test "lines that cannot be written: which, and why" {
	ends 1 plan --json-into /dev/full --live live.yaml manifests
	grep -qF 'writing /dev/full (--json-into): No space left on device' stderr
	mkfifo pipe
	ends 1 plan --json-into pipe --live live.yaml manifests
	grep -qF 'nobody reads the pipe pipe (--json-into) yet; start its reader first' stderr
	# What goes on does not stop, and says so at its end.
	ends 8 apply --auto-approve --allow-remove 1 --json-into /dev/full --live live.yaml \
		manifests
	grep -qF 'writing /dev/full (--json-into): No space left on device' stderr
	ends 0 plan --detailed-exitcode --live live.yaml manifests
}

@test "findings are lines too" {
	printf 'kind: AccessBundle\n' >manifests/bad.yaml
	ends 1 plan --json --live live.yaml manifests
	[ "$(told stdout 'select(.type == "diagnostic").diagnostic |
		"\(.severity) \(.id) \(.range.filename):\(.range.start.line)"' | sort -u |
		head -n 1)" = 'error E0402 manifests/bad.yaml:1' ]
	[ "$(told stdout 'select(.type == "end").status')" = 1 ]
}

@test "drift, import and restore as lines" {
	git_setup
	git init -q repo
	ends 0 snapshot --commit --live live.yaml --snapshot repo/acme
	sed -i 's/adminRoles: .*/adminRoles: []/' live.yaml
	ends 0 import --json --live live.yaml --out got
	[ "$(told stdout 'select(.changes.operation == "import").organization')" = acme ]
	[ -s got/organization.yaml ] || [ -n "$(ls got)" ]
	ends 64 import --json --live live.yaml
	sed -i 's/profile: Templates/profile: Default/' live.yaml
	run_writ drift --json --live live.yaml --base repo/acme
	found=$(told stdout 'select(.type == "resource_drift").change.fingerprint' | wc -l)
	[ "$(told stdout 'select(.changes.operation == "drift").changes.open')" -eq "$found" ]
	run_writ restore --json --live live.yaml --from repo/acme
	[ "$(told stdout 'select(.type == "end").status')" -eq "$status" ]
	[ "$(told stdout 'select(.changes.operation == "plan").changes.add')" -ge 0 ]
}

@test "a line is written whole, in one call" {
	skip_sanitized
	command -v strace >/dev/null || skip 'strace is not here'
	strace -f -qq -e trace=write -e write=none -s 0 -o calls "$WRIT" plan --json \
		--live live.yaml manifests >stdout
	[ "$(grep -c 'write(1, ' calls)" -eq "$(wc -l <stdout)" ]
}
