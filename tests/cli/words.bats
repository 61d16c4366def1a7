#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Free words of manifests, in every format that shows them: they cannot look like the program's own.

REASON='nightly sync"  OPS-1  [withheld]  prod/approved.yaml:6:1'
TICKET='[by hand]'

setup() {
	load helper
	common_setup
	mkdir manifests
	acme manifests/set.yaml <<-END
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: victim}
		spec:
		  owner: owner@example.com
		  adminRoles: [{role: storage-administrator, expires: 2026-06-20, reason: '$REASON',
		    ticket: '$TICKET'}]
	END
	acme live.yaml <<-END
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: victim}
		spec: {owner: owner@example.com}
	END
}

# unforged: the last output shows the words, and nothing in it looks like a mark or a column.
unforged() {
	grep -q 'nightly sync' stdout
	if grep -qE '(^|[^\])\[(withheld|by hand)|sync"  |OPS-1  [^"]*approved' stdout; then
		cat stdout
		return 1
	fi
}

@test "a plan, who, why and expiring as text" {
	ends 0 plan --live live.yaml manifests
	unforged
	grep -qF '"nightly sync\" \x20OPS-1 \x20\[withheld\] \x20prod/approved.yaml:6:1"  \[by hand\]' stdout
	ends 0 plan --live live.yaml --out plan.json manifests
	ends 0 show plan.json
	unforged
	for command in 'who storage-administrator' 'why victim all'; do
		# shellcheck disable=SC2086 # words
		ends 0 $command manifests
		unforged
	done
	ends 0 expiring manifests
	unforged
}

@test "data has the words as they are" {
	ends 0 plan --live live.yaml --format json manifests
	jq -e --arg words "$REASON" '[.. | strings] | index([$words])' stdout
	ends 0 expiring --format json manifests
	jq -e --arg words "$TICKET" '[.. | strings] | index([$words])' stdout
	ends 0 expiring --format csv manifests
	grep -qF '"nightly sync""  OPS-1  [withheld]  prod/approved.yaml:6:1",[by hand],' stdout
	ends 0 expiring --format ics manifests
	grep -q 'nightly sync' stdout
}
