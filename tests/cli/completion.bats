#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031 # a test is a subshell
# Keys are pressed in the shells themselves, where they are installed.

setup() {
	load helper
	common_setup
	quickstart
	cd manifests || return
	mkdir ../bin
	# Tells what was typed; what a completion asks is answered.
	cat >../bin/writ <<-END
		#!/bin/sh
		[ "\$1" != completion ] || exec '$WRIT' "\$@"
		printf '<typed'
		printf ' [%s]' "\$@"
		printf '>\n'
	END
	chmod +x ../bin/writ
	export PATH="$BATS_TEST_TMPDIR/bin:$PATH" TERM=dumb
	for shell in bash zsh fish; do
		"$WRIT" completion $shell >../completion.$shell
	done
}

# press SHELL LINE...: the lines typed at a terminal, \t a tab; prints what writ was given.
press() {
	local shell=$1
	shift
	printf '%b\n' "$@" exit |
		timeout 60 script -qec "$shell" typescript.log >/dev/null || true
	tr -d '\r' <typescript.log | grep -o '<typed.*>' || { cat -v typescript.log; return 1; }
	rm typescript.log
}

# What is typed below, and what it becomes.
lines=('writ pla\t --detai\t' 'writ drift ac\t' 'writ plan --target rep\t'
	'writ why ass\t storage-\t'
	'writ validate organiz\t' 'writ plan --format=cod\t'
	'writ edit gr\t rep\t storage-\t organiz\t' 'writ who storage-\t organiz\t')
typed() {
	printf '%s\n' '<typed [plan] [--detailed-exitcode]>' '<typed [drift] [accept]>' \
		'<typed [plan] [--target] [report-reader]>' \
		'<typed [why] [asset-archiver] [storage-administrator]>' \
		'<typed [validate] [organization.yaml]>' '<typed [plan] [--format=codequality]>' \
		'<typed [edit] [grant] [report-reader] [storage-administrator] [organization.yaml]>' \
		'<typed [who] [storage-administrator] [organization.yaml]>'
}

@test "bash completes commands, verbs, options, formats, names and files" {
	command -v script >/dev/null || skip 'no script(1)'
	echo ". '$BATS_TEST_TMPDIR/completion.bash'" >../rc
	typed >../due
	press "bash --noprofile --rcfile ../rc -i" "${lines[@]}" | diff ../due -
}

@test "zsh completes them too" {
	command -v zsh script >/dev/null || skip 'no zsh'
	export ZDOTDIR="$BATS_TEST_TMPDIR"
	echo "autoload -Uz compinit && compinit -u -D; . '$BATS_TEST_TMPDIR/completion.zsh'" \
		>../.zshrc
	typed | sed 6d >../due
	press "zsh -i" "${lines[@]:0:5}" "${lines[@]:6}" | diff ../due -
}

@test "fish completes them too" {
	command -v fish >/dev/null || skip 'no fish'
	export HOME="$BATS_TEST_TMPDIR"
	ask() {
		fish --no-config -c "source ../completion.fish; complete -C '$1'" | cut -f 1 |
			paste -sd ' '
	}
	[ "$(ask 'writ pla')" = plan ]
	[ "$(ask 'writ plan --detai')" = --detailed-exitcode ]
	[ "$(ask 'writ drift ac')" = 'accept accounts/' ]
	[ "$(ask 'writ plan --target rep')" = report-reader ]
	[ "$(ask 'writ why ass')" = asset-archiver ]
	[ "$(ask 'writ who storage-')" = storage-administrator ]
	[ "$(ask 'writ edit grant rep')" = report-reader ]
	[ "$(ask 'writ who storage-administrator organiz')" = organization.yaml ]
	[ "$(ask 'writ validate organiz')" = organization.yaml ]
	[ "$(ask 'writ plan --format cod')" = codequality ]
	[ "$(ask 'writ completion ')" = 'bash fish zsh' ]
}

# Names of products as people give them, and as nobody should: what they become is one word, and
# nothing of it runs. "%" stands for itself, "/" and a blank at the end are encoded.
odd_names() {
	cat >odd.yaml <<-'END'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: odd-names}
		spec:
		  owner: x
		  products:
		    - {product: 'Größe: "Pro" & Co', profile: "It's $(touch pwned) `touch pwned`"}
		    - {product: '日本 A:B=C@D', profile: 'a/b \ '}
		    - {product: api, profile: '*'}
		  apis: [UMAPI; touch pwned]
	END
	printf '%s\n' "<typed [who] [Größe: \"Pro\" & Co/It's \$(touch pwned) \`touch pwned\`]>" \
		"<typed [who] [Größe: \"Pro\" & Co/It's \$(touch pwned) \`touch pwned\`]>" \
		'<typed [who] [日本 A:B=C@D/a%2Fb \%20]>' '<typed [who] [product/api/*]>' \
		'<typed [who] [api/UMAPI; touch pwned]>' \
		'<typed [why] [odd-names] [日本 A:B=C@D/a%2Fb \%20]>'
}
odd_lines=('writ who Gr\t' 'writ who Größe:\\ \t' 'writ who 日本\\ A:B\t' 'writ who product/\t'
	'writ who api/\t' 'writ why odd-names 日\t')

@test "names with blanks, quotes, colons and what shells run are one word: bash" {
	command -v script >/dev/null || skip 'no script(1)'
	echo ". '$BATS_TEST_TMPDIR/completion.bash'" >../rc
	odd_names >../due
	press "bash --noprofile --rcfile ../rc -i" "${odd_lines[@]}" | diff ../due -
	# Behind an open quote of either sort.
	sed -n 1p ../due | tee ../two >>../two.due
	cat ../two >>../two.due
	press "bash --noprofile --rcfile ../rc -i" 'writ who "Gr\t' "writ who 'Gr\\t" |
		diff ../two.due -
	[ ! -e pwned ]
}

@test "names with blanks, quotes, colons and what shells run are one word: zsh" {
	command -v zsh script >/dev/null || skip 'no zsh'
	export ZDOTDIR="$BATS_TEST_TMPDIR"
	echo "autoload -Uz compinit && compinit -u -D; . '$BATS_TEST_TMPDIR/completion.zsh'" \
		>../.zshrc
	odd_names >../due
	press "zsh -i" "${odd_lines[@]}" | diff ../due -
	[ ! -e pwned ]
}

@test "names with blanks, quotes, colons and what shells run are one word: fish" {
	command -v fish >/dev/null || skip 'no fish'
	export HOME="$BATS_TEST_TMPDIR"
	odd_names >../due
	for word in Gr 日本 product/ api/; do
		fish --no-config -c "source ../completion.fish; complete -C 'writ who $word'"
	done >../got
	sed '2d; 6d; s/^<typed \[who\] \[\(.*\)\]>$/\1/' ../due | diff - ../got
	[ ! -e pwned ]
}

@test "every command, its options and its formats are in each script" {
	for command in $("$WRIT" help | sed -n 's/^  writ \([a-z]*\) .*/\1/p'); do
		for option in $("$WRIT" help "$command" | sed -n 's/^  --\([a-z-]*\).*/\1/p'); do
			grep -qF -- "--$option" ../completion.bash
			grep -qF -- "'--$option:" ../completion.zsh
			grep -q -- "seen_subcommand_from $command'.* -l $option " ../completion.fish
		done
		grep -q "^	$command)$" ../completion.bash
		grep -q "^	$command)$" ../completion.zsh
	done
	bash -n ../completion.bash
	shellcheck -s bash ../completion.bash
}

@test "names are of what can be read, and nothing else is said" {
	ends 0 completion accounts
	[ "$(paste -sd ' ' stdout)" = 'asset-archiver report-reader template-sync' ]
	echo 'kind: [' >broken.yaml
	ends 0 completion accounts
	[ "$(paste -sd ' ' stdout)" = 'asset-archiver report-reader template-sync' ]
	[ ! -s stderr ]
	ends 0 completion entitlements
	grep -qx system-administrator stdout
	grep -qx 'Adobe Express/Templates' stdout
	ends 64 completion
	ends 64 completion csh
}
