#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# One table of what changed in a period: by runs, past them, on whose word, and what of it is not
# known.

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
		    - {account: template-sync, reason: helps the brand team, ticket: OPS-7,
		        expires: 2026-06-03}
		    - {user: jane@example.com, reason: on call}
	END
	source_commit 2026-05-20 Ann 'manifests: the first ones'
}

# source_commit DAY AUTHOR MESSAGE [OPTION...]: all of the manifests' work tree.
source_commit() {
	git -C source add -A
	GIT_AUTHOR_NAME=$2 GIT_AUTHOR_EMAIL="${2,,}@example.com" \
		GIT_AUTHOR_DATE="${1}T12:00:00Z" GIT_COMMITTER_DATE="${1}T12:00:00Z" \
		git -C source commit -q -m "$3" "${@:4}"
}

# source_merge DAY AUTHOR MESSAGE [OPTION...]: the branch "work" into main.
source_merge() {
	git -C source checkout -q main
	GIT_AUTHOR_NAME=$2 GIT_AUTHOR_EMAIL="${2,,}@example.com" \
		GIT_AUTHOR_DATE="${1}T12:00:00Z" GIT_COMMITTER_DATE="${1}T12:00:00Z" \
		git -C source -c "user.name=$2" -c "user.email=${2,,}@example.com" merge -q \
		--no-ff -m "$3" "${@:4}" work
	git -C source branch -q -d work
}

# apply DAY [OPTION...]: at noon.
apply() {
	WRIT_NOW="${1}T12:00:00Z" ends 0 apply --live live.yaml --auto-approve --allow-remove 100% \
		--allow-admin-grants 9 \
		--snapshot repo/acme --commit --actor "${ACTOR:-robot}" "${@:2}" source/manifests
}

snapshot() {
	WRIT_NOW="${1}T12:00:00Z" ends 0 snapshot --live live.yaml --snapshot repo/acme --commit
}

# changes [OPTION...]: with the manifests in $source
changes() {
	ends 0 log --changes --snapshot repo/acme "${source:-source}/manifests" "$@"
}

# table FILTER [OPTION...]: what jq makes of each change, a line each.
table() {
	changes --format json "${@:2}"
	jq -r "[.changes[] | $1] | .[]" stdout
}

# story: a month as it goes. A grant by a reviewed merge, one in a squashed commit, one by drift,
# one that ends, one that is taken out by its writer alone.
story() {
	snapshot 2026-06-01
	apply 2026-06-02
	git -C source checkout -q -b work
	local reason='reason: "=HYPERLINK(\\"x\\")", ticket: <b>OPS-9</b>'
	sed -i "s|^  adminRoles: \[\]\$|  adminRoles: [{role: support-administrator, $reason}]|" \
		source/manifests/accounts/report-reader.yaml
	source_commit 2026-06-03 Ben 'report-reader: may open cases'
	source_merge 2026-06-04 Carl 'Merge pull request 9' \
		-m 'Reviewed-by: Rita <rita@example.com>'
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
	sed -i 's/sha256:[0-9a-f]\{64\}/sha256:X/g
		s/Z-[0-9a-f]\{12\}-/Z-DIGEST-/g
		s/snapshot [0-9a-f]\{12\}/snapshot ID/
		s/"snapshot":"[0-9a-f]*"/"snapshot":"ID"/g
		s/,[0-9a-f]\{40\},sha256/,ID,sha256/
		s/,[0-9a-f]\{40\},,,,/,ID,,,,/
		s/commit [0-9a-f]\{12\}/commit ID/g
		s/"\(commit\|manifests\)":"[0-9a-f]\{40\}"/"\1":"ID"/g
		s/[0-9a-f]\{40\}/ID/g'"
		s/\(style\|script\)-src 'sha256-[^']*'/\1-src 'sha256-X'/g
		s/<style>/\n&/" stdout stderr
}

@test "a month in each format" {
	story
	for format in text json csv html; do
		changes --since 2026-06-02 --until 2026-06-07 --format "$format"
		steady
		sed -i '/^<style>/,/^<\/style>/d; /^<script>/,/^<\/script>/d' stdout
		assert_golden "changes-$format"
	done
}

@test "a period holds its first and its last day whole, and a moment is a moment" {
	story
	[ "$(table .time --since 2026-06-04 --until 2026-06-05 | sort -u | tr '\n' ' ')" = \
		'2026-06-04T12:00:00Z 2026-06-05T12:00:00Z ' ]
	[ -z "$(table .time --since 2026-06-05T12:00:01Z --until 2026-06-07T11:59:59Z)" ]
	[ "$(table .time --since 2026-06-07T12:00:00Z)" = 2026-06-07T12:00:00Z ]
	ends 64 log --changes --since 2026-06-05 --until 2026-06-04
	ends 64 log --changes --since yesterday
	ends 64 log verify --since 2026-06-01
	ends 64 log --format html
	ends 64 log --unapproved
	ends 0 log --since 2026-06-04 --until 2026-06-04 --format json
	[ "$(jq '.runs | length' stdout)" = 1 ]
}

@test "what nobody but its writer stands for, what is claimed, and what is not known" {
	story
	[ "$(table '"\(.principal.name) \(.title) \(.approved)"' --unapproved \
		--since 2026-06-04)" = 'oscar@example.com System administrator no' ]
	[ "$(table '"\(.approver) \(.review)"' --since 2026-06-04 | sort -u | tr '\n' '|')" = \
		'Rita <rita@example.com> claimed|null null|' ]
	# A reviewer who is the writer is none; a merge by somebody else is an approval, one's own
	# is not.
	git -C source checkout -q -b work
	sed -i 's/profile: Default/profile: Templates/' source/manifests/accounts/report-reader.yaml
	source_commit 2026-06-08 Ben 'another profile' -m 'Reviewed-by: Ben <ben@example.com>'
	source_merge 2026-06-09 Ben 'mine'
	apply 2026-06-09
	[ "$(table '"\(.merged.author) \(.approver)"' --unapproved --since 2026-06-09)" = \
		'Ben null' ]
	git clone -q --depth 1 "file://$PWD/source" shallow
	source=shallow changes --since 2026-06-09 --format json
	[ "$(jq -c '[.changes[] | select(.change == "given") | .approved,
		(.note | test("not known here"))]' stdout)" = '["unknown",true]' ]
}

@test "a run that no ledger at hand has is told from its snapshot, and that more is not known" {
	story
	export XDG_STATE_HOME="$BATS_TEST_TMPDIR/nothing"
	[ "$(table '"\(.principal.name) \(.change) \(.source) \(.actor) \(.written.author)"' \
		--since 2026-06-04 --until 2026-06-04 | grep report-reader)" = \
		'report-reader given run null Ben' ]
	changes --format json
	[ "$(jq '[.not_known[] | select(test("known from its commit alone"))] | length' stdout)" = \
		3 ]
	jq -e '.not_known | any(test("no ledger is at hand"))' stdout
	ends 1 log --changes --strict --snapshot repo/acme
	mkdir empty && cd empty
	ends 0 log --changes
	grep -q 'drift is not known here' stdout
}

@test "what a run did that left no snapshot is that run's, and no drift" {
	snapshot 2026-06-01
	WRIT_NOW=2026-06-02T12:00:00Z ends 0 apply --live live.yaml --auto-approve \
		--allow-remove 100% --allow-admin-grants 9 source/manifests
	snapshot 2026-06-03
	changes --format json
	jq -e '(.changes | length > 0) and (.changes | all(.source == "run"))' stdout
	jq -e --arg id "$(git -C repo rev-parse HEAD)" \
		'[.changes[] | select(.change == "given").snapshot] | unique == [$id]' stdout
	# What somebody does behind it is drift.
	sed -i 's/omar@/oscar@/' live.yaml
	snapshot 2026-06-04
	[ "$(table '"\(.change) \(.source) \(.time[0:10])"' --since 2026-06-04 | sort -u)" = \
		"$(printf '%s\n' 'given drift 2026-06-04' 'taken drift 2026-06-04')" ]
}

@test "an account that somebody renamed is changed, and what it kept is not told" {
	snapshot 2026-06-01
	sed -i 's/^metadata: {name: template-sync}/metadata: {name: brand-sync}/
		s/account: template-sync/account: brand-sync/' live.yaml
	snapshot 2026-06-03
	[ "$(table '"\(.change) \(.source) \(.principal.name) \(.with_account)"')" = \
		'changed drift brand-sync template-sync' ] || { cat stdout; return 1; }
	changes
	grep -q 'brand-sync' stdout
	# What came beside the new name is told.
	sed -i 's/^metadata: {name: brand-sync}/metadata: {name: sync}/
		s/account: brand-sync/account: sync/
		0,/products: .{product: Adobe Express, profile: Default/s/Default/Templates/' live.yaml
	snapshot 2026-06-04
	table '"\(.change) \(.principal.name)"' --since 2026-06-04 | sort >told
	printf '%s\n' 'changed sync' 'given sync' 'taken brand-sync' | diff - told
}

@test "what the clone of the snapshots cuts off is nobody's, and what is there was not given then" {
	story
	git clone -q --depth 2 "file://$PWD/repo" cut
	ends 0 log --changes --snapshot cut/acme source/manifests --format json
	jq -e '.not_known | any(test("shallow"))' stdout
	[ "$(jq '[.changes[] | select(.source != "run")] | length' stdout)" = 0 ]
	# Manifests that are not there are no reason to tell nothing.
	ends 1 log --changes --snapshot cut/acme nowhere
	grep -q '^writ: error: finding nowhere: No such file or directory$' stderr
	ends 1 report --since 2026-06-01 --snapshot nowhere source/manifests
	grep -q '^writ: error: there is no snapshot in nowhere$' stderr
	ends 0 snapshot list --snapshot cut/nowhere
	grep -q '^writ: no commit here has a snapshot in "nowhere"$' stderr
}

@test "what stands behind a snapshot that cannot be read is nobody's, and no drift" {
	story
	git -C repo config uploadpack.allowFilter true
	git clone -q --filter=blob:none "file://$PWD/repo" part
	local of_reader='.changes[] | select(.principal.name == "report-reader" and
		.entitlement.role == "support-administrator") |
		"\(.change) \(.source) \(.time[0:10]) \(.run)"'
	local of=(--changes --snapshot part/acme source/manifests)
	# The ledger has the run, and its row stands once.
	ends 0 log "${of[@]}" --format json
	[[ $(jq -r "$of_reader" stdout) =~ ^given\ run\ 2026-06-04\ 20260604T[0-9a-fZ-]*-000$ ]]
	XDG_STATE_HOME=$PWD/nothing ends 0 log "${of[@]}" --format json
	[ "$(jq -r "$of_reader" stdout)" = 'given unnamed 2026-06-07 null' ]
	jq -e '(.not_known | any(contains("begins at 2026-06-01T12:00:00Z with one that"))) and
		(.changes | all(.source != "drift")) and
		(.changes[0].note | contains("what made it is not known here"))' stdout
	XDG_STATE_HOME=$PWD/nothing ends 0 log "${of[@]}"
	run ! grep -q 'past writ' stdout
}

@test "a snapshot that does not show a role takes it from nobody" {
	snapshot 2026-06-01
	sed -i 's/^status: {id: 5d1f/status: {unseen: [support-administrator], id: 5d1f/
		s/adminRoles: .support-administrator./adminRoles: []/' live.yaml
	snapshot 2026-06-02
	changes --format json
	[ "$(jq '.changes | length' stdout)" = 0 ]
	[ "$(jq -c '[.unseen[].entitlement.role]' stdout)" = '["support-administrator"]' ]
	sed -i 's/unseen: .support-administrator., //
		s/adminRoles: \[\] *#/adminRoles: [support-administrator] #/' live.yaml
	snapshot 2026-06-03
	[ -z "$(table .change)" ]
}

@test "a deleted account takes its grants with it; an undo is a run like any other" {
	snapshot 2026-06-01
	apply 2026-06-02
	rm source/manifests/accounts/report-reader.yaml
	source_commit 2026-06-03 Dora 'report-reader goes'
	document TechnicalAccount report-reader 'state: absent' >source/manifests/gone.yaml
	source_commit 2026-06-03 Dora 'report-reader is absent'
	apply 2026-06-03
	[ "$(table '"\(.change) \(.title) \(.with_account)"' --since 2026-06-03 | tr '\n' '|')" = \
		'deleted null null|taken Adobe Express / Default report-reader|' ]
	# The line that says so is told, and who wrote it.
	[ "$(table '"\(.location.file) \(.written.author) \(.written.subject)"' \
		--since 2026-06-03 | sort -u)" = \
		'manifests/gone.yaml Dora report-reader is absent' ]
	WRIT_NOW=2026-06-04T12:00:00Z ends 0 undo 20260603 --live live.yaml --out undo.json
	WRIT_NOW=2026-06-04T12:00:00Z ends 0 apply --live live.yaml --plan undo.json \
		--snapshot repo/acme --commit
	[ "$(table '"\(.change) \(.principal.name)"' --since 2026-06-04 | tr '\n' '|')" = \
		'created report-reader|given report-reader|' ]
}

@test "the deletion has the line that says absent, and not the document's first" {
	snapshot 2026-06-01
	apply 2026-06-02
	sed -i 's/^  description: .*/&\n  state: absent/; /adminRoles/d; /products/,$d' \
		source/manifests/accounts/report-reader.yaml
	source_commit 2026-06-03 Dora 'report-reader goes'
	apply 2026-06-03
	[ "$(table '"\(.change) \(.written.author)"' --since 2026-06-03 | tr '\n' '|')" = \
		'deleted Dora|taken Dora|' ]
}

@test "snapshots beside the manifests, and files of others, are no manifests of then" {
	snapshot() { WRIT_NOW="${1}T12:00:00Z" ends 0 snapshot --live live.yaml \
		--snapshot source/snapshots --commit; }
	snapshot 2026-06-01
	echo '{"private": true}' >source/package.json
	source_commit 2026-06-02 Ann 'a file of another tool'
	WRIT_NOW=2026-06-02T13:00:00Z ends 0 apply --live live.yaml --auto-approve \
		--allow-remove 100% --allow-admin-grants 9 --snapshot source/snapshots --commit \
		source/manifests
	cd source
	ends 0 log --changes --since 2026-06-02 --snapshot snapshots --format json
	[ "$(jq '[.changes[] | select(.change == "given" and .written.author == "Ann")] | length' \
		stdout)" -gt 2 ]
	[ "$(jq '[.changes[].note | select(. and test("E05"))] | length' stdout)" -eq 0 ]
}

@test "who goes on with a run is its actor from there on" {
	snapshot 2026-06-01
	WRIT_NOW=2026-06-02T12:00:00Z WRIT_FAILPOINT='*:12:term' env --default-signal=TERM \
		"$WRIT_FAILPOINT_BIN" apply \
		--live live.yaml --auto-approve --allow-remove 100% --allow-admin-grants 9 \
		--actor first source/manifests >stdout 2>stderr || [ $? -eq 143 ]
	WRIT_NOW=2026-06-03T12:00:00Z ends 0 apply --live live.yaml --resume --actor second
	[ "$(table '"\(.time) \(.actor)"' | sort -u | tr '\n' '|')" = \
		'2026-06-02T12:00:00Z first|2026-06-03T12:00:00Z second|' ]
	[ "$(table .run | sort -u | wc -l)" -eq 1 ]
}

@test "names are taken as plans print them, and the nearest is told" {
	ends 0 who 'Adobe Express / Templates' source/manifests
	grep -q '^template-sync  Adobe Express / Templates' stdout
	ends 0 who 'Storage administrator' source/manifests
	ends 0 who all source/manifests --format csv
	[ "$(wc -l <stdout)" -eq 8 ]
	grep -q 'Support administrator,grant/user/jane%40example.com/role/support-administrator' \
		stdout
	ends 0 why 'user jane@example.com' 'support-administrator' source/manifests
	ends 1 who 'Adobe Express / Template' source/manifests
	grep -q 'did you mean' stderr
	apply 2026-06-02
	run=$("$WRIT" log --format json | jq -r '.runs[0].run')
	ends 1 undo "${run%0}9" --live live.yaml
	grep -q 'did you mean "20260602T120000Z-' stderr
	ends 0 log --org acmee
	grep -q 'did you mean "acme"' stderr
	ends 1 show live.yml
	grep -q 'did you mean "live.yaml"' stderr
}

@test "a run is shown with names" {
	apply 2026-06-02
	ends 0 show 20260602
	grep -q '^  c[0-9]* *done  *asset-archiver  + storage-administrator$' stdout
	ends 0 show 20260602 --format json
	jq -e '(.changes | length > 5) and
		all(.changes[]; .fate == "done" and .principal.name != null)' stdout
	ends 1 show 20260603
}

@test "as of a day: the last touch of then, and who approved it first" {
	story
	sed -i 's/OPS-9/OPS-10/' source/manifests/accounts/report-reader.yaml
	source_commit 2026-06-08 Eve 'another ticket'
	sed -i 's/owner: finance/owner: money/' source/manifests/accounts/report-reader.yaml
	source_commit 2026-06-08 Eve 'another owner'
	apply 2026-06-09
	ends 0 why report-reader support-administrator source/manifests --as-of 2026-06-10 \
		--snapshot repo/acme --format json
	jq -e '.grants[0] | .first.approver == "Rita <rita@example.com>" and
		.first.since.author == "Ben" and
		.declarations[0].since.author == "Eve" and .declarations[0].approver == null' stdout
	ends 0 why report-reader support-administrator source/manifests --as-of 2026-06-05 \
		--snapshot repo/acme
	grep -q 'written .*by Ben' stdout
	ends 0 who all source/manifests --as-of 2026-06-10 --unapproved --snapshot repo/acme \
		--format json
	jq -e 'any(.grants[]; .principal.name == "report-reader") and
		any(.grants[]; .principal.name == "oscar@example.com")' stdout
}

@test "what has ended and is still held" {
	apply 2026-06-02
	ends 0 expiring --overdue --live live.yaml source/manifests
	grep -qx 'No grant has ended and is still held.' stdout
	export WRIT_NOW=2026-06-09T12:00:00Z
	ends 0 expiring --overdue --live live.yaml source/manifests
	grep -qx '1 grant has ended and is still held.' stdout
	grep -qx '2026-06-03, 6 days ago' stdout
	ends 0 expiring --overdue --live live.yaml --format json source/manifests
	jq -e '.grants[0].held and .grants[0].days == -6' stdout
	sed -i 's/^status: {id: 5d1f/status: {unseen: [support-administrator], id: 5d1f/
		s/adminRoles: .support-administrator./adminRoles: []/' live.yaml
	sed -i '/account: template-sync/d; /{account: template-sync}/d' live.yaml
	ends 64 expiring --overdue --in 3d --live live.yaml source/manifests
}

# Without a snapshot nothing says that the account of another name is this one.
@test "what has ended of an account that is not live under its name may still be held" {
	sed -i 's/profile: Templates}/profile: Templates, expires: 2026-06-03}/' \
		source/manifests/accounts/template-sync.yaml
	grep -q 2026-06-03 source/manifests/accounts/template-sync.yaml
	sed -i 's/^metadata: {name: template-sync}/metadata: {name: brand-sync}/' live.yaml
	WRIT_NOW=2026-06-09T12:00:00Z ends 1 expiring --overdue --live live.yaml source/manifests
	grep -q '^No grant that can be seen has ended and is still held; 2 may still be held' stdout
	grep -q 'template-sync  Adobe Express / Templates .*may still be held' stdout
}
