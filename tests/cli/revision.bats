#!/usr/bin/env bats
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
