#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Commands that only read, with system calls that fail.
# shellcheck source=tests/fault/calls.bash
. "${WRIT_ROOT:-.}/tests/fault/calls.bash"

# shellcheck disable=SC2034 # of calls.bash
reads=yes

# answers ARGUMENT...: says the same as without a fault, or fails.
answers() {
	expect "$@"
	each_fault "$*" told "$@"
}

told() {
	[ "$status" -eq 1 ] || cmp stdout due.out
}

# A ledger that cannot be read is said to be so.
listed() {
	grep -q unreadable stdout || told
}

prepare quickstart/manifests quickstart/live.yaml
git init -q -b main case/repo
git -C case/repo config user.name Tester
git -C case/repo config user.email tester@example.com
mkdir -p case/config/writ
printf 'apiVersion: writ/v1\nkind: Configuration\norganizations:\n  - {name: acme, orgId: A@AdobeOrg, snapshot: {repository: ../../repo, folder: org}}\n' >case/config/writ/config.yaml
chmod 600 case/config/writ/config.yaml
in_folder case apply --live live.yaml --auto-approve --allow-remove 1 --snapshot repo/org \
	--commit manifests >/dev/null
ready

expect log --snapshot repo/org
each_fault log listed log --snapshot repo/org
answers ledger show 2026
answers undo 2026 --live live.yaml
answers why asset-archiver all manifests
reads= # but for the cache
answers why asset-archiver --history --snapshot repo/org
reads=yes
answers drift --live live.yaml --snapshot repo/org
answers restore --live live.yaml --from repo/org --rehearse
answers snapshot list
answers snapshot diff repo/org live.yaml
answers drift --live live.yaml --base live.yaml

# What is found is the result.
# shellcheck disable=SC2034 # of calls.bash
says=stdout
answers log verify --snapshot repo/org

plan_tests
