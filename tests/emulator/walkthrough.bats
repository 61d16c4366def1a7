#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Walk-throughs of the examples, word for word, with what they print.

# walk EXAMPLE: its README, run in a copy.
walk() {
	unset WRIT_CONFIG WRIT_NOW http_proxy HTTP_PROXY
	export HOME="$BATS_TEST_TMPDIR" GIT_CONFIG_SYSTEM=/dev/null
	cp -R "$WRIT_ROOT/examples/$1" "$BATS_TEST_TMPDIR/story"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir programs
	ln -s "$WRIT" programs/writ
	ln -s "$ADOBE_EMULATOR" programs/adobe-emulator
	PATH=$PWD/programs:$PATH "$WRIT_ROOT/tests/walkthrough" story/README.md story 3>&-
}

@test "from an empty organisation to an account that gets in" {
	walk adobe-storage
}

@test "an organisation is wiped, taken back to a day long ago, restored without its repository" {
	walk disaster-recovery/adobe
}
