#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A repository holds files of other tools: what is no manifest is left out by name, and what git
# ignores is not read.

setup() {
	load helper
	common_setup
	git_setup
	quickstart
}

@test "what is no manifest is left out, and named" {
	echo '{"private": true}' >manifests/package.json
	printf 'site_name: x\nkindly: Organization\nspec:\n  kind: Organization\n' \
		>manifests/mkdocs.yml
	printf '# only a comment\n---\n\n' >manifests/blank.yaml
	: >manifests/empty.yaml
	mkdir manifests/deep
	cp manifests/organization.yaml manifests/deep/OTHER.YAML
	{ printf 'x: |\n'; yes '  0123456789' | head -n 100000; } >manifests/long.yaml
	ends 0 validate manifests
	assert_golden left-out
	ends 0 plan --live live.yaml manifests
	[ "$(grep -c '^writ: left out ' stderr)" -eq 4 ]
	# A file that is named is read.
	ends 1 validate manifests/mkdocs.yml
	grep -q 'E0402' stderr
}

@test "a snapshot or a live file among the manifests is told in one sentence" {
	ends 0 snapshot --live live.yaml --out snapshot
	ends 1 validate manifests snapshot
	[ "$(wc -l <stderr)" -eq 1 ]
	grep -qxF 'snapshot/organization.yaml:4:9: error: a snapshot of organisation "acme" stands among its manifests; name only the manifests as PATH, without this file or folder [E0513]' stderr
	ends 1 validate live.yaml manifests
	[ "$(wc -l <stderr)" -eq 1 ]
	grep -q '^live.yaml:.*: error: what is live of organisation "acme" stands among' stderr
	ends 1 plan --live live.yaml manifests snapshot
	[ "$(grep -c error: stderr)" -eq 1 ]
}

@test "what is meant to be a manifest is not left out" {
	printf 'apiVersion: writ/v9\n' >manifests/version.yaml
	printf 'metadata: {name: a}\n"kind" : "AdminRole" # of ours\n' >manifests/kind.yaml
	printf '{"metadata": {}, "kind":"AccessBundle"}' >manifests/kind.json
	printf '<<<<<<< ours\na: b\n=======\na: c\n>>>>>>> theirs\n' >manifests/conflict.yaml
	printf 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n' \
		>manifests/pointer.yaml
	printf 'a: \377\n' >manifests/binary.yaml
	printf 'kind: Organization\n' | iconv -t UTF-16LE >manifests/wide.yaml
	ends 1 validate manifests
	assert_golden left-out-not
}

@test "a manifest with conflict marks is told as that" {
	printf '<<<<<<< ours\n' >>manifests/organization.yaml
	ends 1 validate manifests/organization.yaml
	[ "$(grep -c 'error: ' stderr)" -eq 1 ]
	grep -q '^manifests/organization.yaml:1:1: error: .*E0108' stderr
}

@test "what git ignores and does not track is not looked at" {
	git init -q .
	printf 'node_modules\n*.gen.yaml\n/built/\n!keep.gen.yaml\n' >.gitignore
	mkdir -p manifests/node_modules/foo built
	echo 'kind: Organization' >manifests/node_modules/foo/bad.yaml
	echo 'kind: Organization' >manifests/x.gen.yaml
	ends 0 validate manifests
	[ ! -s stderr ]
	# Tracked or named, it is read.
	git add -f manifests/x.gen.yaml
	ends 1 validate manifests
	grep -q '^manifests/x.gen.yaml:' stderr
	git rm -q --cached manifests/x.gen.yaml
	ends 1 validate manifests/x.gen.yaml
	ends 1 validate manifests/node_modules
	grep -q '^manifests/node_modules/foo/bad.yaml:' stderr
	# Tracked in an ignored folder: the folder is entered, and what is not tracked in it is
	# skipped.
	echo 'kind: Organization' >manifests/node_modules/foo/tracked.yaml
	git add -f manifests/node_modules/foo/tracked.yaml
	ends 1 validate manifests
	grep -q '^manifests/node_modules/foo/tracked.yaml:' stderr
	[ "$(grep -c bad.yaml stderr)" -eq 0 ]
	git rm -q -f --cached manifests/node_modules/foo/tracked.yaml
	# Negated again, and from below.
	echo 'kind: Organization' >manifests/keep.gen.yaml
	ends 1 validate manifests
	rm manifests/keep.gen.yaml
	cd manifests
	ends 0 validate
	ends 0 validate ../manifests
}

@test "files of other tools in a revision are left out too" {
	git init -q .
	echo '{"private": true}' >package.json
	rm live.yaml
	git add -A
	git -c user.name=x -c user.email=x@example.com commit -qm x
	ends 0 validate HEAD:
	grep -q '^writ: left out HEAD:package.json: ' stderr
	ends 1 validate HEAD:package.json
}

@test "while files are left out nothing is removed as undeclared, and the plan lists them" {
	sed -i 's/unlisted: report.*/unlisted: remove/' manifests/organization.yaml
	ends 0 plan --live live.yaml --format json manifests
	jq -e '[.changes[] | select(.action_reason == "undeclared")] | length == 1' stdout
	jq -e 'has("left_out") | not' stdout
	echo 'site_name: x' >manifests/mkdocs.yml
	ends 0 plan --live live.yaml --out plan.json manifests
	grep -qx 'FILES LEFT OUT, SINCE THEY ARE NO MANIFESTS (1)' stdout
	jq -e '.left_out == ["manifests/mkdocs.yml"] and
		([.changes[] | select(.action_reason == "undeclared")] == [])
		and any(.unlisted[]; .address == "technicalAccount/forgotten-script")' plan.json
	ends 0 show plan.json
	grep -qx '  manifests/mkdocs.yml' stdout
}

@test "a file that the last apply read is not left out in silence" {
	git init -q .
	git add manifests
	git -c user.name=x -c user.email=x@example.com commit -qm x
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	echo 'site_name: x' >manifests/mkdocs.yml
	ends 0 plan --live live.yaml manifests
	sed -i '/^apiVersion/d; s/^kind: .*/kind: Other/' manifests/accounts/asset-archiver.yaml
	ends 1 plan --live live.yaml manifests
	assert_golden left-out-no-more
	rm manifests/accounts/asset-archiver.yaml
	ends 0 plan --live live.yaml manifests
}
