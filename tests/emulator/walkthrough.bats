#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The walk-through of examples/adobe-storage, word for word, with what it prints.

@test "from an empty organisation to an account that gets in" {
	unset WRIT_CONFIG http_proxy HTTP_PROXY
	cp -R "$WRIT_ROOT/examples/adobe-storage" "$BATS_TEST_TMPDIR/story"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir programs
	ln -s "$WRIT" programs/writ
	ln -s "$ADOBE_EMULATOR" programs/adobe-emulator
	PATH=$PWD/programs:$PATH "$WRIT_ROOT/tests/walkthrough" story/README.md story 3>&-
}
