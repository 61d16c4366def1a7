# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Each system call of a command fails, once alone and once with all that follow, and each call of
# libgit2: the command says so with a documented status, nothing is half written, and the same again
# without the fault ends as if it had never been.
set -u
root=${WRIT_ROOT:-$PWD} writ=${WRIT:-$PWD/build/writ}
shim=$(dirname "$writ")/fault/shim.so
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export WRIT_NOW=2026-06-01T00:00:00Z LC_ALL=C.UTF-8 HOME="$work"
unset WRIT_CONFIG
number=0
step=${FAULT_STEP:-5} # of so many calls one fails: there are very many
says=stderr # where a failure is told
reads= # not empty: the commands change nothing
# kinds: of faults; when not set "0 + g" (see shim.c) and, in place of what a call is likely to
# give, EIO ENOSPC EDQUOT EINTR EMFILE EACCES EROFS
errors='=5 =28 =122 =4 =24 =13 =30'
most=2000 # faults of a kind

# in_folder FOLDER ARGUMENT...: writ there, with its own state.
in_folder() (
	cd "$1" || exit
	shift
	XDG_STATE_HOME=$PWD/state XDG_CACHE_HOME=$PWD/cache XDG_CONFIG_HOME=$PWD/config \
		LD_PRELOAD=$shim exec "$writ" "$@" </dev/null
)

# again STATUS ARGUMENT...: without a fault, in the folder of the case.
again() {
	due=$1 ended=0
	shift
	in_folder case "$@" >again 2>&1 || ended=$?
	[ "$ended" -eq "$due" ] && return
	echo "writ $* ended with $ended, not $due:"
	cat again
	return 1
}

# What a folder holds, but for what differs from run to run.
tree() {
	tar -c --sort=name --mtime=@0 --exclude=lock --exclude=index -C "$1" . | cksum
}

fresh() {
	rm -rf case
	cp -R start case
	moved=
}

# one_fault FAULT CHECK ARGUMENT...: 1 when something is wrong, 2 when there is no such call.
one_fault() {
	fault=$1 check=$2 status=0
	shift 2
	[ -z "$moved" ] || fresh
	rm -f hit
	WRIT_FAULT=$fault WRIT_FAULT_BELOW=$work/case WRIT_FAULT_LOG=$work/hit
	export WRIT_FAULT WRIT_FAULT_BELOW WRIT_FAULT_LOG
	in_folder case "$@" >stdout 2>stderr || status=$?
	unset WRIT_FAULT
	[ -n "$reads" ] || moved=yes
	[ -e hit ] || return 2
	[ "$status" -le 9 ] || [ "$status" -eq 64 ] || return 1
	[ "$status" -eq 0 ] || [ "$status" -eq 2 ] || [ -s stderr ] || [ -s "$says" ] || return 1
	if [ -n "$reads" ]; then
		$check >wrong
		return
	fi
	key=$(tree case)
	[ "$key" != "$untouched" ] || moved=
	case $seen in
	*"[$status $key]"*) return ;; # checked already
	esac
	moved=yes
	$check >wrong || return 1
	seen="${seen}[$status $key]"
}

# each_fault NAME CHECK ARGUMENT...: CHECK is called after each run that left something new, with
# `fault`, `status` and the folder `case`, which it is to bring to what `due` is.
each_fault() {
	name=$1 count=0 problems=0
	shift
	number=$((number + 1))
	seen=
	: >wrong
	fresh
	untouched=$(tree case)
	turn=0
	for kind in ${kinds-0 + g $errors}; do
		kind=${kind#0}
		n=$((1 - step)) by=$step
		case $kind in
		=*) # all of each, or together as many as of one kind
			[ "$step" -eq 1 ] || by=$((step * 7))
			turn=$((turn + 1))
			n=$((turn * step - by))
			;;
		+) n=$((n + step / 2)) ;;
		g) by=$(((step + 3) / 4)) n=$((1 - by)) ;; # they are far fewer
		g:*) n=0 by=1 ;;
		esac
		while n=$((n + by)) && [ "$n" -le "$most" ]; do
			got=0
			one_fault "$n$kind" "$@" || got=$?
			[ "$got" -ne 2 ] || break
			count=$((count + 1))
			[ "$got" -ne 0 ] || continue
			problems=$((problems + 1))
			echo "call $n$kind, $(head -n 1 hit): status $status"
			cat wrong stderr
			[ "$problems" -lt "${PROBLEMS:-3}" ] || break 2
		done
	done >report 2>&1
	if [ "$problems" -eq 0 ] && [ "$n" -le 2000 ] && [ "$count" -gt 0 ]; then
		echo "ok $number - $name: $count faults"
	else
		echo "not ok $number - $name: $problems of $count faults"
		sed 's/^/# /' report
	fi
}

# expect ARGUMENT...: what the command does when nothing fails is kept in `due`, and what it says in
# `due.out`.
expect() {
	rm -rf case due
	cp -R start case
	in_folder case "$@" >due.out 2>due.err || [ $? -eq 2 ] || cat due.err
	mv case due
}

# prepare FILE...: the next commands start from these files of tests/data.
prepare() {
	rm -rf start case
	mkdir case
	for file; do
		cp -R "$root/tests/data/$file" case
	done
}

# ready: what was prepared in `case` is the start of the cases, which have the same name: state goes
# by it.
ready() {
	mv case start
}

same() {
	diff -r -x .org.writ "case/$1" "due/$1" >/dev/null && return
	echo "$1 is not as it should be"
	return 1
}

unchanged() {
	diff -r "case/$1" "start/$1" >/dev/null && return
	echo "$1 was changed"
	return 1
}

plan_tests() {
	echo "1..$number"
}
