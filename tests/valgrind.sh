#!/bin/sh
# valgrind.sh TEST...: the named unit tests, then the program from nothing to a converged organisation.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# run STATUS NAME COMMAND...: prints the output only when the status is another.
run() {
	want=$1 name=$2 status=0
	shift 2
	printf '  VALGRIND %s\n' "$name"
	valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect \
		--child-silent-after-fork=yes "$@" >"$scratch/log" 2>&1 || status=$?
	[ "$status" -eq "$want" ] && return
	# valgrind 3.19 has no openat2, with which folders are walked; the sanitizers cover these.
	if grep -q 'unhandled amd64-linux syscall: 437' "$scratch/log" &&
		! grep -Eq '== (Invalid|Conditional jump|Use of uninit|Syscall param)' "$scratch/log"; then
		echo "  SKIPPED $name: this valgrind has no openat2"
		return
	fi
	cat "$scratch/log"
	echo "valgrind: $name ended with $status, not $want"
	exit 1
}

for test; do
	run 0 "$test" "$test"
done

export XDG_STATE_HOME="$scratch/state"
run 0 'writ init' "$WRIT" init "$scratch/wanted"
cat >"$scratch/live.yaml" <<'END'
apiVersion: writ/v1
kind: Organization
metadata: {name: my-organisation}
spec: {provider: file}
END
set -- --live "$scratch/live.yaml" "$scratch/wanted"
run 0 'writ validate' "$WRIT" validate "$scratch/wanted"
run 2 'writ plan' "$WRIT" plan --detailed-exitcode "$@"
run 0 'writ apply' "$WRIT" apply --auto-approve "$@"
run 0 'writ plan, after it' "$WRIT" plan --detailed-exitcode "$@"
