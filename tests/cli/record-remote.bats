#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The snapshots' repository is pushed to real servers: whoever may push there with git may so with
# writ.

load git_servers

setup() {
	local missing
	load helper
	if missing=$(servers_missing sshd nginx fcgiwrap openssl perl); then
		skip "$missing is not installed; \"make deps\" installs it"
	fi
	common_setup
	git_setup
	export GIT_CONFIG_COUNT=0
	servers_make
	git config --global user.name Tester
	git config --global user.email tester@example.com
	git config --global init.defaultBranch main
	quickstart
	REMOTE=$SERVERS/repositories/ledger.git
	git -C "$REMOTE" symbolic-ref HEAD refs/heads/main
	git init -q repo
	git -C repo commit -q --allow-empty -m start
	git -C repo push -q "$REMOTE" HEAD:main
	operator_says <<<"snapshot: {repository: repo, folder: org, commit: true, push: origin}"
}

teardown() {
	servers_end
}

apply() {
	local due=$1
	shift
	ends "$due" apply --live live.yaml --config config.yaml --auto-approve \
		--allow-remove '100%' "$@" manifests
}

# over_https CONFIGURATION-OF-GIT...: where the header of a CI service is written.
over_https() {
	https_serve
	git -C repo remote add origin "https://127.0.0.1:$HTTPS_PORT/git/ledger.git"
	git "$@" "http.https://127.0.0.1:$HTTPS_PORT/.extraHeader" \
		"AUTHORIZATION: basic $(printf 'ann:secret' | base64)"
}

is_pushed() {
	[ "$(git -C "$REMOTE" rev-parse main)" = "$(git -C repo rev-parse main)" ]
	[ "$(git -C repo rev-parse origin/main)" = "$(git -C repo rev-parse main)" ]
	git -C "$REMOTE" cat-file -e main:org/organization.yaml
	[ -z "$(ls -A repo/.git/writ)" ]
	git -C repo fsck --strict
}

@test "https: the header of a checkout is the credential" {
	over_https -C repo config
	apply 0
	is_pushed
}

@test "https: a helper has it; without one nothing is changed" {
	https_serve
	git -C repo remote add origin "https://127.0.0.1:$HTTPS_PORT/git/ledger.git"
	cp live.yaml before.yaml
	apply 1
	grep -q 'nothing was changed, for the run could not be recorded: asking remote "origin"' \
		stderr
	grep -q 'could not read Username' stderr
	cmp live.yaml before.yaml
	printf 'https://ann:secret@127.0.0.1%%3a%s\n' "$HTTPS_PORT" >"$SERVERS/credentials"
	git config --global credential.helper "store --file=$SERVERS/credentials"
	apply 0
	is_pushed
}

@test "https: what others pushed elsewhere comes first" {
	over_https config --global
	git clone -q "$REMOTE" other
	echo notes >other/notes
	git -C other add notes
	git -C other commit -q -m notes
	git -C other push -q
	apply 0
	is_pushed
	git -C repo cat-file -e main:notes
	git -C repo merge-base --is-ancestor "$(git -C other rev-parse main)" main
}

@test "ssh: a key of the user's, and no agent" {
	ssh_serve
	export GIT_SSH_COMMAND="ssh -F $SERVERS/ssh"
	git -C repo remote add origin "ssh://$(id -un)@127.0.0.1:$SSH_PORT$REMOTE"
	apply 0
	is_pushed
}

@test "a checkout that has the last commit alone, or no contents, is pushed too" {
	git -C "$REMOTE" config uploadpack.allowFilter true
	for way in --depth=1 --filter=blob:none; do
		rm -rf repo state
		git -C "$REMOTE" update-ref -d refs/heads/main
		git clone -q "$REMOTE" full 2>/dev/null
		(
			cd full
			git checkout -q -b main
			for i in 1 2 3; do
				echo "$i" >file
				git add file
				git commit -q -m "$i"
			done
			git push -q origin HEAD:main
		)
		rm -rf full
		git clone -q "$way" "file://$REMOTE" repo
		cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
		apply 0
		[ "$(git -C "$REMOTE" rev-parse main)" = "$(git -C repo rev-parse main)" ]
		git -C "$REMOTE" fsck --strict
	done
}

@test "no program runs that the repository names" {
	git -C repo remote add origin "$REMOTE"
	for key in core.sshCommand core.fsmonitor core.gitProxy core.alternateRefsCommand \
		remote.origin.receivepack remote.origin.uploadpack uploadpack.packObjectsHook; do
		git -C repo config "$key" "touch $PWD/ran; false"
	done
	mkdir -p repo/.git/hooks
	for hook in pre-push reference-transaction post-commit; do
		printf '#!/bin/sh\ntouch %s/ran\n' "$PWD" >"repo/.git/hooks/$hook"
		chmod +x "repo/.git/hooks/$hook"
	done
	apply 0
	[ ! -e ran ]
	[ "$(git -C "$REMOTE" rev-parse main)" = \
		"$(git -c core.fsmonitor=false -C repo rev-parse main)" ]
}
