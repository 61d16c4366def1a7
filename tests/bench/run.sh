#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One table of ratios, each measured side by side in this run. Times are seconds of the wall clock,
# the best of some runs.
set -eu
writ=${1:-$WRIT}
events=${2:-$(dirname "$writ")/bench/events}
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state"

# once COMMAND...: wall time in $seconds, peak memory in KiB in $memory.
once() {
	/usr/bin/time -o "$work/time" -f '%e %M' "$@" >/dev/null 2>"$work/stderr" ||
		{ cat "$work/stderr"; exit 1; }
	read -r seconds memory <"$work/time"
}

lesser() {
	echo "${1:-$2} $2" | awk '{print $1 < $2 ? $1 : $2}'
}

# best COMMAND...: the least wall time of three runs in $least, and the peak memory of the last.
best() {
	least=
	for _ in 1 2 3; do
		once "$@"
		least=$(lesser "$least" "$seconds")
	done
}

row() {
	printf '%-52s %10s\n' "$1" "$2"
}

ratio() {
	echo "$1 $2" | awk '{printf "%.2f", $1 / ($2 > 0 ? $2 : 0.001)}'
}

# organisation ACCOUNTS FILES: its manifests, and the same as it is live: never the same files.
organisation() {
	sh "$here/make-organisation.sh" "$1" "$2" "$work/$1"
	mkdir -p "$work/live"
	cp -R "$work/$1" "$work/live/$1"
}

organisation 10000 1
organisation 100000 1
organisation 250000 4 # one file holds at most 64 MiB
sh "$here/make-organisation.sh" 100000 1000 "$work/many"

# In turns, so that a slow moment of the machine is everybody's.
unit='' whole='' many=''
for _ in 1 2 3 4 5; do
	once "$events" "$work/100000/accounts-000000.yaml"
	unit=$(lesser "$unit" "$seconds")
	once "$writ" plan --live "$work/live/100000" "$work/many"
	many=$(lesser "$many" "$seconds")
	once "$writ" plan --live "$work/live/100000" "$work/100000"
	whole=$(lesser "$whole" "$seconds")
done
row 'libyaml, events of 100,000 accounts' "$unit s"
row 'plan of 100,000 accounts, one file / libyaml' "$(ratio "$whole" "$unit")"
row 'its peak memory' "$((memory / 1024)) MiB"
row 'plan of 100,000 accounts, 1,000 files / libyaml' "$(ratio "$many" "$unit")"
best "$writ" plan --live "$work/live/10000" "$work/10000"
row 'time of 100,000 accounts / 10,000' "$(ratio "$whole" "$least")"
small=$memory
best "$writ" plan --live "$work/live/250000" "$work/250000"
row 'time of 250,000 accounts / 100,000' "$(ratio "$least" "$whole")"
row 'memory of 250,000 accounts / 10,000' "$(ratio "$memory" "$small")"
start=$(dirname "$events")/start
row 'writ version, from start to end' "$("$start" 500 "$writ" version) us"
row 'the same of /bin/true' "$("$start" 500 /bin/true) us"

# An apply of 100,000 grants to accounts that have none.
mkdir "$work/empty"
awk '/adminRoles|products:/ {skip = 1} /^---|^apiVersion|^kind|^metadata|^spec|owner:/ {skip = 0} !skip' \
	"$work/100000/accounts-000000.yaml" | awk -v n=33334 '/^---/ {i++} i < n' \
	>"$work/empty/accounts.yaml"
cp "$work/100000/0-organisation.yaml" "$work/empty/"
mkdir "$work/wanted"
awk -v n=33334 '/^---/ {i++} i < n' "$work/100000/accounts-000000.yaml" |
	sed '/adminRoles/,/product: /d' >"$work/wanted/accounts.yaml"
cp "$work/empty/0-organisation.yaml" "$work/wanted/"
/usr/bin/time -o "$work/time" -f '%e' "$writ" apply --auto-approve --live "$work/empty" \
	"$work/wanted" >"$work/applied"
row "apply of 100,000 grants / libyaml" "$(ratio "$(cat "$work/time")" "$unit")"
grep -q '^Apply: 100002 done, 0 failed' "$work/applied" || { tail -n 5 "$work/applied"; exit 1; }

# Snapshots of 100,000 accounts in git: each commit changes the owner of every 97th, whose team has
# one of 97 numbers.
commits=${COMMITS:-20}
export HOME="$work"
git init -q "$work/repository"
snapshot() {
	/usr/bin/time -o "$work/time" -f '%e %M' "$writ" snapshot --live "$work/100000" \
		--snapshot "$work/repository/org" "$@" >"$work/recorded"
	read -r seconds memory <"$work/time"
}
snapshot
row 'snapshot of 100,000 accounts, written / plan' "$(ratio "$seconds" "$whole")"
snapshot --commit
row 'the same committed, nothing to write / plan' "$(ratio "$seconds" "$whole")"
row 'its peak memory' "$((memory / 1024)) MiB"
row 'git, first commit' "$(du -sk "$work/repository/.git" | cut -f 1) KiB"
first=$(du -sk "$work/repository/.git" | cut -f 1)
sum=0
for i in $(seq 1 "$commits"); do
	crew=$([ "$i" -lt 97 ] && echo people || echo crew)
	sed -i "s/owner: [a-z]*-$((i % 97))@/owner: $crew-$((i % 97))@/" \
		"$work/100000/accounts-000000.yaml"
	snapshot --commit
	grep -q '^Commit' "$work/recorded"
	sum=$(echo "$sum $seconds" | awk '{print $1 + $2}')
done
row "a commit of 1 %, written and committed / plan" "$(echo "$sum $commits $whole" |
	awk '{printf "%.2f", $1 / $2 / $3}')"
row "git, each of $commits commits of 1 %" \
	"$((($(du -sk "$work/repository/.git" | cut -f 1) - first) / commits)) KiB"
git -C "$work/repository" gc -q
row "git, all of them after git gc" "$(du -sk "$work/repository/.git" | cut -f 1) KiB"

if command -v terraform >/dev/null; then
	mkdir "$work/terraform"
	awk 'BEGIN {for (i = 0; i < 5000; i++) printf "resource \"terraform_data\" \"g%d\" {\n  input = \"account-%d\"\n}\n", i, i / 5}' \
		>"$work/terraform/main.tf"
	(cd "$work/terraform" && terraform init -no-color >/dev/null)
	once terraform -chdir="$work/terraform" plan -no-color
	row 'terraform plan of 1,000 accounts, 5,000 resources' "$seconds s, $((memory / 1024)) MiB"
	theirs=$seconds
	organisation 1000 1
	best "$writ" plan --live "$work/live/1000" "$work/1000"
	row 'terraform / writ, the same accounts' "$(ratio "$theirs" "$least")"
fi

# Who held a role on a date, from 1,000 snapshots of 1,000 accounts: the first question reads them
# all, the next a cache.
WRIT=$writ sh "$here/make-history.sh" 1000 1000 "$work/history"
export XDG_CACHE_HOME="$work/cache"
for question in first next; do
	/usr/bin/time -o "$work/time" -f '%e' "$writ" who storage-administrator --as-of 2023-12-01 \
		--snapshot "$work/history/repo/acme" >"$work/answer"
	row "who --as-of, the $question question" "$(cat "$work/time") s"
done
grep -q '^100 grants' "$work/answer"

# Who wrote the lines of a member list of 826 versions: git blame -w -C answers the same question.
sh "$here/make-members.sh" 826 "$work/members"
(cd "$work/members" && best git blame -w -C org/members.yaml && echo "$least" >"$work/blame")
for question in 'why robot all' 'who product/Adobe%20Express/Default'; do
	# shellcheck disable=SC2086 # two words
	(cd "$work/members" && best "$writ" $question org &&
		echo "$least" >"$work/answer")
	row "${question%% *} of a member list of 826 versions / git blame" \
		"$(ratio "$(cat "$work/answer")" "$(cat "$work/blame")")"
done

# Adobe, over the emulator: how many requests, and how well they overlap.
sh "$here/adobe.sh" "$writ" "$work/adobe" | while IFS='|' read -r what value; do
	row "$what" "$value"
done

# The page of 5,000 accounts, where a browser and the packages that drive it are installed.
npm=$here/../conformance/npm
if command -v node chromium >/dev/null && [ -d "$npm/node_modules/playwright-core" ]; then
	WRIT=$writ node "$npm/page-times.mjs"
else
	echo 'page of 5000 accounts: not measured, for "make npm" has not installed what drives a browser'
fi
