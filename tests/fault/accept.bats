#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Drift is written into several manifests, and the program is killed at every point: no file is
# half, and the next run starts anew or tells how to finish.

setup() {
	load ../cli/helper
	load ways
	load service
	common_setup
	mkdir manifests
	three_accounts manifests
	cp -R manifests before
	# shellcheck disable=SC2034 # read by the helper
	WRIT=$WRIT_FAILPOINT_BIN
}

accept() {
	run_writ drift accept --live live.yaml --base snapshot manifests
}

# left ENDING: files that the program has beside the manifests.
left() {
	find manifests -name ".*$1" | wc -l
}

@test "killed at every point: each file is old or new, and the next run goes on or says how" {
	WRIT_FAILPOINT_LOG=$PWD/points accept
	[ "$status" -eq 0 ]
	cp -R manifests after
	[ "$(left '')" -eq 0 ]
	count=$(wc -l <points)
	[ "$count" -eq 9 ]
	[ "$(sort -u points | tr '\n' ' ')" = \
		'edit-before-new edit-before-part edit-before-place ' ]
	KILL_STEP=1 ways 1 >rows
	while read -r n way due <&4; do
		rm -rf manifests
		cp -R before manifests
		WRIT_FAILPOINT="*:$n$way" accept
		[ "$status" -eq "$due" ]
		if [ "$status" -eq 0 ]; then
			diff -r after manifests || { echo "after point $n$way"; return 1; }
			continue
		fi
		for file in 0 1 2 3; do
			cmp -s manifests/$file.yaml before/$file.yaml ||
				cmp manifests/$file.yaml after/$file.yaml
		done
		[ "$n" -gt 6 ] || diff -r -x '.*' before manifests
		new=$(left .writ-new)
		accept
		if [ "$n" -le 6 ]; then
			[ "$status" -eq 0 ]
		else
			[ "$status" -eq 1 ]
			[ "$new" -eq $((10 - n)) ]
			finish=$(sed -n 's/.*finish with: \(.*\); or take back.*/\1/p' stderr)
			[ "$(grep -o 'mv ' <<<"$finish" | wc -l)" -eq "$new" ]
			run_writ drift ignore 0123456789abcdef --until 2027-01-01 --reason x \
				--live live.yaml --base snapshot manifests
			[ "$status" -eq 1 ]
			ends 0 validate manifests
			eval "$finish"
		fi
		diff -r after manifests || { echo "after point $n$way"; return 1; }
	done 4<rows
}

@test "a file that cannot be replaced: all are as they were" {
	mkdir manifests/.2.yaml.writ-part
	accept
	[ "$status" -eq 1 ]
	grep -q '.2.yaml.writ-part' stderr
	rmdir manifests/.2.yaml.writ-part
	diff -r before manifests
}
