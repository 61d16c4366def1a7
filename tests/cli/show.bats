#!/usr/bin/env bats

setup() {
	load helper
	common_setup
	quickstart
}

@test "a plan, as text and as the very bytes" {
	ends 0 plan --live live.yaml --out plan.json manifests
	cp stdout text
	ends 0 show plan.json
	cmp stdout text
	ends 0 show --format json plan.json
	cmp stdout plan.json
}

@test "a journal" {
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	journal=$(find state -name '*.wal')
	run_writ show "$journal"
	sed -i 's/sha256:[0-9a-f]*/sha256:X/; s/"by": "[^"]*"/"by": "USER on HOST"/' stdout
	assert_golden show-journal
	ends 0 show --format json "$journal"
	jq -e .ended stdout
	head -c -10 "$journal" >torn
	ends 0 show torn
	printf 'X' | dd of="$journal" bs=1 seek=40 conv=notrunc 2>/dev/null
	ends 1 show "$journal"
}

@test "an organisation" {
	run_writ show live.yaml
	assert_golden show-live
	ends 0 show --format text=shown --format text live.yaml
	cmp shown stdout
	run_writ show --format json live.yaml
	[ "$status" -eq 64 ] && grep -q 'shown as manifests' stderr
}

@test "no file, two files, nothing that it knows" {
	ends 64 show
	ends 64 show live.yaml live.yaml
	ends 1 show nothing
	grep -qx 'writ: error: reading nothing: No such file or directory' stderr
	head -c 5000 /dev/urandom >noise
	ends 1 show noise
	: >empty
	run_writ show empty
	[ "$status" -eq 1 ]
}
