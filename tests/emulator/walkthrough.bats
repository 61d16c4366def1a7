#!/usr/bin/env bats
# The walk-through of examples/adobe-storage, word for word.

@test "from an empty organisation to an account that gets in" {
	cd "$WRIT_ROOT" || return
	[ "$WRIT_ROOT/build/writ" -ef "$WRIT" ] || skip "it names the programs of the folder build"
	awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' examples/adobe-storage/README.md \
		>"$BATS_TEST_TMPDIR/steps"
	[ "$(grep -c '^writ ' "$BATS_TEST_TMPDIR/steps")" -eq 5 ]
	unset WRIT_CONFIG http_proxy HTTP_PROXY
	run env TMPDIR="$BATS_TEST_TMPDIR" bash -eu "$BATS_TEST_TMPDIR/steps" 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *'Apply: 2 done, 0 failed, 0 unknown, 0 not tried, 1 by hand.'* ]]
	[[ $output == *'No changes. The live organisation matches the manifests.'* ]]
	[[ $output != *'not proven'* ]]
}
