#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Recording a run is killed at every point, its disk is full, and readers look on.

setup() {
	load ../cli/helper
	load ways
	common_setup
	git_setup
	quickstart
	git init -q repo
	WRIT=$WRIT_FAILPOINT_BIN
}

record() {
	run_writ snapshot --live live.yaml --snapshot repo/org --commit "$@"
}

# What is in the repository, but for times.
contents() {
	git -C "$1" log --format='%T %s' main
	git -C "$1" status --porcelain
	(cd "$1" && find org -type f -exec sha256sum {} + | sort)
}

@test "killed at every point, then recorded again: as if nothing had happened" {
	record
	sed -i 's/omar@/oscar@/' live.yaml
	ends 0 apply --live live.yaml --auto-approve --allow-remove '100%' manifests
	name=$(sed -n 's/^Run: //p' stdout)
	cp -R repo start
	WRIT_FAILPOINT_LOG=$PWD/points record --run "$name"
	[ "$status" -eq 0 ]
	contents repo >due
	[ "$(git -C repo rev-list --count main)" -eq 3 ]
	count=$(wc -l <points)
	# The points of the child are counted from those of the parent on.
	echo "# $count kill points" >&3
	[ "$count" -ge 10 ]
	KILL_STEP=1 ways 1 >rows
	while read -r n way due <&4; do
		rm -rf repo
		cp -R start repo
		WRIT_FAILPOINT="*:$n$way" record --run "$name"
		[ "$status" -eq "$due" ] || [ "$status" -eq 8 ] ||
			{ echo "point $n$way: $status"; cat stderr; return 1; }
		git -C repo fsck --strict
		ends 0 validate repo/org
		record --run "$name"
		[ "$status" -eq 0 ] || { echo "after point $n$way: $status"; cat stderr; return 1; }
		contents repo | diff due - || { echo "after point $n$way"; return 1; }
	done 4<rows
}

@test "a reader sees the old set or the new one, never a mix" {
	for name in one two; do
		{
			organization ''
			echo "status: {users: [$name@example.com]}"
			document AdminRole r \
				"role: support-administrator, members: [{user: $name@example.com}]"
		} >"$name.yaml"
	done
	ends 0 snapshot --live one.yaml --snapshot org
	cp -R org kept
	: >seen
	while [ ! -e stop ]; do
		"$WRIT" import --live org >reading 2>&1 || { cat reading >failed; break; }
		[ "$(grep -c one@ reading)" -ne 1 ] || echo mix >>failed
		case $(grep -o '[a-z]*@' reading | sort -u | tr -d '\n') in
		one@ | two@) echo whole >>seen ;;
		*) cat reading >>failed ;;
		esac
	done &
	reader=$!
	for _ in $(seq 1 15); do
		"$WRIT" snapshot --live two.yaml --snapshot org >/dev/null
		"$WRIT" snapshot --live one.yaml --snapshot org >/dev/null
	done
	touch stop
	wait "$reader"
	[ ! -e failed ] || { cat failed; return 1; }
	[ -s seen ]
	diff <(grep -v serial kept/organization.yaml) <(grep -v serial org/organization.yaml)
}

# Files grow to 1 KiB at most: what a full disk does, without one. A build that counts branches
# would cut off its counts.
with_full_disk() {
	(
		export GCOV_PREFIX=/dev/null
		trap '' XFSZ
		ulimit -f 1
		"$WRIT" "$@" 2>&1 | grep -v "^profiling:" >output
		exit "${PIPESTATUS[0]}"
	)
}

@test "a full disk while the files are written: the old set stands" {
	record
	cp -R repo before
	for i in $(seq 1 40); do
		document TechnicalAccount "a-$i" "owner: \"$(echo "$i" | sha256sum)\"" >>live.yaml
	done
	status=0
	with_full_disk snapshot --live live.yaml --snapshot repo/org --commit || status=$?
	[ "$status" -eq 8 ]
	grep -q 'File too large' output
	grep -q 'again with: writ snapshot --commit' output
	diff -r -x .org.writ before repo
	record
	[ "$status" -eq 0 ]
	[ -z "$(git -C repo status --porcelain)" ]
}

@test "a full disk while committing: the branch stands, the repository is sound" {
	git init -q --bare bare.git
	operator_says <<<'snapshot: {repository: bare.git, folder: org}'
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	for i in $(seq 1 40); do
		document TechnicalAccount "a-$i" "owner: \"$(echo "$i" | sha256sum)\"" >>live.yaml
	done
	status=0
	with_full_disk snapshot --live live.yaml --config config.yaml --org acme || status=$?
	[ "$status" -eq 8 ]
	grep -q 'again with: writ snapshot --commit --live live.yaml --config config.yaml --org acme' output
	[ "$(git -C bare.git rev-list --count main)" -eq 1 ]
	git -C bare.git fsck --strict
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	[ "$(git -C bare.git rev-list --count main)" -eq 2 ]
	git -C bare.git fsck --strict
}
