#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
}

@test "help, --help, -h and no argument are one" {
	run_writ help
	assert_golden help
	cp stdout first
	for word in --help -h ''; do
		# shellcheck disable=SC2086 # nothing is the point
		ends 0 $word
		cmp stdout first
	done
}

@test "help of every command" {
	: >all
	for command in init validate fmt edit plan apply show import snapshot drift restore why \
		who report log ledger undo expiring verify rotate schema completion version help; do
		ends 0 help "$command"
		grep -q "  writ $command " first 2>/dev/null ||
			"$WRIT" help | grep -q "  writ $command "
		cat stdout >>all
	done
	mv all stdout
	assert_golden help-commands
}

@test "help of what is no command: 64" {
	run_writ help plam
	assert_golden help-unknown
	[ "$status" -eq 64 ]
}

@test "every command has a manual page, and README names every page" {
	for command in $("$WRIT" help | sed -n 's/^  writ \([a-z]*\) .*/\1/p'); do
		[ -e "$WRIT_ROOT/cmd/man/writ-$command.1.scd" ] ||
			{ echo "no page of $command"; return 1; }
		grep -qE "^[*]${command}[*]" "$WRIT_ROOT/cmd/man/writ.1.scd" ||
			{ echo "writ(1) lacks $command"; return 1; }
	done
	for page in "$WRIT_ROOT"/cmd/man/*.scd; do
		grep -qF "(cmd/man/${page##*/})" "$WRIT_ROOT/README.md" ||
			{ echo "README lacks ${page##*/}"; return 1; }
	done
}
