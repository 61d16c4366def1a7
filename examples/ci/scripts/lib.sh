# shellcheck shell=sh disable=SC2034 # what it sets is read by the steps
# SPDX-License-Identifier: Apache-2.0
# What the steps share; each sources it first. All that comes from outside stands in variables and
# files, and no sentence of a pull request becomes a word of a command.
set -eu
umask 077

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
number='' head='' base='' status=0
MANIFESTS=${MANIFESTS:-manifests}
RECORDS_BRANCH=${RECORDS_BRANCH:-writ/snapshots}
RECORDS_FOLDER=${RECORDS_FOLDER:-snapshot}
WRIT_WAIT=${WRIT_WAIT:-900} # seconds for another run, more than a lease
WRIT_HOME=${WRIT_HOME:-${RUNNER_TEMP:-${CI_PROJECT_DIR:-$PWD}.tmp}/writ}
results=${WRIT_RESULTS:-$PWD/writ-results} # what the job keeps, also when it fails
records=$WRIT_HOME/records.git
[ ! -s "$WRIT_HOME/config.yaml" ] || export WRIT_CONFIG="$WRIT_HOME/config.yaml"
mkdir -p "$WRIT_HOME" "$results"

if [ -n "${GITHUB_ACTIONS:-}" ]; then
	# shellcheck source=examples/ci/scripts/github.sh
	. "$here/github.sh"
else
	# shellcheck source=examples/ci/scripts/gitlab.sh
	. "$here/gitlab.sh"
fi

say() {
	printf 'ci: %s\n' "$*" >&2
}

# ends ARGUMENT...: writ with these arguments; sets `status`. A job that is cancelled tells writ,
# which lets the batch in flight finish.
ends() {
	status=0
	writ "$@" &
	child=$!
	trap 'kill -TERM "$child" 2>/dev/null || :' INT TERM HUP
	wait "$child" || status=$?
	while kill -0 "$child" 2>/dev/null; do
		status=0
		wait "$child" || status=$?
	done
	trap - INT TERM HUP
}

# digest_of PLAN: of what a saved plan comes to.
digest_of() {
	jq -r .digest "$1"
}

# The runs that have not ended, one a line.
open_runs() {
	writ ledger --log quiet --format json | jq -r '.ledgers[].open[].run'
}

# summary_of PLAN: what it is to be feared for and its numbers, in a line that leaves room for a
# digest in the 140 characters of a status.
summary_of() {
	jq -r '(.changes | map(select(.risk == "admin-grant")) | length) as $admin
		| (if $admin > 0 then "ADMIN GRANTS: \($admin); " else "" end)
		+ (.summary | "\(.add) to add, \(.change) to change, \(.remove) to remove")
		| .[:66]' "$1"
}

# The key that may push records, in an agent of this step alone.
records_key() {
	[ -n "${WRIT_RECORDS_KEY:-}" ] || return 0
	eval "$(ssh-agent -s)" >&2
	trap 'ssh-agent -k >/dev/null 2>&1 || :' EXIT
	printf '%s\n' "$WRIT_RECORDS_KEY" | tr -d '\r' | ssh-add -q -
	unset WRIT_RECORDS_KEY
	export GIT_SSH_COMMAND="ssh -o StrictHostKeyChecking=yes -o UserKnownHostsFile=$WRIT_HOME/known_hosts"
}

# The repository that the configuration calls records.git: the branch of the snapshots, and the way
# to the ledger.
records_open() {
	records_key
	rm -rf "$records"
	git init -q --bare "$records"
	git -C "$records" remote add origin "$(records_url)"
	site_credentials "$records"
	git -C "$records" fetch -q --no-tags origin \
		"+refs/heads/$RECORDS_BRANCH:refs/heads/$RECORDS_BRANCH" ||
		say "there is no branch $RECORDS_BRANCH yet, or it cannot be read"
}

# snapshot_into FOLDER: the committed snapshot, without credentials of the service; fails where none
# can be read.
snapshot_into() {
	tip=$(git rev-parse -q --verify "refs/remotes/origin/$RECORDS_BRANCH^{commit}") || {
		git fetch -q --no-tags --depth 1 "$(records_url)" "refs/heads/$RECORDS_BRANCH" ||
			return 1
		tip=$(git rev-parse FETCH_HEAD)
	}
	rm -rf "$1"
	mkdir -p "$1"
	git archive --format=tar "$tip:$RECORDS_FOLDER" >"$WRIT_HOME/base.tar" || return 1
	tar -x -C "$1" -f "$WRIT_HOME/base.tar"
}

# as_code FILE BYTES: whole lines, indented: nothing in them is markup, whatever it is.
as_code() {
	echo
	if [ "$(wc -c <"$1")" -le "$2" ]; then
		sed 's/^/    /' "$1"
	else
		head -c "$2" "$1" | sed '$d; s/^/    /'
		printf '\n    (more in the log of the job)\n'
	fi
	echo
}
