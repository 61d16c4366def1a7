#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Which lines grant what, since which commit, and who reviewed it.

setup() {
	load helper
	common_setup
	quickstart
	cp "$WRIT_ROOT/tests/data/answers/ends.yaml" manifests
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	export GIT_AUTHOR_NAME='Ann Author' GIT_AUTHOR_EMAIL=ann@example.com
	export GIT_COMMITTER_NAME='Carl Committer' GIT_COMMITTER_EMAIL=carl@example.com
}

# commit DAY MESSAGE [TRAILER]: commits all, on that day of 2026-03.
commit() {
	local day="2026-03-$1T12:00:00Z"
	shift
	git add manifests
	GIT_AUTHOR_DATE=$day GIT_COMMITTER_DATE=$day git commit -q -m "$1" ${2:+-m "$2"}
}

# A repository whose file ends.yaml came by a reviewed merge.
repository() {
	git init -q -b main .
	mv manifests/ends.yaml aside.yaml
	commit 01 'first manifests'
	git checkout -q -b topic
	mv aside.yaml manifests/ends.yaml
	commit 02 'night-build: what it needs' 'Reviewed-by: Rita <rita@example.com>'
	git checkout -q main
	echo '# a comment' >>manifests/organization.yaml
	commit 03 'a comment'
	GIT_AUTHOR_DATE=2026-03-04T12:00:00Z GIT_COMMITTER_DATE=2026-03-04T12:00:00Z \
		GIT_AUTHOR_NAME=Mona \
		git merge -q --no-ff -m 'Merge pull request #12' \
		-m 'Approved-by: Otto <otto@example.com>' topic
	sed -i 's/expires: 2026-06-20/expires: 2026-06-21/' manifests/ends.yaml
}

@test "why and who on manifests in no repository" {
	: >all
	while IFS='|' read -r -a words; do
		run_writ "${words[@]}" manifests
		{
			echo "## writ ${words[*]}"
			outcome
		} >>all
	done <<-'END'
		why|asset-archiver|all
		why|night-build|all
		why|night-build|support-administrator
		why|technicalAccount/report-reader|product/Adobe%20Express/Default
		why|jane@EXAMPLE.com|all
		why|asset-archiver|system-administrator
		who|storage-administrator
		who|role/support-administrator
		who|Adobe Express
		who|developer
		who|storage-administrator|--format|json
		who|support-administrator|--format|csv
		who|storage-admin
		who|Adobe Expres/Default
		who|product/Adobe/Default
		why|assetarchiver|all
		why|group/Designers|all
	END
	mv all stdout
	: >stderr
	status=0
	assert_golden why
}

@test "where manifests are is said behind the names, and a PATH is never taken for an entitlement" {
	ends 0 why template-sync all manifests
	cp stdout all
	(cd manifests && "$WRIT" why template-sync) |
		sed 's|^  accounts/|  manifests/accounts/|' | diff - all
	ends 0 why template-sync all manifests/accounts manifests/organization.yaml \
		manifests/ends.yaml
	cmp stdout all
	ends 0 why template-sync --manifests manifests
	cmp stdout all
	ends 1 why template-sync manifests
	grep -qF 'a PATH stands behind that: writ why template-sync all manifests' stderr
	ends 64 why template-sync all manifests --manifests manifests
	grep -qF 'said twice' stderr
	ends 64 who all manifests manifests/accounts --as-of HEAD
	grep -qF 'is asked of one PATH' stderr
	ends 64 why
	ends 64 who
	ends 64 log manifests
	ends 64 log verify manifests
	for command in why who edit log rotate; do
		"$WRIT" help "$command" | grep -q 'PATH'
		run ! grep -e --manifests <("$WRIT" help "$command"; "$WRIT" completion bash
			"$WRIT" completion fish)
	done
}

@test "since which commit, by whom, reviewed in which merge" {
	repository
	run_writ why night-build all manifests
	assert_golden why-git
	run_writ why night-build all manifests --format json
	assert_golden why-git-json
	run_writ who support-administrator manifests --format csv
	assert_golden why-git-csv
	# A commit on the main line itself is in no merge, and the present folder is the default.
	cd manifests
	ends 0 who storage-administrator --format json
	[ "$(jq -c '.grants[0].declarations[0] | [.since.subject, .merge, .committed]' stdout)" = \
		'["first manifests",null,true]' ]
}

@test "a revision is asked as it was" {
	repository
	ends 1 why night-build all HEAD~1:manifests
	ends 0 why night-build 'Adobe Express' HEAD:manifests --format json
	[ "$(jq -c '[.grants[0].declarations[] | [.expires, .committed]]' stdout)" = \
		'[["2026-06-10",true],["2026-06-20",true]]' ]
}

@test "repositories of every state answer: unborn branch, detached head, dirty tree" {
	git init -q -b main .
	ends 0 who storage-administrator manifests --format json
	[ "$(jq -c '.grants[0].declarations[0] | [.since, .committed]' stdout)" = '[null,false]' ]
	commit 01 'first manifests'
	git checkout -q --detach
	ends 0 who storage-administrator manifests --format json
	[ "$(jq -r '.grants[0].declarations[0].since.subject' stdout)" = 'first manifests' ]
	sed -i '1i # moved down by a line' manifests/accounts/asset-archiver.yaml
	ends 0 who storage-administrator manifests --format json
	[ "$(jq -c '.grants[0].declarations[0] | [.location.line, .since.subject]' stdout)" = \
		'[8,"first manifests"]' ]
	rm -rf .git/refs .git/HEAD
	ends 0 who storage-administrator manifests --format json
	[ "$(jq -c '.grants[0].declarations[0].committed' stdout)" = null ]
	grep -q 'no commits are told' stderr
}

@test "texts that a spreadsheet would run, and commits that a terminal would obey" {
	git init -q -b main .
	GIT_AUTHOR_NAME='=1+1' commit 01 "$(printf '@SUM(A1)\033[31m')"
	ends 0 why night-build all manifests --format csv
	grep -q "'=1+1" stdout
	if grep -qE '(^|,)"?[=+@-]' stdout; then cat stdout; return 1; fi
	ends 0 why night-build all manifests
	if grep -q "$(printf '\033')" stdout; then return 1; fi
}

@test "what does not make sense" {
	ends 64 why
	ends 1 why a b c
	grep -qF "reading c: No such file" stderr
	ends 64 who
	ends 1 who a b
	ends 64 who developer --format ics
	ends 1 who developer nowhere
	ends 1 who developer manifests --org other
	echo 'apiVersion: [writ/v1' >manifests/bad.yaml
	ends 1 who developer manifests
}

@test "a repository of another user is not opened: answers do without it" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can give files away'
	repository
	chown -R 65534 .
	ends 0 who storage-administrator manifests --format json
	[ "$(jq -c '.grants[0].declarations[0] | [.since, .committed]' stdout)" = '[null,null]' ]
	grep -q 'no commits are told: .* belongs to another user' stderr
	ends 1 who role --history --snapshot manifests
	grep -q 'belongs to another user' stderr
}

@test "safe.directory means what git means" {
	[ "$(id -u)" -eq 0 ] || skip 'only root can give files away'
	repository
	git config safe.directory '*' # the repository's own word counts for nothing
	chown -R 65534 .
	export HOME="$BATS_TEST_TMPDIR/home" GIT_CONFIG_GLOBAL="$BATS_TEST_TMPDIR/safe"
	unset SUDO_UID
	# committed SETTING...: whether commits are told under these values, and git agrees.
	committed() {
		: >safe
		for value; do git config --file safe --add safe.directory "$value"; done
		ends 0 who storage-administrator manifests --format json
		jq -c '.grants[0].declarations[0].committed' stdout
		if git log -1 >/dev/null 2>&1; then echo git reads it; else echo git does not; fi
	}
	[ "$(committed '*')" = "$(printf 'true\ngit reads it')" ]
	[ "$(committed "$PWD")" = "$(printf 'true\ngit reads it')" ]
	[ "$(committed /elsewhere '*')" = "$(printf 'true\ngit reads it')" ]
	[ "$(committed /elsewhere)" = "$(printf 'null\ngit does not')" ]
	[ "$(committed '*' '')" = "$(printf 'null\ngit does not')" ]
	[ "$(committed "$PWD/manifests")" = "$(printf 'null\ngit does not')" ]
	GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' committed >shown
	printf 'true\ngit reads it\n' | diff - shown
	SUDO_UID=65534 committed >shown
	printf 'true\ngit reads it\n' | diff - shown
	unset GIT_CONFIG_GLOBAL
	mkdir -p home
	git config --file home/.gitconfig safe.directory '*'
	ends 0 who storage-administrator manifests --format json
	[ "$(jq -c '.grants[0].declarations[0].committed' stdout)" = true ]
}

@test "an API is asked for by its name, with the account's own lines and its bundles'" {
	acme apis.yaml <<-'EOF'
		---
		apiVersion: writ/v1
		kind: AccessBundle
		metadata: {name: b}
		spec: {apis: [{api: User Management API, reason: sync, expires: 2027-01-01}]}
		---
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: a}
		spec: {bundles: [b], apis: [One]}
	EOF
	ends 0 who api/One apis.yaml
	grep -q '^a  API One$' stdout
	ends 0 why a 'api/User Management API' apis.yaml
	grep -q '^  apis.yaml:14:18  bundle b$' stdout
	grep -q '^  apis.yaml:9:15  in bundle b$' stdout
	ends 0 who api apis.yaml --format json
	[ "$(jq -r '[.. | .entitlement? | select(type == "object") | .api] | unique | join(",")' \
		stdout)" = 'One,User Management API' ]
	ends 1 who api/Oen apis.yaml
	grep -q 'did you mean "api/One"?' stderr
}
