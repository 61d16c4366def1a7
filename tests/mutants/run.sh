#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Small mistakes put into the code that must not have any: of guards, of the order of an apply, of
# what a reply means, of the ledger and of the escaper. Each mutant is one line that says something
# else; a test has to fail for it.
#
#   make mutants               MUTANTS of them (default 200), spread over all that there are
#   MUTANTS=1 MUTANT='core/plan/guard.c:120:3' make mutants
#                              one of them, with what its tests say
#   MUTATED=core/plan/guard.c MUTANTS=1000 make mutants
#                              all of one file
#   CLI= make mutants          by unit tests alone
#
# First each file is tried as it is: tests that do not pass then would find anything.
#
# Ends with 1 where fewer than KILLED per cent (default 95) are found by the tests; those that
# tests/mutants/equal lists do not count, for they change nothing that could be seen.
set -u
count=${MUTANTS:-200} due=${KILLED:-95}
# Tests of commands run in folders of their own.
case $B in /*) out=$B/mutants ;; *) out=$PWD/$B/mutants ;; esac
# What unit tests do not find, the tests of these commands may; CLI='' leaves them out.
cli=${CLI-tests/cli/plan.bats tests/cli/policy.bats tests/cli/apply.bats tests/cli/stops.bats \
	tests/cli/ends.bats tests/cli/ledger.bats}
# The program's own objects; those of sources that are gone may lie beside them.
program=$(for source in cmd/writ/*.c; do echo "$B/obj/${source%.c}.o"; done)

apply='apply/test_apply apply/test_apply_record apply/test_apply_guards'
sim='../several/test_ledger_damage ../several/test_simulation'

# Source, from which line pattern on, and the tests that are to find its mistakes.
targets() {
	cat <<-END
	core/plan/guard.c ^ plan/test_judge plan/test_guard apply/test_apply_guards
	core/plan/guard_holders.c ^ plan/test_judge plan/test_guard apply/test_apply_guards
	core/plan/guard_own_rights.c ^ plan/test_judge plan/test_guard apply/test_apply_guards
	core/plan/judge.c ^ plan/test_judge plan/test_guard apply/test_apply_guards
	core/plan/policy.c ^ plan/test_judge plan/test_guard apply/test_apply_guards
	core/apply/apply.c ^ $apply
	core/apply/apply_fates.c ^ apply/test_reread $apply
	core/apply/apply_guards.c ^ $apply
	core/apply/reread.c ^ apply/test_reread $apply
	core/apply/apply_earlier.c ^ $apply
	core/apply/apply_record.c ^ $apply
	core/apply/apply_left_open.c ^ $apply
	core/ledger/ledger.c ^ ledger/test_ledger ledger/test_hold ledger/test_checkpoint $sim
	core/ledger/ledger_view.c ^ ledger/test_hold ledger/test_ledger $sim
	providers/adobe/wire/classify.c ^ ../providers/adobe/wire/test_classify
	core/util/text_escape.c ^ ../several/test_escape util/test_unicode
	END
}

# mutants FILE PATTERN: a line each, "FILE:LINE:OPERATOR". Comments, tables and what is text is left
# alone.
mutants() {
	awk -v file="$1" -v from="$2" '
		$0 ~ from && !/^ \*|^\/\*/ { on = 1 }
		!on || /^[ \t]*\/?\*|^#|^static const|^\t\t?\{/ { next }
		/assert|return arena_printf|FAILPOINT/ { next }
		{
			code = $0
			gsub(/"([^"\\]|\\.)*"/, "", code)
			sub(/\/\*.*/, "", code)
			if (code ~ / < /) print file ":" NR ":1"
			if (code ~ / > /) print file ":" NR ":2"
			if (code ~ / == /) print file ":" NR ":3"
			if (code ~ / != /) print file ":" NR ":4"
			if (code ~ / && /) print file ":" NR ":5"
			if (code ~ / \|\| /) print file ":" NR ":6"
			if (code ~ /return true;/) print file ":" NR ":7"
			if (code ~ /return false;/) print file ":" NR ":8"
			if (code ~ /^\t+if \(.*\)( \{)?$/) print file ":" NR ":9"
			if (code ~ / [-+] 1[^0-9]/) print file ":" NR ":10"
			if (code ~ / >= /) print file ":" NR ":11"
			if (code ~ / <= /) print file ":" NR ":12"
			if (code ~ / \|= /) print file ":" NR ":13"
			if (code ~ / \+= /) print file ":" NR ":14"
		}' "$1"
}

# mutate FILE LINE OPERATOR: the file with its mistake.
mutate() {
	awk -v line="$2" -v op="$3" '
		NR == line {
			if (op == 1) sub(/ < /, " <= ")
			if (op == 2) sub(/ > /, " >= ")
			if (op == 3) sub(/ == /, " != ")
			if (op == 4) sub(/ != /, " == ")
			if (op == 5) sub(/ && /, " || ")
			if (op == 6) sub(/ \|\| /, " \\&\\& ")
			if (op == 7) sub(/return true;/, "return false;")
			if (op == 8) sub(/return false;/, "return true;")
			if (op == 9) {
				brace = sub(/ \{$/, "")
				sub(/if \(/, "if (!(")
				$0 = $0 ")" (brace ? " {" : "")
			}
			if (op == 10 && !sub(/ \+ 1/, " + 0")) sub(/ - 1/, " - 0")
			if (op == 11) sub(/ >= /, " > ")
			if (op == 12) sub(/ <= /, " < ")
			if (op == 13) sub(/ \|= /, " \\&= ")
			if (op == 14) sub(/ \+= /, " -= ")
		}
		{ print }' "$1"
}

tests_of() {
	targets | while read -r file _ tests; do
		[ "$file" = "$1" ] || continue
		for test in $tests; do
			case $test in
			../*) echo "${test#../}" ;;
			*) echo "core/$test" ;;
			esac
		done
	done
}

# commands_fail PROGRAM: whether a test of its commands does, and which.
commands_fail() {
	# shellcheck disable=SC2086 # files are words
	WRIT=$1 timeout 600 bats --tap $cli 2>&1 | grep -m 1 '^not ok'
}

# try MUTANT: prints "killed", "survived" or "none" (no program comes of it) and the mutant.
try() {
	file=${1%%:*} rest=${1#*:}
	line=${rest%%:*} op=${rest#*:}
	work=$(mktemp -d "$out/XXXXXX")
	mutate "$file" "$line" "$op" >"$work/mutant.c"
	# Its own header, and those beside it, are named from the root.
	# shellcheck disable=SC2086 # flags are words
	if ! $COMPILE -w -I. -c -o "$work/$(basename "$file" .c).o" -x c "$work/mutant.c" \
		2>"$work/errors"; then
		echo "none $1"
		rm -r "$work"
		return
	fi
	verdict=survived
	for test in $(tests_of "$file"); do
		# What is named itself comes in place of what is in the library.
		# shellcheck disable=SC2086
		$LINK -o "$work/test" "$B/obj/tests/unit/$test.o" "$work"/*.o "$B/libwrit.a" \
			$LIBS || continue
		# By the processor's time: what a busy machine does not finish is no mistake found.
		# shellcheck disable=SC3045 # dash and bash have it
		(ulimit -t 60 && GUARD_RUNS=${GUARD_RUNS:-6000} timeout 900 "$work/test") \
			>"$work/said" 2>&1
		case $? in
		0 | 124) continue ;;
		esac
		verdict=killed
		[ -z "${MUTANT:-}" ] || cat "$work/said" >&2
		break
	done
	# shellcheck disable=SC2086
	if [ $verdict = survived ] && [ -n "$cli" ] &&
		$LINK -o "$work/writ" $program "$work"/*.o "$B/libwrit.a" $LIBS &&
		commands_fail "$work/writ" >/dev/null; then
		verdict=killed
	fi
	rm -r "$work"
	echo "$verdict $1"
}

if [ "${1:-}" = --one ]; then
	try "$2"
	exit
fi
rm -rf "$out"
mkdir -p "$out"
targets | while read -r file pattern _; do
	[ "${MUTATED:-$file}" = "$file" ] || continue
	mutants "$file" "$pattern" | grep . || echo "$file has nothing to mistake" >&2
done >"$out/all"
if [ -n "${MUTANT:-}" ]; then
	echo "$MUTANT" >"$out/chosen"
else
	awk -v count="$count" '{ line[NR] = $0 } END {
		if (count > NR) count = NR
		for (i = 0; i < count; i++) print line[int(i * NR / count) + 1]
	}' "$out/all" >"$out/chosen"
fi
targets | while read -r file _; do grep -q "^$file:" "$out/chosen" && echo "$file:0:0"; done |
	CLI='' GUARD_RUNS=50 xargs -P "${JOBS:-2}" -n 1 "$0" --one >"$out/controls"
if grep -v '^survived' "$out/controls"; then
	echo 'these fail without a mistake' >&2
	exit 1
fi
if [ -n "$cli" ] && commands_fail "$WRIT"; then
	echo 'this fails without a mistake' >&2
	exit 1
fi
xargs -P "${JOBS:-2}" -n 1 "$0" --one <"$out/chosen" >"$out/verdicts"
# Known to change nothing: by the function and the text of the line, which stay when others move.
while read -r verdict mutant; do
	file=${mutant%%:*} rest=${mutant#*:}
	line=${rest%%:*}
	text=$(sed -n "${line}s/^[[:space:]]*//p" "$file")
	inside=$(sed -n "1,${line}s/^[a-z].*[ *]\([a-z_]*\)(.*/\1/p" "$file" | tail -n 1)
	if [ "$verdict" = survived ] &&
		grep -qxF "$file:$inside:${rest#*:}: $text" "${0%/*}/equal"; then
		verdict=equal
	fi
	echo "$verdict $mutant: $inside: $text"
done <"$out/verdicts" >"$out/judged"
grep -a '^survived' "$out/judged"
awk -v due="$due" '
	$1 == "killed" { killed++ }
	$1 == "survived" { survived++ }
	$1 == "equal" { equal++ }
	$1 == "none" { none++ }
	END {
		all = killed + survived
		share = all ? 100 * killed / all : 0
		printf "%d mutants killed of %d, %.1f %%; %d change nothing, of %d no program came\n",
			killed, all, share, equal, none
		exit share < due
	}' "$out/judged"
