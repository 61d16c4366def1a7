#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tour.sh WRIT: the whole cycle on a copy of the example organisation. Nothing outside a temporary
# folder changes.
set -eu
writ=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state"
cp "$here/live.yaml" "$work/live.yaml"
cp -R "$here/manifests" "$work/manifests"
cd "$work"

say() {
	printf '\n# %s\n' "$1"
}

# expect STATUS COMMAND...: shows the command, runs it, and stops the tour when it ends otherwise.
expect() {
	status=$1
	shift
	printf '$ writ %s\n' "$*"
	got=0
	"$writ" "$@" || got=$?
	if [ "$got" -ne "$status" ]; then
		printf 'The tour expected exit status %s, not %s.\n' "$status" "$got" >&2
		exit 1
	fi
}

say 'Manifests describe accounts and what they may do. Are they valid?'
expect 0 validate manifests

say 'How does the live organisation differ? What is dangerous stands first; exit status 2 says that changes are pending.'
expect 2 plan --live live.yaml --detailed-exitcode manifests

say 'The removal of an admin role needs consent. Save the plan with it, for review.'
expect 0 plan --live live.yaml --allow-remove 1 --out plan.json --format json=copy.json manifests

say 'Carry out the saved plan, exactly as it was reviewed.'
expect 0 apply --live live.yaml --plan plan.json

say 'Is anything left?'
expect 0 plan --live live.yaml --detailed-exitcode manifests

say 'A plan is good for one use.'
expect 3 apply --live live.yaml --plan plan.json

say 'The live organisation as manifests, and the plan of them: nothing to do.'
expect 0 import --live live.yaml --out imported
expect 0 plan --live live.yaml --detailed-exitcode imported

say 'That was the whole cycle. Next: writ help, writ help plan, and examples/ beside this tour.'
