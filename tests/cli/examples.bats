#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every command that README, the manual pages and the help show is typed, in a folder that has what they speak of.

setup() {
	load helper
	common_setup
	git_setup
	mkdir base
	cd base || return
	quickstart
	operator_says <<-'END'
		policy: {maxAdminGrants: 5}
	END
	git init -q .
	mkdir -p ~/.config/fish/completions
	ends 0 init acme
	ends 4 apply --auto-approve --live live.yaml manifests
	ends 0 snapshot --live live.yaml --snapshot org
	cp -R org snapshot
	# Somebody clicked something, and somebody else wrote something.
	cat >>live.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: desk}
		spec: {role: support-administrator, members: [{user: jane@example.com}]}
	END
	cat >>manifests/organization.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: desk}
		spec: {role: support-administrator, members: [{user: omar@example.com, reason: desk}]}
	END
	ends 0 plan --live live.yaml --out plan.json manifests
	ends 0 fmt manifests
	git add -A
	git commit -qm all
	rm stdout stderr
	cd "$BATS_TEST_TMPDIR" || return
	cp -R base saved
}

# What follows "writ" on the lines that show commands.
shown() {
	for command in $("$WRIT" help | sed -n 's/^  writ \([a-z]*\) .*/\1/p'); do
		"$WRIT" help "$command" | sed -n 's/^Example: writ //p'
	done
	sed -n '/^# EXAMPLE/,/^# [^E]/s/^[[:space:]]*[$] writ \(.*\)/\1/p' "$WRIT_ROOT"/cmd/man/writ*.scd |
		sed 's/++$//'
	sed -n 's/^    \([$] \)\{0,1\}writ \(.*\)/\2/p' "$WRIT_ROOT/README.md" | sed 's/  *#.*//'
}

# What stands for something that only the reader has.
filled() {
	local run digest drift
	run=$("$WRIT" log --format json | jq -r '.runs[0].id // .runs[0].run' 2>/dev/null)
	digest=$("$WRIT" show plan.json | grep -o -m 1 'sha256:[0-9a-f]*')
	drift=$("$WRIT" drift --live live.yaml --base snapshot --format json manifests | jq -r '.drift[0].fingerprint')
	sed "s/\bRUN\b/$run/; s/sha256:DIGEST/$digest/; s/0a1b2c3d4e5f6071/$drift/; s/^apply \(.*manifests\)/apply --auto-approve \1/"
}

# Those that need Adobe's services, the secret of an account, or commits of another day.
elsewhere() {
	grep -vE '^(verify|rotate|init|restore) |--as-of|--rehearse|^apply --plan plan.json$|--config|HEAD~1|--resume'
}

# type_it WORDS: in the folder as it was, for a run is of one live file; keeps what it prints, and its status.
type_it() {
	rm -rf base
	cp -R saved base
	status=0
	(cd base && timeout 60 bash -c "'$WRIT' $1" >../stdout 2>../stderr </dev/null) || status=$?
}

@test "every command that is shown can be typed, and none is wrong" {
	shown | elsewhere | sort -u >lines
	[ "$(wc -l <lines)" -gt 30 ]
	cd base
	filled <../lines >../words
	cd "$BATS_TEST_TMPDIR"
	while IFS= read -r line; do
		type_it "$line"
		case $status in
		0 | 2 | 4) ;;
		*)
			echo "writ $line: $status"
			cat stdout stderr
			return 1
			;;
		esac
	done <words
}

@test "the plan in README is what the quick start prints" {
	cd "$WRIT_ROOT/examples/quickstart"
	sed -n '/^    [$] writ plan --live live.yaml manifests$/,/^.+. is added/p' "$WRIT_ROOT/README.md" |
		sed '1d; s/^    //' | head -n -2 >"$BATS_TEST_TMPDIR/told"
	"$WRIT" plan --log quiet --live live.yaml manifests >"$BATS_TEST_TMPDIR/printed"
	cd "$BATS_TEST_TMPDIR"
	[ "$(wc -l <printed)" -gt 30 ]
	diff <(sed 's/sha256:.*/DIGEST/' told) <(sed 's/sha256:.*/DIGEST/' printed)
}

@test "what cannot be typed here is not a wrong command line" {
	shown | sort -u >all
	elsewhere <all | sort >typed
	comm -23 all typed >lines
	[ -s lines ]
	while IFS= read -r line; do
		type_it "$line"
		run ! grep -E 'unknown (command|option)|takes no argument|needs [A-Z]' stderr
	done <lines
}

@test "every manual page of a command has examples, and so has its help" {
	for page in "$WRIT_ROOT"/cmd/man/*.scd; do
		grep -qE '^# EXAMPLES?$' "$page" || { echo "${page##*/} has no example"; return 1; }
	done
	for command in $("$WRIT" help | sed -n 's/^  writ \([a-z]*\) .*/\1/p'); do
		"$WRIT" help "$command" | grep -q "^Example: writ $command" || { echo "help $command has none"; return 1; }
	done
}
