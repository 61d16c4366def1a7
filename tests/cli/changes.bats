#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# One table of what changed in a period: by runs, past them, on whose word, and what of it is not known.

setup() {
	load helper
	common_setup
	git_setup
	export XDG_CONFIG_HOME="$BATS_TEST_TMPDIR/config" XDG_CACHE_HOME="$BATS_TEST_TMPDIR/cache"
	unset WRIT_CONFIG GIT_AUTHOR_DATE GIT_COMMITTER_DATE
	quickstart
	git init -q repo
	git init -q source
	mv manifests source/
	cat >source/manifests/support.yaml <<-'END'
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: support}
		spec:
		  role: support-administrator
		  members:
		    - {account: template-sync, reason: helps the brand team, ticket: OPS-7, expires: 2026-06-03}
		    - {user: jane@example.com, reason: on call}
	END
	source_commit 2026-05-20 Ann 'manifests: the first ones'
}

# source_commit DAY AUTHOR MESSAGE [OPTION...]: all of the manifests' work tree.
source_commit() {
	git -C source add -A
	GIT_AUTHOR_NAME=$2 GIT_AUTHOR_EMAIL="${2,,}@example.com" GIT_AUTHOR_DATE="${1}T12:00:00Z" GIT_COMMITTER_DATE="${1}T12:00:00Z" \
		git -C source commit -q -m "$3" "${@:4}"
}

# source_merge DAY AUTHOR MESSAGE [OPTION...]: the branch "work" into main.
source_merge() {
	git -C source checkout -q main
	GIT_AUTHOR_NAME=$2 GIT_AUTHOR_EMAIL="${2,,}@example.com" GIT_AUTHOR_DATE="${1}T12:00:00Z" GIT_COMMITTER_DATE="${1}T12:00:00Z" \
		git -C source -c "user.name=$2" -c "user.email=${2,,}@example.com" merge -q --no-ff -m "$3" "${@:4}" work
	git -C source branch -q -d work
}

# apply DAY [OPTION...]: at noon.
apply() {
	WRIT_NOW="${1}T12:00:00Z" ends 0 apply --live live.yaml --auto-approve --allow-remove 100% --allow-admin-grants 9 \
		--snapshot repo/acme --commit --actor "${ACTOR:-robot}" "${@:2}" source/manifests
}

snapshot() {
	WRIT_NOW="${1}T12:00:00Z" ends 0 snapshot --live live.yaml --snapshot repo/acme --commit
}

# changes [OPTION...]
changes() {
	ends 0 log --changes --snapshot repo/acme --manifests source/manifests "$@"
}

# table FILTER [OPTION...]: what jq makes of each change, a line each.
table() {
	changes --format json "${@:2}"
	jq -r "[.changes[] | $1] | .[]" stdout
}

# story: a month as it goes. A grant by a reviewed merge, one in a squashed commit, one by drift, one that ends, one that is
# taken out by its writer alone.
story() {
	snapshot 2026-06-01
	apply 2026-06-02
	git -C source checkout -q -b work
	sed -i 's/^  adminRoles: \[\]$/  adminRoles: [{role: support-administrator, reason: "=HYPERLINK(\\"x\\")", ticket: <b>OPS-9<\/b>}]/' \
		source/manifests/accounts/report-reader.yaml
	source_commit 2026-06-03 Ben 'report-reader: may open cases'
	source_merge 2026-06-04 Carl 'Merge pull request 9' -m 'Reviewed-by: Rita <rita@example.com>'
	ACTOR=robot2 apply 2026-06-04
	sed -i 's/omar@/oscar@/' live.yaml
	snapshot 2026-06-05
	sed -i '/jane@/d' source/manifests/support.yaml
	sed -i '/profile: Templates/d' source/manifests/accounts/template-sync.yaml
	source_commit 2026-06-06 Dora 'clean-up' -m 'Reviewed-by: Rita <rita@example.com>'
	apply 2026-06-07
}

# Commits and digests, which depend on the program's version and on who runs the test.
steady() {
	sed -i "s/sha256:[0-9a-f]\{64\}/sha256:X/g; s/Z-[0-9a-f]\{12\}-/Z-DIGEST-/g; s/snapshot [0-9a-f]\{12\}/snapshot ID/; s/\"snapshot\":\"[0-9a-f]*\"/\"snapshot\":\"ID\"/g; s/,[0-9a-f]\{40\},sha256/,ID,sha256/; s/,[0-9a-f]\{40\},,,,/,ID,,,,/; s/commit [0-9a-f]\{12\}/commit ID/g; s/\"\(commit\|manifests\)\":\"[0-9a-f]\{40\}\"/\"\1\":\"ID\"/g; s/[0-9a-f]\{40\}/ID/g; s/style-src 'sha256-[^']*'/style-src 'sha256-X'/; s/<style>/\n&/" stdout stderr
}

@test "a month in each format" {
	story
	for format in text json csv html; do
		changes --since 2026-06-02 --until 2026-06-07 --format "$format"
		steady
		sed -i '/^<style>/,/^<\/style>/d' stdout
		assert_golden "changes-$format"
	done
}
