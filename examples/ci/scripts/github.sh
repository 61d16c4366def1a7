# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# GitHub: what is asked of it and told to it, by gh with the token of the job (GH_TOKEN). lib.sh
# sources it.
# shellcheck disable=SC2034,SC2154 # shared with the steps

site_program=gh
comment_bytes=63000 # of the 65,536 that a comment takes: some lines of ours stand beside it
bot=${WRIT_BOT:-github-actions[bot]}
repository=$GITHUB_REPOSITORY
job_url="$GITHUB_SERVER_URL/$repository/actions/runs/$GITHUB_RUN_ID"

# With a key that may push by ssh, else as the checkout reads.
records_url() {
	if [ -n "${RECORDS_URL:-}" ]; then
		echo "$RECORDS_URL"
	elif [ -n "${SSH_AUTH_SOCK:-}" ]; then
		echo "git@${GITHUB_SERVER_URL#*://}:$repository.git"
	else
		git -C "$here" remote get-url origin
	fi
}

# site_formats COMMAND: what a job of this site makes of a result.
site_formats() {
	echo "--format github --format sarif=$results/$1.sarif"
}

# site_credentials REPOSITORY: git asks gh, which has the token of the job.
site_credentials() {
	git -C "$1" config "credential.$GITHUB_SERVER_URL.helper" '!gh auth git-credential'
}

# site_report COMMAND...: annotations need no more.
site_report() {
	:
}

# The proposal whose head is HEAD_SHA: `number`, `head`, `base`.
site_proposal() {
	head=$HEAD_SHA
	gh api "repos/$repository/commits/$head/pulls" >"$WRIT_HOME/pulls"
	number=$(jq -r --arg head "$head" --arg us "$repository" \
		'map(select(.state == "open" and .head.sha == $head
		and .head.repo.full_name == $us)) | .[0].number // empty' "$WRIT_HOME/pulls")
	base=origin/$(jq -r --arg head "$head" \
		'map(select(.head.sha == $head)) | .[0].base.ref // empty' "$WRIT_HOME/pulls")
}

# The proposal that the commit GITHUB_SHA merged: `number`, `head`; and `expect`, the digest that
# the last status of this head said before the merge. A status cannot be edited, and counts only
# when the job's own app wrote it.
site_merged() {
	gh api "repos/$repository/commits/$GITHUB_SHA/pulls" | jq --arg sha "$GITHUB_SHA" \
		'map(select(.merged_at != null)) | (map(select(.merge_commit_sha == $sha)) + .)[0] // {}' >"$WRIT_HOME/pull"
	number=$(jq -r '.number // empty' "$WRIT_HOME/pull")
	head=$(jq -r '.head.sha // empty' "$WRIT_HOME/pull")
	[ -n "$number" ] && [ -z "$expect" ] || return 0
	gh api --paginate "repos/$repository/commits/$head/statuses?per_page=100" |
		jq -rs --arg bot "$bot" \
		--slurpfile pull "$WRIT_HOME/pull" \
		'add // [] | map(select(.context == "writ/plan" and .creator.login == $bot
		and .created_at <= $pull[0].merged_at)) | sort_by(.created_at, .id) | last // {}
		| select(.state == "success") | .description
		| capture("(?<digest>sha256:[0-9a-f]{64})").digest' \
		>"$WRIT_HOME/reviewed"
	expect=$(cat "$WRIT_HOME/reviewed")
}

# site_comment NUMBER MARKER FILE: in place of our own comment that begins with the marker, if there
# is one.
site_comment() {
	id=$(gh api --paginate "repos/$repository/issues/$1/comments?per_page=100" |
		jq -rs --arg bot "$bot" \
		--arg begin "<!-- writ:$2" \
		'add // [] | map(select(.user.login == $bot and (.body | startswith($begin))))
		| .[0].id // empty')
	if [ -n "$id" ]; then
		gh api --method PATCH "repos/$repository/issues/comments/$id" --field "body=@$3" \
			>/dev/null
	else
		gh api --method POST "repos/$repository/issues/$1/comments" --field "body=@$3" \
			>/dev/null
	fi
}

# site_status COMMIT STATE TEXT: pending, success or failure, at most 140 characters.
site_status() {
	gh api --method POST "repos/$repository/statuses/$1" --raw-field "state=$2" \
		--raw-field context=writ/plan \
		--raw-field "description=$(printf '%.140s' "$3")" \
		--raw-field "target_url=$job_url" >/dev/null
}

site_summary() {
	[ -z "${GITHUB_STEP_SUMMARY:-}" ] || cat "$1" >>"$GITHUB_STEP_SUMMARY"
}

# Our open issue that begins with the marker: its number.
issue() {
	gh api --paginate "repos/$repository/issues?state=open&per_page=100" |
		jq -rs --arg bot "$bot" \
		--arg begin "<!-- writ:$1" \
		'add // [] | map(select(.user.login == $bot and .pull_request == null
		and ((.body // "") | startswith($begin)))) | .[0].number // empty'
}

# site_issue MARKER TITLE FILE
site_issue() {
	site_summary "$3"
	found=$(issue "$1")
	if [ -n "$found" ]; then
		gh api --method PATCH "repos/$repository/issues/$found" --field "body=@$3" \
			>/dev/null
	else
		gh api --method POST "repos/$repository/issues" --raw-field "title=$2" \
			--field "body=@$3" >/dev/null
	fi
}

# site_issue_close MARKER TEXT
site_issue_close() {
	found=$(issue "$1")
	[ -n "$found" ] || return 0
	gh api --method POST "repos/$repository/issues/$found/comments" --raw-field "body=$2" \
		>/dev/null
	gh api --method PATCH "repos/$repository/issues/$found" --raw-field state=closed >/dev/null
}
