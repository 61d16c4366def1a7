# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# GitLab: what is asked of it and told to it, by glab with a project access token (GITLAB_TOKEN).
# lib.sh sources it.
# shellcheck disable=SC2034,SC2154 # shared with the steps

site_program=glab
comment_bytes=990000 # of the 1,000,000 that a note takes
job_url=$CI_JOB_URL
project=projects/$CI_PROJECT_ID

api() {
	glab api --hostname "$CI_SERVER_HOST" "$@"
}

# With a key that may push by ssh, else as the job reads; a fork has no records of its own.
records_url() {
	if [ -n "${RECORDS_URL:-}" ]; then
		echo "$RECORDS_URL"
	elif [ -n "${SSH_AUTH_SOCK:-}" ]; then
		echo "git@${CI_SERVER_SHELL_SSH_HOST:-$CI_SERVER_HOST}:$CI_PROJECT_PATH.git"
	elif [ "${CI_MERGE_REQUEST_PROJECT_PATH:-$CI_PROJECT_PATH}" != "$CI_PROJECT_PATH" ]; then
		echo "$CI_MERGE_REQUEST_PROJECT_URL.git"
	else
		git -C "$here" remote get-url origin
	fi
}

# The address that the job reads from has its token in it.
site_credentials() {
	:
}

# site_formats COMMAND: what a job of this site makes of a result.
site_formats() {
	echo "--format text --format codequality=$results/$1.codequality.json --format junit=$results/$1.xml"
}

# site_report COMMAND...: the findings of them all, in the one file that GitLab reads.
site_report() {
	for command; do
		[ ! -s "$results/$command.codequality.json" ] ||
			cat "$results/$command.codequality.json"
	done | jq -s 'add // []' >"$results/gl-code-quality-report.json"
}

# The merge request of this pipeline: `number`, `head`, `base`.
site_proposal() {
	number=${CI_MERGE_REQUEST_IID:-}
	head=${CI_MERGE_REQUEST_SOURCE_BRANCH_SHA:-$CI_COMMIT_SHA}
	[ -n "$number" ] || return 0
	base=refs/remotes/origin/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME
	git fetch -q --no-tags origin "+refs/heads/$CI_MERGE_REQUEST_TARGET_BRANCH_NAME:$base"
}

# The number of whoever the token belongs to.
bot() {
	api user | jq -r .id
}

# The merge request that the commit CI_COMMIT_SHA merged: `number`, `head`; and `expect`, the digest
# that our note says of this head, if the note was not changed after the merge.
site_merged() {
	api "$project/repository/commits/$CI_COMMIT_SHA/merge_requests" |
		jq --arg sha "$CI_COMMIT_SHA" \
		'map(select(.state == "merged")) | (map(select(.merge_commit_sha == $sha
			or .squash_commit_sha == $sha)) + .)[0]
		// {}' >"$WRIT_HOME/pull"
	number=$(jq -r '.iid // empty' "$WRIT_HOME/pull")
	head=$(jq -r '.sha // empty' "$WRIT_HOME/pull")
	[ -n "$number" ] && [ -z "$expect" ] || return 0
	notes "$number" plan: | jq -r --arg head "$head" --slurpfile pull "$WRIT_HOME/pull" '
		select(.updated_at <= $pull[0].merged_at) | .body
		| [scan("<!-- writ:reviewed ([0-9a-f]+) (sha256:[0-9a-f]{64}) -->")] | last // empty
		| select(.[0] == $head) | .[1]' >"$WRIT_HOME/reviewed"
	expect=$(cat "$WRIT_HOME/reviewed")
}

# notes NUMBER MARKER: our note that begins with the marker.
notes() {
	api --paginate "$project/merge_requests/$1/notes?per_page=100" | jq -s --arg bot "$(bot)" \
		--arg begin "<!-- writ:$2" 'add // [] | map(select((.author.id | tostring) == $bot
		and (.body | startswith($begin)))) | .[0] // empty'
}

# site_comment NUMBER MARKER FILE: in place of our own note that begins with the marker, if there is
# one.
site_comment() {
	id=$(notes "$1" "$2" | jq -r .id)
	if [ -n "$id" ]; then
		api --method PUT "$project/merge_requests/$1/notes/$id" --field "body=@$3" \
			>/dev/null
	else
		api --method POST "$project/merge_requests/$1/notes" --field "body=@$3" >/dev/null
	fi
}

# The pipeline of the merge request is the status.
site_status() {
	say "$2: $3"
}

site_summary() {
	cat "$1"
}

# Our open issue that begins with the marker: its number.
issue() {
	api --paginate "$project/issues?state=opened&scope=all&per_page=100" |
		jq -rs --arg bot "$(bot)" \
		--arg begin "<!-- writ:$1" 'add // [] | map(select((.author.id | tostring) == $bot
		and ((.description // "") | startswith($begin)))) | .[0].iid // empty'
}

# site_issue MARKER TITLE FILE
site_issue() {
	found=$(issue "$1")
	if [ -n "$found" ]; then
		api --method PUT "$project/issues/$found" --field "description=@$3" >/dev/null
	else
		api --method POST "$project/issues" --raw-field "title=$2" \
			--field "description=@$3" >/dev/null
	fi
}

# site_issue_close MARKER TEXT
site_issue_close() {
	found=$(issue "$1")
	[ -n "$found" ] || return 0
	api --method POST "$project/issues/$found/notes" --raw-field "body=$2" >/dev/null
	api --method PUT "$project/issues/$found" --raw-field state_event=close >/dev/null
}
