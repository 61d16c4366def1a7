#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	cp -R "$WRIT_ROOT/tests/data/report/." .
}

# all_formats NAME ARGUMENT...: the report in each, against one golden file.
all_formats() {
	in_formats "$1" 'text json csv' report "${@:2}"
}

# state WHO WHAT: of the last report, in JSON.
state() {
	jq -r --arg who "$1" --arg what "$2" '.grants[] |
		select((.principal.name // "all") == $who and
			([.entitlement.role, .entitlement.api, .entitlement.profile] |
				index($what))) |
		"\(.state)|\(.live)|\(.declared)"' stdout
}

@test "manifests alone: what is declared, and a word that nothing live was looked at" {
	all_formats report-manifests manifests
}

@test "manifests and a snapshot: held, not held, not seen, not declared, ended" {
	all_formats report-both --base live.yaml manifests
}

@test "each state that a grant can be in" {
	ends 0 report --base live.yaml --format json manifests
	[ "$(state asset-archiver storage-administrator)" = 'held|held|true' ]
	[ "$(state asset-archiver Default)" = 'declared, not held|not held|true' ]
	[ "$(state forgotten-script product-administrator)" = 'held, not declared|held|false' ]
	[ "$(state report-reader support-administrator)" = 'ended, still held|held|false' ]
	[ "$(state template-sync system-administrator)" = 'not seen|not seen|true' ]
	[ "$(state template-sync support-administrator)" = 'not seen|not seen|false' ]
	[ "$(state all storage-administrator)" = 'not seen|not seen|false' ]
	WRIT_NOW=2026-10-01T00:00:00Z ends 0 report --base live.yaml --format json manifests
	[ "$(state template-sync system-administrator)" = \
		'ended, may still be held|not seen|false' ]
	WRIT_NOW=2026-10-01T00:00:00Z ends 0 report --format json manifests
	[ "$(state template-sync system-administrator)" = 'ended|null|false' ]
	[ "$(state asset-archiver storage-administrator)" = 'declared|null|true' ]
}

@test "what was not seen has rows of its own in every table, and is never counted as absent" {
	ends 0 report --base live.yaml --format csv manifests
	[ "$(grep -c ',not seen,' stdout)" = 3 ]
	grep -q '^user,(all users),,Storage administrator,role/storage-administrator,.*,not seen,' \
		stdout
	ends 0 report --base live.yaml --format json manifests
	[ "$(jq -c .summary stdout)" = \
		'{"administrators":6,"principals":7,"grants":13,"not_seen":3}' ]
	[ "$(jq -c '.accounts[] | select(.name == "template-sync").unseen' stdout)" = \
		'["system-administrator","support-administrator"]' ]
}

@test "a snapshot in git: which one, and since when each grant is held" {
	git_setup
	git init -q .
	printf '%s\n' live.yaml stdout stderr state .gitconfig gitconfig >.gitignore
	WRIT_NOW=2026-02-01T00:00:00Z ends 0 snapshot --live live.yaml --out org
	git add -A
	GIT_COMMITTER_DATE=2026-02-01T00:00:00Z git commit -qm first
	sed -i 's/{user: omar@example.com}/{user: omar@example.com}, {user: zoe@example.com}/' \
		live.yaml
	ends 0 snapshot --live live.yaml --out org
	git add -A
	GIT_COMMITTER_DATE=2026-03-01T00:00:00Z git commit -qm second
	ends 0 report --base org --format json manifests
	[ "$(jq -r '.grants[] | select(.principal.name == "zoe@example.com") | .held_since,
		.held_since_unsure' stdout | paste -sd ' ')" = '2026-03-01T00:00:00Z false' ]
	[ "$(jq -c '[.grants[] | select(.open_drift) |
		[.principal.name, .open_drift.kind, .open_drift.since]]' stdout)" = \
			'[["zoe@example.com","appeared","2026-06-01T00:00:00Z"]]' ]
	[ "$(jq -r '.grants[] | select(.principal.name == "omar@example.com").held_since' \
		stdout)" = 2026-02-01T00:00:00Z ]
	[ "$(jq -r '.grants[] | select(.principal.name == "jane@example.com").declared_since' \
		stdout)" = 2026-02-01T00:00:00Z ]
	[ "$(jq -r .manifests_commit stdout)" = "$(git rev-parse HEAD)" ]
	jq -r .snapshot_note stdout |
		grep -q '^serial 2, its last commit .* of 2026-03-01T00:00:00Z$'
	# A clone that lacks the first commit does not know it.
	git clone -q --depth 1 "file://$PWD" cut
	ends 0 report --base cut/org --format csv manifests
	grep -q '^user,zoe@example.com,.*,2026-03-01T00:00:00Z or earlier,' stdout
	ends 1 snapshot diff HEAD~1 HEAD --snapshot cut/org
	grep -q 'has no commit "HEAD~1" here: the clone is shallow' stderr
	rm -rf cut
	# The one before, alone: of that time, and nothing is said of manifests.
	for way in '--snapshot org --as-of 2026-02-15' '--as-of HEAD~1 --snapshot org' \
		'HEAD~1:org'; do
		# shellcheck disable=SC2086 # words
		ends 0 report --format json $way
		[ "$(jq -r '.manifests, (.grants | length)' stdout | paste -sd ' ')" = 'null 11' ]
		[ "$(jq -r '[.grants[].state] | unique | join(" and ")' stdout)" = \
			'held and not seen' ]
		run ! grep -q zoe stdout
	done
	ends 0 report org
	grep -q '^No manifests were read' stdout
	grep -q zoe@example.com stdout
}

@test "a period: what changed in it stands beside who has what" {
	git_setup
	git init -q .
	printf '%s\n' live.yaml stdout stderr state .gitconfig gitconfig >.gitignore
	git add -A
	git commit -qm manifests
	ends 0 apply --auto-approve --live live.yaml --allow-remove 9 --snapshot org \
		--commit manifests
	ends 0 report --snapshot org --format json manifests
	[ "$(jq -r .changes stdout)" = null ]
	ends 0 report --snapshot org --since 2026-06-01 --until 2026-06-01 --format json manifests
	[ "$(jq '.changes.changes | length' stdout)" -gt 0 ]
	jq .changes stdout >ours
	ends 0 log --changes --snapshot org --org acme manifests --since 2026-06-01 \
		--until 2026-06-01 --format json
	jq . stdout | diff - ours
	ends 0 report --snapshot org --since 2026-06-02 --format json manifests
	[ "$(jq '.changes.changes | length' stdout)" = 0 ]
	ends 0 report --snapshot org --since 2026-06-01 manifests
	grep -q '^WHAT CHANGED$' stdout
	ends 0 report --snapshot org --since 2026-06-01 --format html manifests
	grep -q '<section id="changes"' stdout
	grep -q '<a href="#changes">' stdout
	# A table has rows of one kind: the changes are another one, beside it.
	mkdir tables
	ends 0 report --snapshot org --since 2026-06-01 --format csv=access.csv \
		--format csv=tables/access manifests
	ends 0 log --changes --snapshot org --org acme manifests --since 2026-06-01 --format csv
	cmp stdout access.changes.csv
	cmp stdout tables/access.changes
	head -n 1 access.csv | grep -q '^principal_kind,'
	rm access.changes.csv
	ends 0 report --snapshot org --since 2026-06-01 --format csv manifests
	grep -q 'saved beside a table that has a name' stderr
	ends 0 report --snapshot org --format csv=access.csv manifests
	[ ! -e access.changes.csv ]
	ends 64 report --since yesterday manifests
	ends 64 report --since 2026-06-02 --until 2026-06-01 manifests
}

@test "a snapshot of another organisation, one in place of manifests with another: refused" {
	sed -i 's/name: acme/name: other/' live.yaml
	ends 1 report --base live.yaml manifests
	grep -q 'of another organisation: "other", not "acme"' stderr
	cp -R "$WRIT_ROOT/tests/data/report/live.yaml" .
	ends 0 snapshot --live live.yaml --out org
	ends 64 report --base live.yaml org
	ends 64 report --as-of HEAD manifests
	ends 1 report nowhere
}

@test "a page: the same bytes for the same input, and foreign text escaped wherever it stands" {
	ends 0 report --base live.yaml --format html=page.html manifests
	ends 0 report --base live.yaml --format html manifests
	cmp stdout page.html
	grep -q '<h1>5 can administer, and 1 more may; whether 3 more grants are held cannot be seen</h1>' page.html
	grep -q '"\\u003cscript\\u003ealert(1)\\u003c/script\\u003e"' page.html
	run ! grep -q '<script>alert' page.html
	[ "$(grep -c '</script>' page.html)" = 2 ]
}

@test "the ways of who can administer are drawn into the page, and of nobody else" {
	ends 0 report --base live.yaml --format html=page.html manifests
	sed -n '/<section id="ways"/,/<[/]section>/p' page.html >ways
	[ "$(grep -c '<svg ' ways)" = 6 ]
	grep -q '<a href="#ways">' page.html
	grep -q 'class="what">bundle storage-access</text>' ways
	grep -q 'class="dim">held, not declared</text>' ways
	grep -q '<path d="M[0-9 C]*" class="open"/>' ways
	grep -q '<rect [^>]* class="look"/>' ways
	cp -R manifests none
	# More than are drawn are counted.
	for i in $(seq 70); do
		printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' \
			"metadata: {name: robot-$i}" 'spec:' \
			"  adminRoles: [{role: user-group-administrator, group: \"<b>$i</b>\"}]"
	done >many.yaml
	sed 1d many.yaml >none/many.yaml
	ends 0 report --format html=page.html none
	[ "$(grep -c '<svg ' page.html)" = 60 ]
	grep -q 'These are the first 60 of 7[0-9]; a row of the table' page.html
	run ! grep -q '<b>7</b>' page.html
}

@test "several results in one run, and none over what is read or through a link" {
	ends 0 report --format csv=access.csv --format json=access.json manifests
	[ ! -s stdout ]
	[ "$(jq '.grants | length' access.json)" = "$(($(wc -l <access.csv) - 1))" ]
	ends 64 report --format json=manifests/access.json manifests
	ln -s /etc/passwd link.csv
	run_writ report --format csv=link.csv manifests
	[ "$status" -ne 0 ]
	[ -L link.csv ]
	ends 64 report --format markdown manifests
}
