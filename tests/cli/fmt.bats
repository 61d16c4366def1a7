#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	mkdir manifests
	cat >manifests/account.yaml <<-'END'
		# who moves what
		kind: TechnicalAccount
		apiVersion: 'writ/v1'
		metadata: { name: mover }
		spec:
		    # agreed with the media team
		    products:
		    - {profile: Default, product: "Adobe Express"}   # since May
		    owner: media@example.com
	END
	cp -p manifests/account.yaml before.yaml
}

@test "fmt writes the canonical form and names the file; a second run has nothing to do" {
	chmod 640 manifests/account.yaml
	ends 0 fmt manifests
	[ "$(cat stdout)" = manifests/account.yaml ]
	[ "$(stat -c %a manifests/account.yaml)" = 640 ]
	diff - manifests/account.yaml <<-'END'
		# who moves what
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: mover}
		spec:
		  owner: media@example.com
		  # agreed with the media team
		  products:
		    - {product: Adobe Express, profile: Default}   # since May
	END
	ends 0 fmt manifests
	[ ! -s stdout ]
	ends 0 fmt --check manifests
	[ ! -s stdout ]
}

@test "fmt --check and --diff write nothing; --check ends with 1" {
	ends 1 fmt --check manifests
	[ "$(cat stdout)" = manifests/account.yaml ]
	ends 0 fmt --diff manifests
	cp stdout shown.diff
	ends 1 fmt --check --diff manifests
	cmp stdout shown.diff
	cmp manifests/account.yaml before.yaml
	ends 0 fmt manifests
	patch -R -s -p1 <shown.diff
	cmp manifests/account.yaml before.yaml
}

@test "fmt without PATH takes the current folder, and leaves JSON and what is no manifest" {
	cd manifests
	echo '{ "apiVersion":"writ/v1" , "kind":"AccessBundle", "metadata":{"name":"b"}, "spec":{} }' \
		>b.json
	echo 'on:   push' >workflow.yaml
	cp b.json ../b.json
	ends 0 fmt
	[ "$(cat stdout)" = ./account.yaml ]
	cmp b.json ../b.json
	[ "$(cat workflow.yaml)" = 'on:   push' ]
}

@test "fmt where there are no manifests says so, as all commands do" {
	mkdir empty
	echo 'on: push' >empty/workflow.yaml
	for words in 'fmt empty' 'fmt --check empty' 'validate empty'; do
		# shellcheck disable=SC2086 # words
		ends 1 $words
		grep -qF 'empty:1:1: error: there are no manifests; name a file or folder that has some' stderr
	done
}

@test "fmt of a manifest that cannot be read says why, and not that there is none" {
	printf 'apiVersion: writ/v1\nkind: AccessBundle\nmetadata: {name: b}\nspec:\n\tproducts: []\n' \
		>tab.yaml
	ends 1 fmt tab.yaml
	grep -q '^tab.yaml:5:1: error: tab in the indentation' stderr
	[ "$(wc -l <stderr)" -eq 1 ]
}

@test "a file that cannot be formatted is told, and none is written: 1" {
	printf 'apiVersion: writ/v1\nkind: AccessBundle\nmetadata: {name: b}\nspec: {}\n...\n' \
		>manifests/b.yaml
	ends 1 fmt manifests
	[ ! -s stdout ]
	grep -q '^manifests/b.yaml:5:1: error: "..." ends the document' stderr
	cmp manifests/account.yaml before.yaml
	printf 'apiVersion: writ/v1\nkind: AccessBundle\nmetadata: {name: b}\nspec: {\n' \
		>manifests/b.yaml
	ends 1 fmt --diff manifests
	[ ! -s stdout ]
	grep -q 'E0301' stderr
	cmp manifests/account.yaml before.yaml
}

@test "what is written anew still says the same: the plan of every example stays" {
	for example in quickstart adobe-storage disaster-recovery large-organisation; do
		cp -R "$WRIT_ROOT/examples/$example" here
		ends 0 plan --live here/live.yaml here/manifests
		grep -v '^Organisation' stdout | sed 's/ *[^ ]*[.]yaml:[0-9]*:[0-9]*$//' >before
		ends 0 fmt here/manifests
		ends 0 fmt --check here/manifests
		ends 0 plan --live here/live.yaml here/manifests
		grep -v '^Organisation' stdout | sed 's/ *[^ ]*[.]yaml:[0-9]*:[0-9]*$//' |
			diff before -
		rm -R here
	done
}

@test "fmt takes neither standard input nor a revision nor a link, and no organisation" {
	ends 1 fmt -
	ln -s account.yaml manifests/link.yaml
	ends 1 fmt manifests/link.yaml
	ends 64 fmt --org acme manifests
}

@test "an invalid manifest is an error, and nothing of the set is written" {
	printf '%s\n' 'apiVersion: writ/v1' 'kind: TechnicalAccount' 'metadata:   {name: robot}' \
		'spec: {owner: a}' >good.yaml
	cp good.yaml before
	bad() { # ID LINES...
		printf '%s\n' 'apiVersion: writ/v1' "${@:2}" >bad.yaml
		cp bad.yaml bad.before
		ends 1 fmt good.yaml bad.yaml
		grep -q "^bad.yaml:.*\[$1\]$" stderr
		ends 1 fmt --check bad.yaml
		cmp good.yaml before
		cmp bad.yaml bad.before
	}
	bad E0419 'kind: TechnicalAcount' 'metadata: {name: x}' 'spec: {owner: a}'
	bad E0401 'kind: TechnicalAccount' 'metadata: {name: x}' 'spec: {owners: a}'
	bad E0405 'kind: TechnicalAccount' 'metadata: {name: X Y}' 'spec: {owner: a}'
	bad E0404 'kind: TechnicalAccount' 'metadata: {name: x}' 'spec: {owner: }'
}

@test "a file's name cannot drive the terminal" {
	name=$(printf 'manifests/\033[2J\302\233.yaml')
	mv manifests/account.yaml "$name"
	ends 1 fmt --check manifests
	[ "$(cat stdout)" = 'manifests/\x1B[2J\u{9B}.yaml' ]
	ends 0 fmt --diff manifests
	grep -qF -- '--- "a/manifests/\033[2J\302\233.yaml"' stdout
}
