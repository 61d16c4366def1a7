#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	git_setup
	quickstart
	git init -q repo
}

# Commits and folders of one test, without the ids that follow from times and paths.
snapshot() {
	run_writ snapshot --live live.yaml --snapshot repo/org "$@"
}

commit() {
	snapshot --commit
	[ "$status" -eq 0 ] || { cat stdout stderr; return 1; }
}

give_owner() {
	sed -i "s/owner: .*/owner: $1@example.com/" live.yaml
}

history() {
	git -C repo log --format="${1:-%s}" "${@:2}"
}

@test "a snapshot is one file a kind, canonical, and plans to nothing" {
	snapshot
	assert_golden snapshot
	ls repo/org >stdout
	printf '%s\n' admin-roles.yaml organization.yaml product-assignments.yaml \
		technical-accounts.yaml | diff - stdout
	cat repo/org/* >stdout
	assert_golden snapshot-files
	ends 0 validate repo/org
	ends 0 plan --live live.yaml --detailed-exitcode --format json repo/org
	jq -e '(.changes | length) == 0 and (.unlisted | length) == 0' stdout
	cp -R repo/org copy
	ends 0 plan --live copy --detailed-exitcode repo/org
}

@test "the same organisation gives the same bytes; the serial counts changes" {
	snapshot
	cp -R repo/org first
	snapshot
	grep -q 'nothing new' stdout
	diff -r first repo/org
	give_owner other
	chmod 2750 repo/org
	snapshot
	[ "$(stat -c %a repo/org)" = 2750 ]
	grep -q 'serial: 2' repo/org/organization.yaml
	quickstart
	snapshot
	grep -q 'serial: 3' repo/org/organization.yaml
	diff -r first repo/org | grep '^[<>]' >lines
	sed 's/[0-9].*//' lines | sort >stdout
	printf '%s\n' '<     serial: ' '>     serial: ' | diff - stdout
}

@test "many accounts are 256 files, of which a change writes one" {
	seq 4100 | numbered TechnicalAccount 'a-&' 'owner: "team@example.com"' >>live.yaml
	commit
	[ "$(find repo/org/technical-accounts -type f | wc -l)" -eq 256 ]
	ends 0 plan --live live.yaml --detailed-exitcode repo/org
	find repo/org/technical-accounts -type f -printf '%i %f\n' | sort >before
	sed -i '$s/team/other/' live.yaml
	commit
	find repo/org/technical-accounts -type f -printf '%i %f\n' | sort |
		comm -13 before - >written
	[ "$(wc -l <written)" -eq 1 ]
	history '' --name-only -1 --format= >stdout
	[ "$(wc -l <stdout)" -eq 3 ] # that one, the serial's, and the open drift
	grep -q "/technical-accounts/$(awk '{print $2}' written)\$" stdout
	[ -z "$(git -C repo status --porcelain)" ]
	sed -i '/^---$/,$d' live.yaml # and back to few
	commit
	[ ! -e repo/org/technical-accounts ]
	[ -z "$(git -C repo status --porcelain)" ]
}

@test "commits: who, what, trailers; the work tree is clean" {
	commit
	give_owner other
	commit
	history '%an <%ae> %aI%n%B' >stdout
	assert_golden snapshot-commits
	[ -z "$(git -C repo status --porcelain)" ]
	git -C repo fsck --strict
	commit
	[ "$(history | wc -l)" -eq 2 ]
}

@test "list and diff" {
	commit
	give_owner other
	commit
	run_writ snapshot list --snapshot repo/org
	sed -i 's/^[0-9a-f]\{12\}/COMMIT/' stdout
	assert_golden snapshot-list
	ends 0 snapshot list --snapshot repo/org --format json
	jq -e '.snapshots | length == 2 and .[0].serial == "2" and .[0].drift == "snapshot" and
		.[0].run == null' stdout
	run_writ snapshot diff --snapshot repo/org HEAD~1 HEAD
	assert_golden snapshot-diff
	cp -R repo/org edited
	sed -i '/support-administrator/d; s/adminRoles:$/adminRoles: []/' \
		edited/technical-accounts.yaml
	run_writ snapshot diff --detailed-exitcode repo/org edited
	assert_golden snapshot-diff-edited
	ends 2 snapshot diff --detailed-exitcode --format json repo/org edited
	jq -e '.changes == [{"address": "grant/technicalAccount/template-sync/role/support-administrator",
		"actions": ["delete"]}]' stdout
	sed -i 's/^  name: template-sync/  name: sync/' edited/technical-accounts.yaml
	ends 0 snapshot diff repo/org edited
	grep -qx -- '- template-sync: technical account' stdout
	grep -qx -- '+ sync: technical account' stdout
	grep -qx -- '- template-sync: Adobe Express / Default' stdout
	ends 64 snapshot diff repo/org nowhere.yaml
	ends 0 snapshot diff repo/org live.yaml
	grep -qx 'No difference.' stdout
	cd repo
	ends 0 snapshot diff HEAD~1:org HEAD:org
	ends 64 snapshot diff HEAD~1
	ends 64 snapshot show
}

@test "a list in a shallow clone tells that earlier snapshots are not here" {
	commit
	echo more >repo/README
	git -C repo add README
	git -C repo commit -qm 'about something else'
	git clone -q --depth 1 "file://$PWD/repo" shallow
	ends 0 snapshot list --snapshot shallow/org
	grep -q '^[0-9a-f]\{12\}  [^ ]*Z      -  or earlier$' stdout
	grep -q '^writ: earlier snapshots may not be known here: the clone is shallow' stderr
	ends 0 snapshot list --snapshot shallow/org --format json
	jq -e '.snapshots == [.snapshots[0] | select(.subject == null and .author == null)]' stdout
	jq -e '.incomplete | startswith("the clone is shallow")' stdout
	ends 0 log --snapshot shallow/org
	grep -q '^writ: earlier runs may not be known here: the clone is shallow' stderr
	ends 0 log --snapshot shallow/org --format json
	jq -e '.incomplete | startswith("the clone is shallow")' stdout
	operator_says <<<'snapshot: {repository: shallow, folder: org}'
	ends 1 restore --config config.yaml --live live.yaml --from 2020-01-01
	grep -q 'committed by 2020-01-01: the clone is shallow' stderr
	ends 0 snapshot list --snapshot repo/org --format json
	jq -e 'has("incomplete") | not' stdout
}

@test "nothing else in the repository is touched" {
	for file in tracked staged dirty; do echo one >"repo/$file"; done
	mkdir repo/org
	echo readme >repo/org/README.md
	git -C repo add .
	git -C repo commit -q -m mine
	echo two >>repo/staged
	git -C repo add staged
	echo two >>repo/dirty
	echo two >repo/untracked
	git -C repo status --porcelain >before
	commit
	git -C repo status --porcelain | diff before -
	[ "$(git -C repo show --format= --name-only HEAD | sort | tr '\n' ' ')" = \
		"$(printf 'org/%s.yaml ' admin-roles organization product-assignments \
		technical-accounts)" ]
	[ "$(cat repo/org/README.md)" = readme ]
	[ "$(git -C repo diff --cached --name-only)" = staged ]
	git -C repo fsck --strict
}

@test "a branch that is not checked out gets commits, the work tree nothing" {
	git -C repo commit -q --allow-empty -m root
	operator_says <<-END
		snapshot:
		  repository: repo
		  branch: snapshots
		  author: {name: Robot, email: robot@example.com}
		  message: nightly
	END
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	[ ! -e repo/acme ]
	[ "$(git -C repo log --format='%an %s' snapshots)" = 'Robot nightly: first snapshot' ]
	[ "$(git -C repo log --format=%s main)" = root ]
	[ "$(git -C repo ls-tree --name-only snapshots:acme | wc -l)" -eq 4 ]
	[ -z "$(git -C repo status --porcelain)" ]
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	[ "$(git -C repo rev-list --count snapshots)" -eq 1 ]
	ends 0 snapshot list --config config.yaml --org acme
	grep -q 'nightly: first snapshot' stdout
}

@test "bare, unborn and detached" {
	git init -q --bare bare.git
	operator_says <<-END
		snapshot: {repository: bare.git, folder: deep/org}
	END
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	[ "$(git -C bare.git rev-list --count HEAD)" -eq 1 ]
	[ "$(git -C bare.git ls-tree -r --name-only HEAD | head -n 1)" = deep/org/admin-roles.yaml ]
	commit
	git -C repo checkout -q --detach
	give_owner other
	snapshot --commit
	[ "$status" -eq 8 ]
	assert_golden snapshot-detached
	[ "$(git -C repo rev-list --count main)" -eq 1 ]
}

@test "a folder that is git's own is refused before anything changes" {
	git -C repo commit -q --allow-empty -m first
	cp live.yaml before.yaml
	for folder in repo/.git/org repo/.GIT/org repo/a/.git/org; do
		ends 64 apply --live live.yaml --auto-approve --snapshot "$folder" \
			--commit manifests
		grep -q "is in a folder that is git's own" stderr
		ends 64 snapshot --live live.yaml --snapshot "$folder"
	done
	cmp live.yaml before.yaml
	[ ! -e repo/.git/org ]
}

@test "no repository, a foreign one, a root" {
	ends 1 snapshot --live live.yaml --snapshot plain/org --commit
	grep -q 'in no git repository' stderr
	[ ! -e plain ]
	ends 0 snapshot --live live.yaml --snapshot plain/org
	ends 64 snapshot --live live.yaml --snapshot repo --commit
	grep -q 'root of a repository' stderr
	ends 64 snapshot --live live.yaml
	grep -q -- '--snapshot DIR' stderr
	[ "$(id -u)" -eq 0 ] || skip "only root can give a folder away"
	chown -R 12345 repo
	snapshot --commit
	[ "$status" -eq 8 ]
	grep -q 'belongs to another user' stderr
	grep -q 'safe.directory' stderr
}

@test "locks that were left behind are named, and nothing is half done" {
	commit
	give_owner other
	touch repo/.git/index.lock
	snapshot --commit
	[ "$status" -eq 8 ]
	grep -q 'index.lock is there' stderr
	grep -q 'again with: writ snapshot --commit --snapshot repo/org --live live.yaml' stderr
	grep -q 'serial: 1' repo/org/organization.yaml
	rm repo/.git/index.lock
	touch repo/.git/refs/heads/main.lock
	snapshot --commit
	[ "$status" -eq 8 ]
	grep -q 'main.lock is there' stderr
	rm repo/.git/refs/heads/main.lock
	commit
	[ "$(history | wc -l)" -eq 2 ]
}

@test "in the middle of a merge nothing is committed" {
	commit
	git -C repo checkout -q -b side
	echo a >repo/file
	git -C repo add file
	git -C repo commit -q -m side
	git -C repo checkout -q main
	echo b >repo/file
	git -C repo add file
	git -C repo commit -q -m main
	run ! git -C repo merge -q side
	give_owner other
	snapshot --commit
	[ "$status" -eq 8 ]
	grep -q 'middle of a merge' stderr
}

@test "a snapshot edited by hand is named, and says again what is live" {
	commit
	sed -i 's/brand@/mallory@/' repo/org/technical-accounts.yaml
	ends 0 snapshot diff repo/org live.yaml
	grep -q 'technical-accounts.yaml:1:1: warning: this snapshot was edited by hand' stderr
	snapshot --commit
	[ "$status" -eq 0 ]
	grep -q 'technical-accounts.yaml was edited by hand' stderr
	run ! grep -q mallory@ repo/org/technical-accounts.yaml
	[ "$(history | wc -l)" -eq 1 ]
	sed -i 's/brand@/mallory@/' repo/org/technical-accounts.yaml
	git -C repo commit -q -a -m 'by hand'
	commit
	[ "$(history | head -n 1)" = 'acme: what had drifted' ]
	[ -z "$(git -C repo status --porcelain)" ]
}

@test "a newer snapshot, another organisation's, a conflict, manifests: refused and untouched" {
	commit
	cp -R repo/org good
	sed -i 's/format: 1/format: 2/' repo/org/organization.yaml
	git -C repo commit -q -a -m newer
	snapshot --commit
	[ "$status" -eq 8 ]
	grep -q 'a newer writ wrote it' stderr
	cp good/organization.yaml repo/org/
	printf '<<<<<<< HEAD\na: b\n=======\n>>>>>>> side\n' >>repo/org/technical-accounts.yaml
	git -C repo commit -q -a -m conflict
	snapshot --commit
	[ "$status" -eq 8 ]
	grep -q '^HEAD:org/technical-accounts.yaml:[0-9]*:1: error: .*conflict' stderr
	cp good/technical-accounts.yaml repo/org/
	git -C repo commit -q -a -m mended
	sed -i 's/name: acme/name: other/' live.yaml
	snapshot --commit
	[ "$status" -eq 8 ]
	grep -q 'of another organisation: "acme"' stderr
	diff -r good repo/org
	quickstart
	ends 8 snapshot --live live.yaml --snapshot manifests
	grep -q 'no status.snapshot' stderr
	mkdir others
	echo 'a: b' >others/mine.yaml
	ends 8 snapshot --live live.yaml --snapshot others
	[ "$(ls -A others)" = mine.yaml ]
}

@test "as the base of a plan and of drift: edited, newer, of another organisation, in conflict" {
	snapshot
	cp -R repo/org good
	ends 0 drift --live live.yaml --snapshot repo/org
	sed -i 's/brand@/mallory@/' repo/org/technical-accounts.yaml
	ends 2 drift --live live.yaml --snapshot repo/org
	grep -q 'technical-accounts.yaml:1:1: warning: this snapshot was edited by hand' stderr
	ends 0 plan --live live.yaml --base repo/org manifests
	grep -q 'this snapshot was edited by hand' stderr
	cp good/* repo/org/
	sed 's/name: acme/name: other/' live.yaml >other.yaml
	ends 1 drift --live other.yaml --snapshot repo/org
	grep -q 'is of another organisation: "acme", not "other"' stderr
	sed 's/provider: file/&, orgId: "X@AdobeOrg"/' live.yaml >id.yaml
	ends 0 drift --live id.yaml --snapshot repo/org
	ends 0 snapshot --live id.yaml --snapshot ids
	sed -i 's/X@/Y@/' id.yaml
	ends 1 drift --live id.yaml --snapshot ids
	grep -q 'with id X@AdobeOrg, not "acme" with id Y@AdobeOrg' stderr
	sed -i 's/format: 1/format: 9/' repo/org/organization.yaml
	ends 1 plan --live live.yaml --base repo/org manifests
	grep -q 'has format 9, this program knows 1: a newer writ wrote it' stderr
	cp good/* repo/org/
	printf '<<<<<<< HEAD\n=======\n>>>>>>> side\n' >>repo/org/admin-roles.yaml
	for command in drift 'plan --base repo/org manifests' 'restore --from repo/org'; do
		# shellcheck disable=SC2086 # words of a command line
		ends 1 $command --live live.yaml --snapshot repo/org ||
			ends 1 $command --live live.yaml
		grep -q 'admin-roles.yaml:[0-9]*:1: error: a merge left its conflict' stderr
	done
}

@test "a checkout with core.autocrlf is committed as it was written" {
	git -C repo config core.autocrlf true
	snapshot --commit
	[ "$status" -eq 0 ]
	rm -r repo/org
	git -C repo checkout -q org
	grep -q "$(printf '\r')" repo/org/organization.yaml
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	grep -q 'nothing new' stdout
	if grep -q 'edited by hand' stderr; then return 1; fi
	ends 0 drift --live live.yaml --snapshot repo/org
	[ ! -s stderr ] || { cat stderr; return 1; }
	sed -i 's/omar@/oscar@/' live.yaml
	snapshot --commit
	[ "$status" -eq 0 ]
	[ -z "$(git -C repo status --porcelain)" ]
	git -C repo show --format= --stat HEAD | grep -q 'admin-roles.yaml'
	if git -C repo show HEAD:org/technical-accounts.yaml HEAD:org/admin-roles.yaml |
		grep "$(printf '\r')"; then return 1; fi
	ends 0 log --snapshot repo/org
}

@test "commit.gpgsign without a key of the configuration is told" {
	git -C repo config commit.gpgsign true
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	grep -q 'commit.gpgsign is set in .*: the commit is not signed' stderr
	git -C repo config commit.gpgsign false
	sed -i 's/omar@/oscar@/' live.yaml
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	if grep -q gpgsign stderr; then return 1; fi
}
