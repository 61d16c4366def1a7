#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A pull request of the repository's own: its plan as a comment that takes the place of the last
# one, and the plan's digest where apply.sh finds it. The manifests are those that a merge would
# leave; they are read, and nothing of them is run. With the operator's configuration the plan is
# against the live organisation. Without it the plan is against the committed snapshot; that one is
# to be read, and no apply takes its digest.
# shellcheck source=examples/ci/scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

# The merge of the proposal into its target, with links as plain files.
merge_proposal() {
	rm -rf "$WRIT_HOME/proposed"
	git worktree prune
	git -c core.symlinks=false worktree add -q --detach "$WRIT_HOME/proposed" "$base"
	git -C "$WRIT_HOME/proposed" -c core.symlinks=false -c core.hooksPath=/dev/null \
		-c user.name=writ \
		-c user.email=writ@localhost merge -q --no-edit "$head" >&2
}

# failed TEXT: the comment says so, and no digest counts as reviewed.
failed() {
	{
		printf '<!-- writ:plan:%s -->\n## No plan\n\n%s\n' "$MANIFESTS" "$1"
		as_code "$WRIT_HOME/said" 8192
	} >"$results/comment.md"
	site_comment "$number" plan: "$results/comment.md"
	site_status "$head" failure "$1"
	exit 1
}

site_proposal # sets number, head and base; number is empty where there is none
[ -n "$number" ] || { say 'no open proposal has this commit'; exit 0; }
site_status "$head" pending 'planning'
merge_proposal 2>"$WRIT_HOME/said" ||
	failed 'It does not merge into its target: solve the conflict.'
cd "$WRIT_HOME/proposed"
if [ -n "${WRIT_CONFIG:-}" ]; then
	records_open
	set -- "$MANIFESTS"
	live=yes
elif snapshot_into "$WRIT_HOME/base.d"; then
	set -- --base "$WRIT_HOME/base.d" "HEAD:$MANIFESTS"
	live=
else
	failed 'There is neither a configuration nor a committed snapshot to plan against.'
fi
ends plan --out "$results/plan.json" --format "markdown=$results/comment.md" \
	--max-bytes "$comment_bytes" \
	--format "html=$results/plan.html" "$@" 2>"$WRIT_HOME/said"
cat "$WRIT_HOME/said" >&2
[ "$status" -eq 0 ] || failed "\`writ plan\` ended with $status."
{
	[ -z "$live" ] || open_runs >"$WRIT_HOME/open"
	if [ -s "$WRIT_HOME/open" ]; then
		printf '\nA run has not ended. The next apply goes on with it first:\n'
		as_code "$WRIT_HOME/open" 1024
	fi
	digest=$(digest_of "$results/plan.json")
	if [ -n "$live" ]; then
		printf '\n<!-- writ:reviewed %s %s -->\n' "$head" "$digest"
	else
		printf '\nAgainst the last snapshot. What a merge applies is planned anew, and waits for a person.\n'
	fi
} >>"$results/comment.md"
site_comment "$number" plan: "$results/comment.md"
site_status "$head" success "$(summary_of "$results/plan.json")${live:+, $digest}"
