#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Manifests as git keeps them: REV:PATH.

setup() {
	load helper
	common_setup
	quickstart
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	export GIT_AUTHOR_DATE=2026-01-01T00:00:00Z GIT_COMMITTER_DATE=2026-01-01T00:00:00Z
	git init -q -b main .
	git config user.name Tester
	git config user.email tester@example.com
	git add manifests live.yaml
	git commit -q -m first
}

@test "a revision's manifests plan as the files did" {
	"$WRIT" plan --live live.yaml --format json manifests 2>/dev/null |
		sed 's|"file": "|&HEAD:|g; s|"digest": "[^"]*"|D|g' >expected
	rm -r manifests
	"$WRIT" plan --live live.yaml --format json HEAD:manifests 2>/dev/null |
		sed 's|"digest": "[^"]*"|D|g' | diff expected -
	mkdir below
	cd below
	ends 0 validate HEAD:manifests
	ends 0 validate HEAD:manifests/accounts main:manifests/organization.yaml
	ends 1 validate HEAD:./../manifests
}

# commit_of PATH...: the commit that a plan of them names.
commit_of() {
	ends 0 plan --live live.yaml --format json "$@" && jq -r .manifest.commit stdout
}

@test "a plan names the commit that holds just what was read" {
	head=$(git rev-parse HEAD)
	[ "$(commit_of manifests)" = "$head" ]
	[ "$(commit_of manifests/accounts manifests manifests/organization.yaml)" = "$head" ]
	[ "$(commit_of HEAD:manifests)" = "$head" ]
	[ "$(commit_of HEAD:manifests/accounts manifests/organization.yaml)" = "$head" ]
	[ "$(commit_of "$PWD/manifests/../manifests")" = "$head" ]
	ln -s manifests link
	[ "$(commit_of link/)" = "$head" ]
	# What is not read does not count, staged or not.
	echo x >>live.yaml.orig
	echo x >manifests/README
	git add manifests/README
	[ "$(commit_of manifests)" = "$head" ]
	git reset -q
	git worktree add -q ../tree-"$BATS_TEST_NUMBER"
	[ "$(commit_of ../tree-"$BATS_TEST_NUMBER"/manifests)" = "$head" ]
}

@test "line ends that git itself would put right are no difference" {
	head=$(git rev-parse HEAD)
	find manifests -name '*.yaml' -exec sed -i 's/$/\r/' {} +
	[ "$(commit_of manifests)" = null ]
	git config core.autocrlf true
	[ "$(commit_of manifests)" = "$head" ]
	git config --unset core.autocrlf
	echo '*.yaml text eol=crlf' >.gitattributes
	[ "$(commit_of manifests)" = "$head" ]
	file=manifests/accounts/asset-archiver.yaml
	printf '# a comment\r\n' >>"$file"
	[ "$(commit_of manifests)" = null ]
}

@test "a plan of anything else names no commit" {
	file=manifests/accounts/asset-archiver.yaml
	cp "$file" kept
	echo '# a comment' >>"$file"
	[ "$(commit_of manifests)" = null ]
	git add manifests
	[ "$(commit_of manifests)" = null ]
	cp kept "$file"
	git reset -q
	echo '# untracked' >manifests/more.yaml
	[ "$(commit_of manifests)" = null ]
	echo more.yaml >.git/info/exclude # what git ignores is not looked at
	[ "$(commit_of manifests)" = "$(git rev-parse HEAD)" ]
	rm manifests/more.yaml
	echo '# a file more' >manifests/more.yaml
	git add -f manifests
	git commit -q -m more
	rm manifests/more.yaml
	[ "$(commit_of manifests)" = null ]
	git checkout -q manifests
	[ "$(commit_of manifests)" = "$(git rev-parse HEAD)" ]
	[ "$(commit_of HEAD~1:manifests)" = "$(git rev-parse HEAD~1)" ]
	[ "$(commit_of HEAD~1:manifests/accounts manifests/organization.yaml)" = null ]
	cat manifests/organization.yaml manifests/*/*.yaml >all.yaml
	[ "$("$WRIT" plan --live live.yaml --format json - <all.yaml 2>/dev/null |
		jq -r .manifest.commit)" = null ]
	git init -q other
	cp -R manifests/accounts other/
	git -C other add .
	git -C other commit -q -m other 2>/dev/null ||
		git -C other -c user.name=T -c user.email=t@example.com commit -q -m other
	rm -r manifests/accounts
	[ "$(commit_of manifests other/accounts)" = null ]
}

@test "a live organisation and a snapshot may be revisions too" {
	ends 0 plan --live HEAD:live.yaml manifests
	mv stdout first
	ends 1 apply --live HEAD:live.yaml --auto-approve manifests
	grep -q 'is a revision' stderr
	[ ! -e HEAD:live.yaml ]
	ends 0 plan --live live.yaml manifests
	diff first stdout
}

@test "findings name the revision" {
	echo "nonsense: true" >>manifests/organization.yaml
	git commit -q -a -m broken
	git checkout -q HEAD~ -- manifests
	ends 0 validate manifests
	ends 1 validate HEAD:manifests
	grep -q '^HEAD:manifests/organization.yaml:[0-9]*:1: error: ' stderr
}

@test "no such revision, no such path, no repository" {
	ends 1 validate nowhere:manifests
	grep -q 'nowhere' stderr
	ends 1 validate HEAD:nothing
	grep -q 'nothing' stderr
	rm -rf .git
	ends 1 validate HEAD:manifests
	grep -q 'no git repository' stderr
}
