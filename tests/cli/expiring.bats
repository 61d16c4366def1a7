#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	quickstart
	cp "$WRIT_ROOT/tests/data/answers/ends.yaml" manifests
}

@test "grants that end soon, in every format" {
	in_formats expiring 'text json csv ics' expiring manifests
}

@test "none: says until when" {
	rm manifests/ends.yaml
	run_writ expiring --in 2w manifests
	assert_golden expiring-none
}

@test "--in: days, weeks, and months of the calendar" {
	while read -r now span until; do
		WRIT_NOW="${now}T12:00:00Z" ends 0 expiring --in "$span" --format json manifests
		[ "$(jq -r .until stdout)" = "$until" ] ||
			{ echo "$now $span"; cat stdout; return 1; }
	done <<-END
		2026-06-01 1d 2026-06-02
		2026-06-01 4w 2026-06-29
		2026-06-01 1m 2026-07-01
		2026-12-31 2m 2027-02-28
		2028-01-31 1m 2028-02-29
		2026-06-15 12m 2027-06-15
	END
	for span in 0d 30 d 3h 30dd -1d 99999d ''; do
		ends 64 expiring --in "$span" manifests
	done
}

@test "the last day counts, the day after it does not" {
	WRIT_NOW=2026-06-10T23:59:59Z ends 0 expiring --in 1d --format json manifests
	[ "$(jq '.grants | length' stdout)" = 2 ]
	WRIT_NOW=2026-06-11T00:00:00Z ends 0 expiring --in 1d --format json manifests
	[ "$(jq '.grants | length' stdout)" = 0 ]
}

@test "a calendar's event keeps its UID when its line or date moves" {
	ends 0 expiring --format ics manifests
	grep ^UID stdout | sort >before
	sed -i '1i # a comment' manifests/ends.yaml
	sed -i 's/expires: 2026-06-10/expires: 2026-06-12/' manifests/ends.yaml
	ends 0 expiring --format ics manifests
	grep ^UID stdout | sort | diff before -
	[ "$(sort -u before | wc -l)" -eq 4 ]
}

@test "an invalid manifest: 1, and formats that others have: 64" {
	echo 'apiVersion: [writ/v1' >manifests/bad.yaml
	ends 1 expiring manifests
	ends 64 expiring --format yaml manifests
	ends 64 validate --format ics manifests
}
