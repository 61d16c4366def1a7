#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The examples' stories, word for word.

setup() {
	load helper
	common_setup
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
	PATH="$(dirname "$WRIT"):$PATH"
}

@test "disaster recovery" {
	cp -R "$WRIT_ROOT/examples/disaster-recovery" story
	"$WRIT_ROOT/tests/walkthrough" story/README.md story
}

# shellcheck disable=SC2016 # nothing is to be expanded
@test "a walk-through that prints something else fails" {
	mkdir story
	printf '```console\n$ echo one\ntwo\n```\n' >story/README.md
	run "$WRIT_ROOT/tests/walkthrough" story/README.md story
	[ "$status" -eq 1 ]
	printf '```console\n$ echo one\n…e\n$ printf "a\\nb\\n"\n...\nb\n```\n' >story/README.md
	"$WRIT_ROOT/tests/walkthrough" story/README.md story
}
