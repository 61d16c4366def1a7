# SPDX-License-Identifier: Apache-2.0
# What the tests of commands share. A test runs in its own folder with its own state and a clock
# that stands still.

# shellcheck disable=SC2034 # read by bats
bats_require_minimum_version 1.5.0

common_setup() {
	export XDG_STATE_HOME="$BATS_TEST_TMPDIR/state" WRIT_NOW=2026-06-01T00:00:00Z LC_ALL=C.UTF-8
	unset NO_COLOR CLICOLOR_FORCE CI
	cd "$BATS_TEST_TMPDIR" || return
}

quickstart() {
	cp -R "$WRIT_ROOT/tests/data/quickstart/manifests" manifests
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
}

# organization [MORE]: the document of organisation acme; MORE goes on in its spec, ", KEY: VALUE".
organization() {
	printf '%s\n' 'apiVersion: writ/v1' 'kind: Organization' 'metadata: {name: acme}' \
		"spec: {provider: file${1:-}}"
}

# document KIND NAME SPEC: one more, behind another; SPEC is the inside of a flow mapping, in which
# a line break and the tabs behind it stand for a blank.
document() {
	local spec=$3
	if [[ $spec == *$'\n'* ]]; then
		spec=${spec//$'\n'/ }
		spec=${spec//$'\t'/}
	fi
	printf '%s\n' --- 'apiVersion: writ/v1' "kind: $1" "metadata: {name: $2}" "spec: {$spec}"
}

# numbered KIND NAME SPEC <NUMBERS: a document for each; & is its number.
numbered() {
	sed "s|.*|---\napiVersion: writ/v1\nkind: $1\nmetadata: {name: $2}\nspec: {$3}|"
}

# acme FILE [MORE] <REST: FILE has organization() with MORE, and the REST behind it.
acme() {
	{
		organization "${2:-}"
		cat
	} >"$1"
}

# operator_says <LINES: config.yaml, with these lines about organisation acme.
operator_says() {
	printf '%s\n' 'apiVersion: writ/v1' 'kind: Configuration' organizations: '  - name: acme' \
		'    orgId: A@AdobeOrg' >config.yaml
	sed 's/^/    /' >>config.yaml
	chmod 600 config.yaml
}

# run_writ ARGUMENT...: keeps standard output, standard error and the exit status in files and in
# `status`.
run_writ() {
	status=0
	"$WRIT" "$@" >stdout 2>stderr </dev/null || status=$?
}

# ends STATUS ARGUMENT...: run_writ that must end with STATUS.
ends() {
	local due=$1
	shift
	run_writ "$@"
	[ "$status" -eq "$due" ] && return
	echo "writ $* ended with $status, not $due"
	cat stdout stderr
	return 1
}

# ends_at POINT STATUS ARGUMENT...: `ends` of the program with failpoints, with POINT for one of
# them.
ends_at() {
	WRIT=$WRIT_FAILPOINT_BIN WRIT_FAILPOINT=$1 ends "${@:2}"
}

# stops_at POINT ARGUMENT...: the program, in the background, stands still at POINT; $! is its
# process.
stops_at() {
	WRIT_FAILPOINT=$1:stop "$WRIT_FAILPOINT_BIN" "${@:2}" >other 2>&1 </dev/null 3>&- &
	stands_still $!
}

# needs_terminals: of a test that types something.
needs_terminals() {
	script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip 'no pseudo-terminals here'
}

# types LINE ARGUMENTS: these words are given to the program on a terminal, and LINE is typed there.
types() {
	status=0
	printf '%b' "$1" | script -qec "'$WRIT' $2" /dev/null >stdout || status=$?
}

# in_formats NAME FORMATS COMMAND [ARGUMENT...]: the command in each of these formats, against one
# golden file.
in_formats() {
	local name=$1 format
	: >all
	for format in $2; do
		run_writ "$3" --format "$format" "${@:4}"
		{
			echo "## $format"
			outcome
		} >>all
	done
	mv all stdout
	: >stderr
	assert_golden "$name"
}

# mistaken FILE PLACE: the last run_writ refused FILE with the id that its name begins with, and
# told PLACE; `all` has what it said, behind what stands there.
mistaken() {
	{
		echo "## $1"
		outcome
	} >>all
	[ "$status" -eq 1 ] || { echo "$1: $status"; return 1; }
	[ "$(grep -oE '\[[EW][0-9]{4}\]' stderr | sort -u)" = "[${1%%-*}]" ] ||
		{ echo "$1:"; cat stderr; return 1; }
	grep -qE "^$2:[0-9]+:[0-9]+: error: " stderr
}

# last_run: the name of the run that the last run_writ told, or of the last one there was.
last_run() {
	local name
	name=$(sed -n 's/^Run: //p' stdout)
	echo "${name:-$("$WRIT" log --format json 2>/dev/null | jq -r '.runs[0].run')}"
}

# stands_still PID: waits until a process is stopped.
stands_still() {
	for _ in $(seq 200); do
		[ "$(sed 's/.*) \(.\) .*/\1/' "/proc/$1/stat" 2>/dev/null)" != T ] || return 0
		sleep 0.05
	done
	return 1
}

# records: the files of the only ledger, in order.
records() {
	ls "$XDG_STATE_HOME"/writ/*/ledger/0*
}

# forged FILE: an edited plan says what it comes to by now, as whoever forges one would have it do.
forged() {
	local digest
	digest=$("$WRIT" show "$1" 2>&1 >/dev/null |
		sed -n 's/.*digest is not that of its changes, //p')
	digest=$digest perl -0pi -e 's/("digest": *")[^"]*(",\s*"created")/$1$ENV{digest}$2/' "$1"
}

# flip FILE AT BIT: this bit, from 0, of the byte that stands at AT is the other way round.
flip() {
	perl -e 'my ($file, $at, $bit) = @ARGV;
		open my $f, "+<:raw", $file or die;
		seek $f, $at, 0;
		read $f, my $byte, 1;
		seek $f, $at, 0;
		print $f chr(ord($byte) ^ (1 << $bit))' "$@"
}

# chain_again FROM: the records from this number on, each with the digest of the one before it, as
# somebody would write them who changed one.
chain_again() {
	local before='' file
	for file in $(records); do
		if [ -n "$before" ] && [ "${file##*/}" -ge "$1" ]; then
			sed -i "s/\(\"before\": \"sha256:\)[0-9a-f]*/\1$before/" "$file"
		fi
		before=$(sha256sum <"$file" | cut -d ' ' -f 1)
	done
}

# What a run did, with folders that differ from run to run taken out.
outcome() {
	{
		echo "# standard output"
		cat stdout
		echo "# standard error"
		cat stderr
		echo "# exit status $status"
	} | sed "s|$BATS_TEST_TMPDIR|TMP|g; s|$WRIT_ROOT|ROOT|g
		s#/\(acme\|beta\|gamma\)-[0-9a-f]*/#/\1-ID/#g
		s|Z-[0-9a-f]\{12\}-|Z-DIGEST-|g
		s|^Chain: .*|Chain: HEAD|
		s|process [0-9]* on [^ ]*|process N on HOST|"
}

# assert_golden NAME: the last run_writ did what tests/cli/golden/NAME says; GOLDEN=1 writes it
# instead.
assert_golden() {
	local golden="$WRIT_ROOT/tests/cli/golden/$1"
	if [ "${GOLDEN:-}" = 1 ]; then
		outcome >"$golden"
		return
	fi
	outcome | diff -u "$golden" -
}

# Stock git that sees nothing of the user's own configuration.
git_setup() {
	export HOME="$BATS_TEST_TMPDIR"
	export GIT_CONFIG_GLOBAL="$HOME/gitconfig" GIT_CONFIG_SYSTEM=/dev/null
	export GIT_AUTHOR_DATE=2026-01-01T00:00:00Z GIT_COMMITTER_DATE=2026-01-01T00:00:00Z
	unset XDG_CONFIG_HOME
	git config --global user.name Tester
	git config --global user.email tester@example.com
	git config --global init.defaultBranch main
	# Where commands of the program find it, for libgit2 knows no GIT_CONFIG_GLOBAL.
	ln -sf gitconfig "$BATS_TEST_TMPDIR/.gitconfig"
}

# A program with sanitizers needs more memory than a test may give it, and cannot be traced.
skip_sanitized() {
	! LC_ALL=C grep -aq __asan_init "$WRIT" || skip 'the program has sanitizers'
}
