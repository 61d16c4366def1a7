#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A ledger in git, over each of the ways to a remote, by real servers.

load git_servers

# Each test has servers and a repository of its own.
setup() {
	local missing
	SUITE=${WRIT%/*}/unit/core/ledger/stores/test_git
	[ -x "$SUITE" ] || { echo "$SUITE is not built"; return 1; }
	if missing=$(servers_missing sshd nginx fcgiwrap openssl perl); then
		skip "$missing is not installed; \"make deps\" installs it"
	fi
	servers_make
	LEDGER=$SERVERS/repositories/ledger.git
}

teardown() {
	servers_end
}

# suite REMOTE [MODE]: the conformance suite of stores, or another part of the program, over this
# remote.
suite() {
	WRIT_TEST_REMOTE=$1 WRIT_TEST_MODE=${2:-} timeout 300 "$SUITE"
}

# refused REMOTE CODE WORDS: a first record is refused so.
refused() {
	WRIT_TEST_CODE=$2 WRIT_TEST_WORDS=$3 suite "$1" refused
}

ssh_remote() {
	export GIT_SSH_COMMAND="ssh -F $SERVERS/ssh"
	REMOTE=ssh://$(id -un)@127.0.0.1:${1:-$SSH_PORT}$LEDGER
}

https_remote() {
	REMOTE=https://127.0.0.1:${1:-$HTTPS_PORT}/git/ledger.git
}

# by_helper USER PASSWORD: the user's credential helper has them.
by_helper() {
	printf 'https://%s:%s@127.0.0.1%%3a%s\n' "$1" "$2" "$HTTPS_PORT" >"$SERVERS/credentials"
	git config --global credential.helper "store --file=$SERVERS/credentials"
}

# by_header USER PASSWORD: a header that a CI service wrote into the configuration.
by_header() {
	git config --global "http.https://127.0.0.1:$HTTPS_PORT/.extraHeader" \
		"AUTHORIZATION: basic $(printf '%s:%s' "$1" "$2" | base64)"
}

# hook <SCRIPT: decides on pushes.
hook() {
	cat >"$LEDGER/hooks/pre-receive"
	chmod 700 "$LEDGER/hooks/pre-receive"
}

@test "file: the suite of all stores, where nothing may be forced or deleted" {
	git -C "$LEDGER" config receive.denyNonFastForwards true
	git -C "$LEDGER" config receive.denyDeletes true
	git -C "$LEDGER" config receive.fsckObjects true
	suite "file://$LEDGER"
}

@test "ssh: the suite of all stores" {
	ssh_serve
	ssh_remote
	suite "$REMOTE"
}

@test "ssh: a key that is not known, and a host that is another" {
	ssh_serve
	ssh_remote
	sed -i "s|IdentityFile .*|IdentityFile $SERVERS/other_key|" "$SERVERS/ssh"
	refused "$REMOTE" DENIED 'Permission denied (publickey)'
	printf 'ledger %s\n' "$(cat "$SERVERS/other_key.pub")" >"$SERVERS/known_hosts"
	refused "$REMOTE" SYSTEM 'Host key verification failed'
}

@test "ssh: connections that are cut" {
	ssh_serve
	cut_before "$SSH_PORT"
	ssh_remote "$CUT_PORT"
	suite "$REMOTE" cuts
}

@test "https: the suite of all stores, by a credential helper" {
	https_serve
	https_remote
	by_helper ann secret
	suite "$REMOTE"
}

@test "https: a header of the configuration is a credential" {
	https_serve
	https_remote
	by_header ann secret
	refused "$REMOTE" DONE ''
}

@test "https: the head of a long ledger takes three requests" {
	https_serve
	https_remote
	by_header ann secret
	suite "$REMOTE" fill
	: >"$SERVERS/access.log"
	suite "$REMOTE" head
	[ "$(wc -l <"$SERVERS/access.log")" -eq 3 ]
}

@test "https: wrong credentials, and none" {
	https_serve
	https_remote
	refused "$REMOTE" DENIED 'could not read Username'
	by_helper ann wrong
	refused "$REMOTE" DENIED 'Authentication failed'
	by_header ann wrong
	refused "$REMOTE" DENIED ''
	[ -z "$(git -C "$LEDGER" for-each-ref)" ]
}

@test "https: a certificate that nobody vouches for" {
	https_serve
	https_remote
	by_helper ann secret
	git config --global --unset http.sslCAInfo
	git config --global http.sslVerify false
	refused "$REMOTE" SYSTEM 'certificate'
}

@test "https: a hook that refuses is told in its own words" {
	https_serve
	https_remote
	by_helper bob other
	hook <<-'END'
		#!/bin/sh
		[ "$REMOTE_USER" = ann ] ||
			{ echo "$REMOTE_USER may not push to the ledger"; exit 1; }
	END
	refused "$REMOTE" DENIED 'bob may not push to the ledger'
	[ -z "$(git -C "$LEDGER" for-each-ref)" ]
	by_helper ann secret
	refused "$REMOTE" DONE ''
}

@test "https: connections that are cut" {
	https_serve
	cut_before "$HTTPS_PORT"
	https_remote "$CUT_PORT"
	HTTPS_PORT=$CUT_PORT by_helper ann secret
	suite "$REMOTE" cuts
}

# full_for COMMAND <<< NAME: makes the program NAME, which has no room for files of more than 512
# bytes when it runs a command of this name.
full_for() {
	local program
	read -r program
	mkdir -p "$SERVERS/bin"
	cat >"$SERVERS/bin/$program" <<-END
		#!/bin/sh
		case " \$* " in *$1*) trap '' XFSZ; ulimit -f 1 ;; esac
		[ $program = git ] && exec $(command -v git) "\$@"
		shift
		exec sh -c "\$*"
	END
	chmod 700 "$SERVERS/bin/$program"
}

@test "a server whose disk is full" {
	full_for git-receive-pack <<<ssh
	GIT_SSH=$SERVERS/bin/ssh GIT_SSH_VARIANT=simple refused "ssh://localhost$LEDGER" SYSTEM \
		'File too large'
	[ -z "$(git -C "$LEDGER" for-each-ref)" ]
}

@test "a machine whose disk is full says so before anything is sent" {
	full_for fast-import <<<git
	PATH="$SERVERS/bin:$PATH" refused "file://$LEDGER" SYSTEM 'making a record of the ledger'
	[ -z "$(git -C "$LEDGER" for-each-ref)" ]
}
