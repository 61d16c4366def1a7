#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Commands that write manifests and snapshots, with system calls that fail.
# shellcheck source=tests/fault/calls.bash
. "${WRIT_ROOT:-.}/tests/fault/calls.bash"

imported() {
	if [ "$status" -eq 0 ]; then
		same imported
		return
	fi
	case $fault in
	*+) rm -rf case/imported ;; # nothing could be tidied up
	esac
	again 0 import --live live.yaml --out imported && same imported
}

begun() {
	if [ "$status" -eq 0 ]; then
		same new
		return
	fi
	case $fault in
	*+) rm -rf case/new ;;
	esac
	again 0 init new && same new
}

prepare quickstart/live.yaml
ready
expect import --live live.yaml --out imported
each_fault 'import --out' imported import --live live.yaml --out imported
expect init new
each_fault init begun init new

# ---- drift ----

accepted() {
	if [ "$status" -eq 0 ]; then
		same manifests
		return
	fi
	case $fault in
	*+) # nothing could be put back
		again 0 drift --live live.yaml --base snapshot accept manifests && return
		grep -q 'an earlier run was stopped while it wrote manifests' again
		return
		;;
	esac
	unchanged manifests && again 0 drift --live live.yaml --base snapshot accept manifests &&
		same manifests
}

prepare quickstart/manifests quickstart/live.yaml
in_folder case snapshot --live live.yaml --out snapshot >/dev/null
sed -i 's/ {user: omar@example.com}/ {user: jim@example.com}/; s/owner: brand@/owner: other@/; s/profile: Default}$/profile: Templates}/' case/live.yaml
ready
expect drift --live live.yaml --base snapshot accept manifests
each_fault 'drift accept' accepted drift --live live.yaml --base snapshot accept manifests

# ---- snapshots ----

written() {
	if [ -d case/org ]; then
		again 0 validate org || return
		cmp case/org/README.md start/org/README.md || return
	fi
	again 0 snapshot --live live.yaml --out org && same org
}

prepare quickstart/live.yaml
in_folder case snapshot --live live.yaml --out org >/dev/null
echo 'Written by writ.' >case/org/README.md
mkdir -p case/.org.writ/next/technical-accounts # of a run that was killed
touch case/.org.writ/next/technical-accounts/00.yaml
sed -i 's/omar@/oscar@/' case/live.yaml
ready
expect snapshot --live live.yaml --out org
each_fault 'snapshot --out' written snapshot --live live.yaml --out org

recorded() {
	if [ -d case/repo/org ]; then
		again 0 validate repo/org || return
	fi
	case $fault in
	# could not be removed, and writ says whose it is
	*+) find case/repo/.git -name '*.lock' -delete ;;
	esac
	git -C case/repo fsck --strict || return
	[ "$status" -ne 0 ] || contents case | diff due.contents - || return
	again 0 snapshot --live live.yaml --snapshot repo/org --commit && contents case |
		diff due.contents -
}

contents() {
	git -C "$1/repo" log --format='%T %s' main
	git -C "$1/repo" status --porcelain
	(cd "$1/repo" && find org -type f -exec sha256sum {} + | sort)
}

git_identity() {
	git -C case/repo config user.name Tester
	git -C case/repo config user.email tester@example.com
}

prepare quickstart/live.yaml
git init -q -b main case/repo
git_identity
in_folder case snapshot --live live.yaml --snapshot repo/org --commit >/dev/null
sed -i 's/omar@/oscar@/' case/live.yaml
ready
expect snapshot --live live.yaml --snapshot repo/org --commit
contents due >due.contents
# shellcheck disable=SC2034 # of calls.bash
step=$((step * 5))
each_fault 'snapshot --commit' recorded snapshot --live live.yaml --snapshot repo/org --commit

plan_tests
