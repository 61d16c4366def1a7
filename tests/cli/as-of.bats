#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Who held what on a date, and when each grant appeared and went: from the history of snapshots.

setup() {
	load helper
	common_setup
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	export XDG_CACHE_HOME="$BATS_TEST_TMPDIR/cache" XDG_CONFIG_HOME="$BATS_TEST_TMPDIR/config"
	export WRIT_ACTOR=Tess
	unset WRIT_CONFIG
	cp "$WRIT_ROOT/tests/data/answers/undo-live.yaml" live.yaml
	cp "$WRIT_ROOT/tests/data/answers/undo-wanted.yaml" wanted.yaml
	git init -q -b main repo
	git -C repo config user.name 'Ann Author'
	git -C repo config user.email ann@example.com
	WRIT_NOW=2026-03-01T10:00:00Z snapshot
	WRIT_NOW=2026-03-05T10:00:00Z ends 0 apply --live live.yaml --auto-approve \
		--allow-remove 100% --snapshot repo/acme --commit wanted.yaml
	cat >>live.yaml <<-END
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: crept-in}
		spec:
		  role: system-administrator
		  members: [{user: omar@example.com}]
	END
	WRIT_NOW=2026-03-09T10:00:00Z snapshot
}

snapshot() {
	ends 0 snapshot --live live.yaml --snapshot repo/acme --commit
}

# commit_files DAY MESSAGE: what somebody else does in the snapshots' folder.
commit_files() {
	git -C repo add -A
	GIT_AUTHOR_DATE="2026-03-$1T12:00:00Z" GIT_COMMITTER_DATE="2026-03-$1T12:00:00Z" \
		git -C repo commit -q -m "$2"
}

# Commits and digests, which depend on the program's version and on who runs the test.
steady() {
	sed -i 's/sha256:[0-9a-f]\{64\}/sha256:X/g
		s/Z-[0-9a-f]\{12\}-/Z-DIGEST-/g
		s/snapshot [0-9a-f]\{12\}/snapshot ID/
		s/commit [0-9a-f]\{12\}/commit ID/
		s/"commit": "[0-9a-f]*"/"commit": "ID"/g
		s/[0-9a-f]\{40\}/ID/g' stdout stderr
}

@test "who held what on a date, and when each grant appeared and went" {
	: >all
	while IFS='|' read -r -a words; do
		run_writ "${words[@]}" --snapshot repo/acme
		steady
		{
			echo "## writ ${words[*]}"
			outcome
		} >>all
	done <<-'END'
		who|support-administrator|--as-of|2026-03-02
		who|support-administrator|--as-of|2026-03-05T09:59:59Z
		who|role|--as-of|2026-03-05
		who|system-administrator|--as-of|2026-03-08
		who|system-administrator|--as-of|2026-06-01
		who|system-administrator|--history
		why|old-script|--history
		why|asset-archiver|storage-administrator|--as-of|HEAD~1
		why|asset-archiver|--as-of|main~2
		why|archiver|--as-of|2026-03-05|--format|json
		who|product/Adobe Express/Templates|--history|--format|csv
		who|storage-administrator|--as-of|2026-02-28
		who|storage-admin|--as-of|2026-03-05
		why|old-scrip|--as-of|2026-03-05
		who|storage-administrator|--as-of|nonsense
	END
	mv all stdout
	: >stderr
	status=0
	assert_golden as-of
}

@test "the cache is only a cache: absent, damaged, of another version, unwritable" {
	ends 0 who role --history --format json --snapshot repo/acme
	cp stdout due
	cache=$(echo "$XDG_CACHE_HOME"/writ/timeline-*)
	cp "$cache" kept
	size=$(wc -c <kept)
	for at in 0 20 100 $((size / 2)) $((size - 30)) $((size - 1)); do
		flip "$cache" "$at" 0
		ends 0 who role --history --format json --snapshot repo/acme
		cmp stdout due
		cmp "$cache" kept
	done
	for len in 0 1 72 $((size - 72)) $((size - 1)); do
		head -c "$len" kept >"$cache"
		ends 0 who role --history --format json --snapshot repo/acme
		cmp stdout due
		cmp "$cache" kept
	done
	rm -r "$XDG_CACHE_HOME"
	ends 0 who role --history --format json --snapshot repo/acme
	cmp stdout due
	rm -r "$XDG_CACHE_HOME"
	echo file >"$XDG_CACHE_HOME"
	ends 0 who role --history --format json --snapshot repo/acme
	cmp stdout due
	grep -q 'will take as long' stderr
	XDG_CACHE_HOME='' HOME='' ends 0 who role --history --format json --snapshot repo/acme
	cmp stdout due
}

@test "texts of commits pass through the cache as they are" {
	sed -i 's/role: system-administrator/role: deployment-administrator/' \
		repo/acme/admin-roles.yaml
	git -C repo config user.name 'T\ab "and" \0 = '
	commit_files 10 "$(printf 'tab\there, \\n and \\0 and \\\\, \033[31m')"
	ends 0 who deployment-administrator --history --format json --snapshot repo/acme
	cp stdout first
	ends 0 who deployment-administrator --history --format json --snapshot repo/acme
	cmp stdout first
	[ "$(jq -r '.grants[0].since.subject' stdout)" = "$(git -C repo log -1 --format=%s)" ]
	[ "$(jq -r '.grants[0].since.author' stdout)" = "$(git -C repo log -1 --format=%an)" ]
	ends 0 who deployment-administrator --history --snapshot repo/acme
	if grep -q "$(printf '\033')" stdout; then return 1; fi
}

@test "a cache serves what it knows, and only what is new is read" {
	ends 0 who role --history --snapshot repo/acme
	cp "$XDG_CACHE_HOME"/writ/timeline-* before
	sed -i 's/crept-in/crept-in-too/
		s/role: system-administrator/role: deployment-administrator/' live.yaml
	WRIT_NOW=2026-03-12T10:00:00Z snapshot
	ends 0 who deployment-administrator --as-of 2026-03-12 --snapshot repo/acme --format json
	[ "$(jq -c '[.grants[] | [.principal.name, .since.time]]' stdout)" = \
		'[["omar@example.com","2026-03-12T10:00:00Z"]]' ]
	[ "$(grep -c ^m "$XDG_CACHE_HOME"/writ/timeline-*)" -eq 4 ]
	grep '^[m+-]' before >old
	grep '^[m+-]' "$XDG_CACHE_HOME"/writ/timeline-* | head -n "$(wc -l <old)" | cmp - old
}

@test "a history that was rewritten is read anew from where it differs" {
	ends 0 who role --history --snapshot repo/acme
	git -C repo reset -q --hard HEAD~1
	ends 0 who system-administrator --history --format json --snapshot repo/acme
	[ "$(jq -c '[.history.snapshots, (.grants | length)]' stdout)" = '[2,0]' ] ||
		{ cat stdout; return 1; }
	WRIT_NOW=2026-03-10T10:00:00Z snapshot
	ends 0 who system-administrator --history --format json --snapshot repo/acme
	[ "$(jq -c '[.history.snapshots, .grants[0].since.time]' stdout)" = \
		'[3,"2026-03-10T10:00:00Z"]' ]
	[ "$(grep -c ^m "$XDG_CACHE_HOME"/writ/timeline-*)" -eq 3 ]
}

@test "snapshots that cannot be read, or that somebody edited, are named as such" {
	cp -R repo/acme whole
	printf '<<<<<<< HEAD\n' >>repo/acme/technical-accounts.yaml
	commit_files 10 'a merge conflict inside'
	ends 1 who role --as-of 2026-03-10 --snapshot repo/acme
	grep -q 'snapshot of commit .* cannot be read' stderr
	rm -r repo/acme
	cp -R whole repo/acme
	sed -i 's/format: 1/format: 999/' repo/acme/organization.yaml
	commit_files 11 'of a newer program'
	ends 1 who role --as-of 2026-03-11 --snapshot repo/acme
	rm -r repo/acme
	cp -R whole repo/acme
	sed -i 's/role: support-administrator/role: deployment-administrator/' \
		repo/acme/admin-roles.yaml
	commit_files 12 'edited by hand'
	ends 0 who deployment-administrator --as-of 2026-03-12 --snapshot repo/acme
	grep -q 'whose admin-roles.yaml was edited by hand' stdout
	grep -q '^  *admin-roles.yaml was edited by hand' stdout
	grep -q '2 snapshots cannot be read' stderr
	ends 0 who role --as-of 2026-03-09 --snapshot repo/acme
}

@test "where snapshots are: a detached head, a bare repository that is configured, none" {
	ends 0 who role --as-of 2026-03-05 --snapshot repo/acme
	cp stdout due
	git -C repo checkout -q --detach
	ends 0 who role --as-of 2026-03-05 --snapshot repo/acme
	cmp stdout due
	git clone -q --bare repo bare.git
	operator_says <<-END
		snapshot: {repository: $BATS_TEST_TMPDIR/bare.git, folder: acme, branch: main}
	END
	ends 0 who role --as-of 2026-03-05 --config config.yaml
	cmp stdout due
	ends 64 who role --as-of 2026-03-05
	mkdir plain
	ends 1 who role --as-of 2026-03-05 --snapshot plain
	git init -q unborn
	ends 1 who role --as-of 2026-03-05 --snapshot unborn
	ends 1 who role --as-of 2026-03-05 --snapshot repo/.git/..
	ends 64 who role --as-of 2026-03-05 --history --snapshot repo/acme
	ends 64 who role wanted.yaml --history --snapshot repo/acme
}

@test "a history read at once and one read snapshot by snapshot answer the same" {
	sh "$WRIT_ROOT/tests/bench/make-history.sh" 12 30 long
	for id in $(git -C long/repo rev-list --reverse main); do
		git -C long/repo update-ref refs/heads/main "$id"
		XDG_CACHE_HOME=$PWD/slowly ends 0 who role --history --format json \
			--snapshot long/repo/acme
	done
	cp stdout due
	ends 0 who role --history --format json --snapshot long/repo/acme
	cmp stdout due
	ends 0 who product --history --format json --snapshot long/repo/acme
	cp stdout due
	[ "$(jq '.grants | length' due)" -gt 130 ]
	XDG_CACHE_HOME=$PWD/slowly ends 0 who product --history --format json \
		--snapshot long/repo/acme
	cmp stdout due
	cmp "$XDG_CACHE_HOME"/writ/timeline-* slowly/writ/timeline-*
}

# reasons_setup: manifests with reasons in a repository of their own, applied on 10 and 20 March.
reasons_setup() {
	quickstart
	rm -rf repo
	git init -q -b main repo
	git -C repo config user.name 'Ann Author'
	git -C repo config user.email ann@example.com
	git init -q -b main source
	git -C source config user.name 'Ann Author'
	git -C source config user.email ann@example.com
	mkdir source/access
	cp -R manifests/. source/access/
	for day in 10 20; do
		sed -i "s/OPS-[0-9]*/OPS-$day/" source/access/*.yaml
		[ "$day" = 10 ] || sed -i 's/owner: .*/owner: new@example.com/' \
			source/access/accounts/*.yaml
		git -C source add .
		noon="2026-03-${day}T12:00:00Z"
		GIT_AUTHOR_DATE=$noon GIT_COMMITTER_DATE=$noon git -C source commit -q -m "day $day"
		WRIT_NOW=2026-03-${day}T13:00:00Z ends 0 apply --live live.yaml --auto-approve \
			--allow-remove 100% --snapshot repo/acme --commit source/access
	done
}

ask() {
	ends 0 "$@" --snapshot repo/acme
}

@test "reasons, tickets and lines are those of the manifests of the time" {
	reasons_setup
	for day in 10 20; do
		ask why asset-archiver all source/access --as-of "2026-03-$day" --format json
		jq -e --arg day "$day" \
			--arg commit "$(git -C source rev-parse "main~$((2 - day / 10))")" '
			.manifests == {"commit": $commit, "unknown": null} and
			(.grants | length) == 2 and
				([.grants[].declarations | length] | min) >= 1 and
			(.grants[] | select(.entitlement.role ==
				"storage-administrator").declarations[0] |
				.ticket == "OPS-" + $day and (.reason | length) > 3 and
					.location.line > 0 and
				(.location.file | startswith("access/")) and .committed and
					.since.author == "Ann Author" and
				.bundle.since.subject == "day " + $day) and
			(.grants[] | select(.entitlement.role == "storage-administrator").first |
				.since.subject == "day 10" and .approver == null and
					.unknown == null)' stdout
	done
	ask who role source/access --as-of 2026-03-15
	steady
	sed -i 's/manifests [0-9a-f]\{12\}/manifests ID/' stdout
	cp stdout text
	(cd source && XDG_STATE_HOME=$PWD/../state "$WRIT" who storage-administrator \
		--as-of 2026-03-15 --snapshot ../repo/acme >../inside)
	grep -q 'not known: the manifests of commit' inside && { cat inside; return 1; }
	ask why asset-archiver all source/access --as-of 2026-03-15 --format csv
	steady
	cat text stdout >all
	mv all stdout
	assert_golden as-of-reasons
	ends 64 why asset-archiver all source/access --history --snapshot repo/acme
}

@test "a manifest that should be here and cannot be read makes the status 1" {
	reasons_setup
	commit=$(git -C repo log -1 --until=2026-03-15 \
		--format='%(trailers:key=Writ-Manifests,valueonly)' | head -n 1)
	id=$(git -C source rev-parse "$commit:access/organization.yaml")
	rm -f "source/.git/objects/${id:0:2}/${id:2}"
	for format in text csv; do
		ends 1 who storage-administrator source/access --as-of 2026-03-15 \
			--format "$format" --snapshot repo/acme
		grep -q asset-archiver stdout
		grep -q 'lines and reasons are not known: .*object not found' stderr
	done
}

@test "where reasons are not known the answer says why" {
	reasons_setup
	unknown() {
		ask who storage-administrator --as-of 2026-03-15 "${@:2}" --format json
		jq -e --arg why "$1" '.manifests.commit == null and (.manifests.unknown |
			contains($why)) and .grants[0].declarations == null' stdout
		ask who storage-administrator --as-of 2026-03-15 "${@:2}"
		grep -q "^Lines and reasons are not known: .*$1" stdout
	}
	unknown '"." is in no git repository'
	ends 1 who storage-administrator missing --as-of 2026-03-15 --snapshot repo/acme
	grep -q 'finding missing: No such file' stderr
	unknown 'has no commit' repo/acme
	export WRIT_NOW=2026-03-12T13:00:00Z
	sed -i "s/OPS-[0-9]*/OPS-12/" source/access/*.yaml
	sed -i 's/owner: .*/owner: twelve@example.com/' source/access/accounts/*.yaml
	ends 0 apply --live live.yaml --auto-approve --allow-remove 100% --snapshot repo/acme \
		--commit source/access
	unknown 'were in no commit as they were read' source/access
	rm -rf repo
	git init -q repo
	git -C repo config user.name 'Ann Author'
	git -C repo config user.email ann@example.com
	WRIT_NOW=2026-03-01T13:00:00Z ends 0 snapshot --live live.yaml --snapshot repo/acme --commit
	unknown 'no run is on record by then' --manifests source/access
}

# merge DAY BRANCH [OPTION...]
merge() {
	GIT_AUTHOR_DATE="2026-03-$1T12:00:00Z" GIT_COMMITTER_DATE="2026-03-$1T12:00:00Z" \
		git -C repo merge -q --no-ff -m "Merge pull request from $2" "${@:3}" "$2"
}

@test "a snapshot that came by a merge keeps its run and its day" {
	git -C repo checkout -q -b bot
	document AdminRole deployers \
		'role: deployment-administrator, members: [{user: omar@example.com}]' >more.yaml
	echo --- >>more.yaml
	cat wanted.yaml >>more.yaml
	WRIT_NOW=2026-03-12T10:00:00Z ends 0 apply --live live.yaml --auto-approve \
		--allow-remove 100% --snapshot repo/acme --commit more.yaml
	run=$(git -C repo log -1 --format='%(trailers:key=Writ-Run,valueonly)' | sed '/^$/d')
	[ -n "$run" ]
	git -C repo checkout -q main
	echo read >repo/README
	commit_files 13 'another folder moves on'
	merge 15 bot
	ends 0 who deployment-administrator --history --format json --snapshot repo/acme
	[ "$(jq -r '.grants[] | [.since.run, .since.time[0:10]] | join(" ")' stdout)" = \
		"$run 2026-03-12" ]
	for day in 11:0 12:1 13:1 15:1; do
		ends 0 who deployment-administrator --as-of "2026-03-${day%:*}" --format json \
			--snapshot repo/acme
		[ "$(jq '.grants | length' stdout)" -eq "${day#*:}" ]
	done
	ends 0 who deployment-administrator --as-of HEAD --format json --snapshot repo/acme
	[ "$(jq -r '.snapshot.run' stdout)" = "$run" ]
	# The merge itself, before it and behind it, is no change: neither is a branch that was left
	# out.
	git -C repo checkout -q -b aside HEAD~1
	sed -i 's/role: support-administrator/role: deployment-administrator/' \
		repo/acme/admin-roles.yaml
	commit_files 16 'tried and dropped'
	git -C repo checkout -q main
	merge 17 aside -s ours
	cp stdout before
	ends 0 who deployment-administrator --as-of HEAD --format json --snapshot repo/acme
	diff before stdout
	ends 0 who deployment-administrator --history --format json --snapshot repo/acme
	[ "$(jq -r '.grants | length' stdout)" -eq 1 ]
}

@test "two branches that recorded are one history of one organisation" {
	git -C repo checkout -q -b bot
	sed -i 's/role: system-administrator/role: deployment-administrator/' live.yaml
	WRIT_NOW=2026-03-12T10:00:00Z snapshot
	git -C repo checkout -q main
	sed -i 's/role: deployment-administrator/role: support-administrator/' live.yaml
	WRIT_NOW=2026-03-14T10:00:00Z snapshot
	merge 15 bot -s ours
	sed -i 's/serial: .*/serial: 9/' repo/acme/organization.yaml
	git -C repo add -A
	GIT_COMMITTER_DATE=2026-03-15T12:00:00Z git -C repo commit -q --amend --no-edit
	ends 0 who deployment-administrator --history --format json --snapshot repo/acme
	[ "$(jq -r '.grants[] | select(.principal.name == "omar@example.com") | [.since.time[0:10],
		.until.time[0:10]] | join(" ")' stdout)" = '2026-03-12 2026-03-14' ]
}

@test "what stands behind a snapshot that cannot be read is nobody's: the history is not whole" {
	cp -R repo/acme whole
	printf '<<<<<<< HEAD\n' >>repo/acme/technical-accounts.yaml
	commit_files 10 'a merge conflict inside'
	rm -r repo/acme
	cp -R whole repo/acme
	git -C repo add -A
	git -C repo commit -q -m 'undone' --date 2026-03-10T13:00:00Z
	sed -i 's/role: system-administrator/role: deployment-administrator/' live.yaml
	WRIT_NOW=2026-03-12T10:00:00Z snapshot
	ends 1 who deployment-administrator --history --format json --snapshot repo/acme
	[ "$(jq -r '.grants[0].since.time[0:10]' stdout)" = 2026-03-12 ]
	jq -e '(.history.incomplete | contains("cannot be read")) and
		(.history.unreadable | length) == 1' stdout
	ends 1 why nobody@example.com --history --snapshot repo/acme
	ends 1 who user-group-administrator --history --snapshot repo/acme
	grep -q '^No snapshot here shows who held user-group-administrator' stdout
	grep -q '^The history is not whole: .* cannot be read' stdout
	cp -R repo/acme third
	git -C repo reset -q --hard HEAD~2
	rm -r repo/acme
	cp -R third repo/acme
	commit_files 12 'taken over'
	ends 1 who deployment-administrator --history --format json --snapshot repo/acme
	jq -e '.grants[0].since | .commit == null and .run == null and .time == null and
		.latest[0:10] == "2026-03-12" and (.unknown | contains("cannot be read"))' stdout
	ends 1 who deployment-administrator --history --snapshot repo/acme
	grep -q 'since  not known here, 2026-03-12 at the latest: the snapshot before it' stdout
	ends 1 who deployment-administrator --history --format csv --snapshot repo/acme
	grep -q 'not known here,,' stdout
}

@test "a partial clone remembers nothing of what it could not read" {
	git -C repo config uploadpack.allowFilter true
	ends 0 who role --history --format json --snapshot repo/acme
	cp stdout due
	git clone -q --filter=blob:none --no-checkout "file://$PWD/repo" partial
	mkdir partial/acme
	ends 1 who role --history --format json --snapshot partial/acme
	jq -e '.history.unreadable | length == 3' stdout
	git -C partial -c gc.auto=0 fetch -q --refetch --no-filter
	ends 0 who role --history --format json --snapshot partial/acme
	diff due stdout
}

@test "a name that a shallow clone does not have is not known there, and not unknown" {
	git clone -q --depth 1 "file://$PWD/repo" shallow
	for question in "who no-such-role" "why nobody"; do
		# shellcheck disable=SC2086 # words
		ends 1 $question --as-of 2026-03-02 --snapshot shallow/acme
		grep -q '^writ: error: the snapshots that are known here (the clone is shallow, .*) name no ' stderr
		# shellcheck disable=SC2086 # words
		ends 1 $question --as-of 2026-03-02 --snapshot repo/acme
		grep -q '^writ: error: the snapshots name no ' stderr
	done
}

@test "restore takes a date or a moment, which mean the committer's time, and no reflog spelling" {
	git -C repo log --reverse --format=%H >ids
	# plan_of SNAPSHOT: what a restore from it would do.
	plan_of() {
		ends 0 restore --live live.yaml --snapshot repo/acme --from "$1"
		grep -v '^Organization\|plan sha256' stdout
	}
	plan_of "$(sed -n 1p ids)" >first
	plan_of "$(sed -n 2p ids)" >second
	if cmp -s first second; then return 1; fi
	# An author may write any date; the committer's counts.
	for asked in 2026-03-01 2026-03-04 2026-03-05T09:59:59Z HEAD~2; do
		plan_of "$asked" | diff first -
	done
	for asked in 2026-03-05 2026-03-05T10:00:00Z 2026-03-08 main~1; do
		plan_of "$asked" | diff second -
	done
	git -C repo commit -q --amend --no-edit --date 2020-01-01T00:00:00Z
	ends 1 restore --live live.yaml --snapshot repo/acme --from 2026-02-28
	grep -q 'has no snapshot in "acme" that was committed by 2026-02-28' stderr
	ends 64 restore --live live.yaml --from 2026-03-05
	for asked in '@{1}' 'HEAD@{2026-03-05}' 'main@{yesterday}'; do
		ends 1 restore --live live.yaml --snapshot repo/acme --from "$asked"
		grep -q 'for a day or moment of the history write it plainly: 2026-03-31' stderr
		ends 1 who role --as-of "$asked" --snapshot repo/acme
		grep -q 'write it plainly' stderr
	done
}
