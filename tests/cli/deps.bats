#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What `make deps` would install, with the system's package tools replaced by stubs: nothing here
# installs anything.

setup() {
	load helper
	common_setup
	mkdir stubs
	export CALLS=$BATS_TEST_TMPDIR/calls
	stub dpkg-query "tr '\\n' ' ' <$PWD/installed"
	# shellcheck disable=SC2016 # for the stubs
	stub apt-get 'echo "apt-get $*" >>"$CALLS"'
	# shellcheck disable=SC2016
	stub sudo 'echo "sudo $*" >>"$CALLS"; "$@"'
	: >installed
	: >calls
}

# stub NAME BODY: a command that stands in front of the real one.
stub() {
	printf '#!/bin/sh\n%s\n' "$2" >"stubs/$1"
	chmod +x "stubs/$1"
}

deps() {
	PATH="$PWD/stubs:$PATH" make --no-print-directory -C "$WRIT_ROOT" "$@" >stdout 2>stderr
}

@test "as root: what is missing is named and installed, without sudo" {
	stub id 'echo 0'
	deps deps-build
	grep -q '^deps: installing .*libyaml-dev.*scdoc' stdout
	[ "$(cut -d ' ' -f 1-2 calls)" = "$(printf 'apt-get update\napt-get install')" ]
	grep -q '^apt-get install -y -qq --no-install-recommends gcc .*scdoc' calls
}

@test "as somebody else: through sudo" {
	stub id 'echo 1000'
	deps deps-build
	grep -qx 'sudo apt-get update -qq' calls
	grep -q '^sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y .*libyaml-dev' calls
}

@test "what is there is left alone: nothing is said or called" {
	stub id 'echo 1000'
	deps deps-build
	tr ' ' '\n' <stdout | sed -n '3,$s/^/installed=/p' >installed
	[ "$(wc -l <installed)" -ge 10 ]
	: >calls
	deps deps-build
	[ ! -s calls ]
	[ ! -s stdout ]
	sed -i /scdoc/d installed
	deps deps-build
	[ "$(cat stdout)" = 'deps: installing scdoc' ]
}

@test "a failing installer fails the build" {
	stub id 'echo 0'
	stub apt-get 'exit 1'
	run deps deps-build
	[ "$status" -ne 0 ]
}

@test "a package tool that is not Debian's: the list, and on with the build" {
	stub id 'echo 0'
	for tool in sh echo cat id make; do
		command -v "$tool" >/dev/null
		[ -e "stubs/$tool" ] || ln -s "$(command -v "$tool")" "stubs/$tool"
	done
	rm stubs/dpkg-query
	PATH="$PWD/stubs" make --no-print-directory -C "$WRIT_ROOT" deps-build >stdout 2>/dev/null
	grep -q '^deps: this is not Debian; install the equivalents of: gcc .*scdoc' stdout
	[ ! -s calls ]
}

# would TARGET: the commands that make would run for it.
would() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -n --no-print-directory -C "$WRIT_ROOT" "$1"
}

@test "make test installs nothing; make check installs what is missing and does what test does" {
	would test >of-test
	would check >of-check
	grep -q '^ *WRIT=.* prove ' of-test
	run ! grep -Ew 'apt-get|npm ci|npm install|sudo|dpkg' of-test
	grep -qw 'apt-get install' of-check
	grep -q '^ *WRIT=.* prove ' of-check
}
