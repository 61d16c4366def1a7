#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every command that README, the manual pages and the help show is typed: each page from its first
# to its last, in a checkout that has what the pages speak of.

setup() {
	load helper
	load ../emulator/helper
	common_setup
	export HOME="$BATS_TEST_TMPDIR/home" REPO="$BATS_TEST_TMPDIR/home/repo"
	mkdir -p "$HOME/.config/writ" "$HOME/.config/fish/completions" "$HOME/bin" \
		"$HOME/repo/.github"
	git_setup
	export HOME="$BATS_TEST_TMPDIR/home"
	export XDG_STATE_HOME="$HOME/.local/state" PATH="$HOME/bin:$PATH"
	cp gitconfig "$HOME/.gitconfig"
	ln -s "$WRIT" "$HOME/bin/writ"
	ln -s "$ADOBE_EMULATOR" "$HOME/bin/adobe-emulator"
	# What it would do, for all of it is longer than a test; that a target is there is seen.
	# shellcheck disable=SC2016 # for the script
	printf '#!/bin/sh\nexec /usr/bin/make -n -C "$WRIT_ROOT" "$@" >/dev/null\n' \
		>"$HOME/bin/make"
	chmod +x "$HOME/bin/make"
}

teardown() {
	emulator_stop
}

# at DAY COMMAND...: with the clock and the commits of that day.
at() {
	local day=$1
	shift
	WRIT_NOW="${day}T12:00:00Z" GIT_AUTHOR_DATE="${day}T12:00:00Z" \
		GIT_COMMITTER_DATE="${day}T12:00:00Z" "$@"
}

committed() {
	git add -A manifests
	at "$1" git commit -qm "$2"
}

# An organisation with a history, somebody's change that nobody wrote down, and one that is written
# and not applied.
checkout() {
	mkdir "$HOME/base"
	cd "$HOME/base" || return
	quickstart
	cp -R "$WRIT_ROOT/examples" examples
	operator_says <<-END
		live: $PWD/live.yaml
		snapshot: {repository: $PWD, folder: snapshot}
		policy: {maxAdminGrants: 5}
	END
	cp config.yaml "$HOME/.config/writ/config.yaml"
	# Of a file only one that is named counts.
	export WRIT_CONFIG="$HOME/.config/writ/config.yaml"
	git init -q -b main .
	"$WRIT" fmt manifests
	committed 2026-02-01 'first manifests'
	at 2026-02-01 ends 4 apply --auto-approve --live live.yaml --snapshot snapshot \
		--commit manifests
	"$WRIT" edit grant report-reader 'Adobe Express/Templates' --reason 'monthly report' \
		>/dev/null manifests
	committed 2026-11-10 'a profile more'
	at 2026-11-10 ends 4 apply --auto-approve --live live.yaml --snapshot snapshot \
		--commit manifests
	desk 'jane@example.com' >>live.yaml
	desk 'omar@example.com, reason: desk' >>manifests/organization.yaml
	"$WRIT" fmt manifests
	committed 2026-11-29 desk
	export WRIT_NOW=2026-11-30T12:00:00Z
	ends 0 plan --live live.yaml --out plan.json manifests
	last_run >../run
	rm -f stdout stderr
	cd "$BATS_TEST_TMPDIR" || return
	mv home saved
	restored
}

desk() {
	printf -- '---\napiVersion: writ/v1\nkind: AdminRole\nmetadata: {name: desk}\n'
	printf 'spec: {role: support-administrator, members: [{user: %s}]}\n' "$1"
}

# The checkout, and what runs have left of it, as it was.
restored() {
	cd "$BATS_TEST_TMPDIR" || return
	rm -rf home
	cp -a saved home
	cd "$HOME/base" || return
}

# commands PAGE: those of its examples, a line each.
commands() {
	awk '/^# /{on = /^# EXAMPLE/; next}
		!on {next}
		/^```/{fence = !fence; next}
		fence || /^\t/ || more {print}
		{more = /[+][+]$/}' "$1" |
		sed 's/++$//; s/^[[:space:]]*//; s/^[$] //; s/\\\\$/\\/' |
		sed -e ':a' -e '/\\$/N; s/\\\n//; ta'
}

# The same of README, whose blocks are indented; one of a manifest is left out.
commands_of_readme() {
	awk '/^$/{next}
		!/^    /{block = ""; next}
		{line = substr($0, 5)}
		block == "" {
			block = line ~ /^[$] / ? "session" : \
				line ~ /^apiVersion:/ ? "manifest" : "commands"
		}
		block == "session" && line ~ /^[$] / {print substr(line, 3)}
		block == "commands" {print line}' "$WRIT_ROOT/README.md" | sed 's/  *# .*//'
}

# filled LINE: with what only the reader has.
filled() {
	local digest='' drift=''
	case $1 in
	*DIGEST*) digest=$("$WRIT" show plan.json | grep -o -m 1 'sha256:[0-9a-f]*') ;;
	*0a1b2c3d4e5f6071*) drift=$("$WRIT" drift --live live.yaml --base snapshot \
		--format json manifests | jq -r '.drift[0].fingerprint') ;;
	esac
	echo "$1" | sed "s/\bRUN\b/$(cat ../run)/; s/sha256:DIGEST/$digest/
		s/0a1b2c3d4e5f6071/$drift/"
}

# typed LINE: as by a person, who says yes where they are asked; keeps what it prints, and its
# status.
typed() {
	status=0
	case $1 in
	*--plan* | *--auto-approve* | *--resume*) timeout 120 bash -o pipefail -c "$1" >../stdout \
		2>../stderr </dev/null || status=$? ;;
	'writ apply '*) echo yes |
		timeout 120 script -qefc "$1" ../typescript >../stdout 2>../stderr || status=$? ;;
	*) timeout 120 bash -o pipefail -c "$1" >../stdout 2>../stderr </dev/null || status=$? ;;
	esac
}

# is_right STATUS... -- LINE: of what was typed last.
is_right() {
	local due
	for due; do
		[ "$due" = -- ] && break
		[ "$status" -ne "$due" ] || return 0
	done
	echo "${*: -1}: $status"
	cat ../stdout ../stderr
	return 1
}

# all_of NAME <COMMANDS: in order, in one checkout. Withheld and pending changes are results too.
all_of() {
	local line count=0
	restored
	while IFS= read -r line; do
		line=$(filled "$line")
		typed "$line"
		is_right 0 2 4 -- "$1: $line"
		count=$((count + 1))
	done
	[ "$count" -gt 0 ] || { echo "$1 shows no command"; return 1; }
	echo "$count" >>../count
	cat ../count >>"$BATS_TEST_TMPDIR/counts"
}

# Those with a test of their own, for they are about something else than this checkout; and a
# manifest.
elsewhere=' adobe-emulator.1 writ-completion.1 writ-organizations.7 writ-rotate.1 writ-verify.1 writ-manifest.5 '

@test "what README shows can be typed, from its first command to its last" {
	checkout
	all_of README < <(commands_of_readme)
	[ "$(commands_of_readme | grep -c '^writ ')" -ge 12 ]
	[ "$(commands_of_readme | grep -c '^cp ')" -eq 3 ]
	[ "$(commands_of_readme | grep -c '^make ')" -eq 3 ]
	[ -e "$REPO/ci/plan.sh" ]
	[ -e "$REPO/.github/workflows/writ-plan.yml" ]
	cmp examples/ci/gitlab/gitlab-ci.yml "$REPO/.gitlab-ci.yml"
}

@test "what a manual page shows can be typed, from its first command to its last" {
	checkout
	for page in "$WRIT_ROOT"/cmd/man/*.scd; do
		name=${page##*/}
		name=${name%.scd}
		[[ $elsewhere == *" $name "* ]] || all_of "$name" < <(commands "$page")
	done
	[ "$(wc -l <"$BATS_TEST_TMPDIR/counts")" -gt 25 ]
}

@test "what the help of a command shows can be typed" {
	checkout
	for command in $("$WRIT" help | sed -n 's/^  writ \([a-z]*\) .*/\1/p'); do
		line=$("$WRIT" help "$command" | sed -n 's/^Example: //p')
		[[ $line == "writ $command"* ]] ||
			{ echo "help $command has no example"; return 1; }
		case $command in
		verify | rotate) ;; # below
		*) all_of "help $command" <<<"$line" ;;
		esac
	done
}

@test "the manifests that README and writ-manifest(5) show are valid" {
	quickstart
	rm manifests/accounts/asset-archiver.yaml
	awk '/^    apiVersion/{on = 1} !/^    /{on = 0} on {print substr($0, 5)}' \
		"$WRIT_ROOT/README.md" >shown.yaml
	[ "$(wc -l <shown.yaml)" -ge 10 ]
	ends 0 validate manifests shown.yaml
	awk '/^```/{on = !on; next} /^# EXAMPLE/{here = 1} here && on' \
		"$WRIT_ROOT/cmd/man/writ-manifest.5.scd" >shown.yaml
	[ "$(wc -l <shown.yaml)" -ge 15 ]
	ends 0 validate manifests shown.yaml
}

@test "what writ-completion(1) shows" {
	cd "$HOME"
	commands "$WRIT_ROOT/cmd/man/writ-completion.1.scd" >lines
	[ "$(wc -l <lines)" -eq 3 ]
	bash --norc -c "$(sed -n 1p lines); complete -p writ" | grep -qF -- '-F _writ writ'
	if command -v zsh; then
		zsh -f -c "autoload -Uz compinit; compinit -u -D; $(sed -n 2p lines)
			echo \$_comps[writ]" | grep -qx _writ
	fi
	bash -c "$(sed -n 3p lines)"
	grep -q '^complete -c writ' .config/fish/completions/writ.fish
}

@test "what writ-organizations(7) shows" {
	mkdir -p work/manifests work/live
	cd work
	printf 'apiVersion: writ/v1\nkind: Configuration\norganizations:\n' >config.yaml
	for name in acme beta; do
		printf 'apiVersion: writ/v1\nkind: Organization\nmetadata: {name: %s}\nspec: {provider: file}\n' $name |
			tee "live/$name.yaml" "manifests/$name.yaml" >/dev/null
		printf 'status:\n  products: [{product: Adobe Express, profile: Default}]\n' \
			>>"live/$name.yaml"
		printf -- '---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: robot, organization: %s}\nspec: {}\n' $name >>"manifests/$name.yaml"
		printf '  - {name: %s, orgId: %s@AdobeOrg, live: %s}\n' $name $name \
			"$PWD/live/$name.yaml" >>config.yaml
	done
	chmod 600 config.yaml
	while IFS= read -r line; do
		typed "$line"
		is_right 0 -- "$line"
	done < <(commands "$WRIT_ROOT/cmd/man/writ-organizations.7.scd")
	grep -q robot live/beta.yaml
}

@test "what writ-verify(1), writ-rotate(1) and their help show" {
	emulator_setup
	operated_start
	mkdir -p work/manifests
	cp config.yaml "$HOME/.config/writ/config.yaml"
	sed -i "s|{file: |{file: $PWD/|; s|{directory: |{directory: $PWD/|" config.yaml \
		"$HOME/.config/writ/config.yaml"
	chmod 600 config.yaml "$HOME/.config/writ/config.yaml"
	cd work
	wants manifests/wanted.yaml <<-END
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: asset-archiver}
		spec: {project: Asset Archiver,
		  products: [{product: Creative Cloud Enterprise, profile: Storage}]}
	END
	control POST give '{"account": "asset-archiver", "role": "storage-administrator"}' \
		>/dev/null
	control POST give '{"account": "asset-archiver", "product": "Creative Cloud Enterprise", "profile": "Storage"}' >/dev/null
	unset WRIT_NOW
	cp ../config.yaml .
	for command in verify rotate; do
		due=0
		[ $command = verify ] || due=6 # the second secret is there, and not used yet
		while IFS= read -r line; do
			(cd manifests && typed "$line" && is_right $due -- "$line")
		done < <(commands "$WRIT_ROOT/cmd/man/writ-$command.1.scd")
		line=$("$WRIT" help $command | sed -n 's/^Example: //p')
		typed "$line"
		is_right $due -- "$line"
	done
}

@test "what adobe-emulator(1) shows" {
	emulator_setup
	emulator_start
	credential asset-archiver
	port=${URL##*:}
	# shellcheck disable=SC2153 # set by credential
	email=$EMAIL
	emulator_stop
	awk '/^# WITH WRIT/{here = 1} /^```/{on = !on; next} here && on' \
		"$WRIT_ROOT/cmd/man/adobe-emulator.1.scd" | sed "s/8080/$port/g" >told.yaml
	{
		echo 'curl() { command curl -sS --retry 50 --retry-delay 1 --retry-connrefused "$@"; }'
		commands "$WRIT_ROOT/cmd/man/adobe-emulator.1.scd" |
			sed "s/8080/$port/g; s/[.][.][.]@techacct.adobe.com/$email/"
		# shellcheck disable=SC2016 # for the script
		echo 'umask 077; echo "$token" >token; mv told.yaml config.yaml; chmod 600 config.yaml'
		echo 'writ import --config config.yaml --org acme --out imported >&2 || exit'
		echo 'kill %1; wait'
	} >lines
	grep -q -- "--port $port" lines
	timeout 60 bash lines >stdout
	grep -q '"role": *"storage-administrator"\|"ok": *true' stdout
	grep -q "$ORG" stdout
	grep -q 'name: asset-archiver' -r imported
}

@test "the plan in README is what the quick start prints" {
	cd "$WRIT_ROOT/examples/quickstart"
	sed -n '/^    [$] writ plan --live live.yaml manifests$/,/^.+. is added/p' \
		"$WRIT_ROOT/README.md" |
		sed '1d; s/^    //' | head -n -2 >"$BATS_TEST_TMPDIR/told"
	"$WRIT" plan --log quiet --live live.yaml manifests >"$BATS_TEST_TMPDIR/printed"
	cd "$BATS_TEST_TMPDIR"
	[ "$(wc -l <printed)" -gt 30 ]
	diff <(sed 's/sha256:.*/DIGEST/' told) <(sed 's/sha256:.*/DIGEST/' printed)
}
