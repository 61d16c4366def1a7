#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The pipelines of examples/ci: the very commands of their jobs, with the program, the Adobe
# emulator, repositories of this machine, and sites that keep what is posted.
# shellcheck disable=SC2030,SC2031 # a test is a subshell

setup() {
	load ../emulator/helper
	load helper
	emulator_setup
	common_setup
	git_setup
	unset WRIT_NOW WRIT_CONFIG GITHUB_ACTIONS GIT_AUTHOR_DATE GIT_COMMITTER_DATE \
		GITHUB_STEP_SUMMARY GITHUB_OUTPUT
	export SITE=$PWD/site TMPDIR=$PWD
	mkdir programs site
	touch site/proposals site/clock
	ln -s "$WRIT_ROOT/tests/cli/ci_site" programs/gh
	ln -s "$WRIT_ROOT/tests/cli/ci_site" programs/glab
	ln -s "$WRIT" programs/writ
	PATH=$PWD/programs:$PATH
	operated_start
	configure
	found
}

teardown() {
	emulator_stop
}

# What a variable of the site holds: the operator's configuration. The secrets are variables too.
configure() {
	credential asset-archiver
	export WRIT_CLIENT_SECRET=$SECRET WRIT_USER_TOKEN=$TOKEN
	organization_config
	printf '    %s\n' "server: {clientId: $CLIENT, clientSecret: {env: WRIT_CLIENT_SECRET}}" \
		'user: {clientId: aio-cli-console-auth, token: {env: WRIT_USER_TOKEN}}' \
		"secretSink: {directory: $PWD/sink}" 'ledger: {lease: 10, git: {}}' \
		'snapshot: {repository: records.git, folder: snapshot,' \
		'  branch: writ/snapshots, push: origin,' \
		'  author: {name: writ, email: writ@example.com}}' >>config.yaml
	WRIT_CONFIG_TEXT=$(cat config.yaml)
}

manifest() {
	cat >"$1/manifests/organization.yaml" <<-END
		apiVersion: writ/v1
		kind: Organization
		metadata: {name: acme}
		spec: {provider: adobe, orgId: $ORG}
	END
}

# holds FOLDER ACCOUNT ROLE: a manifest that grants it.
holds() {
	cat >"$1/manifests/$3.yaml" <<-END
		apiVersion: writ/v1
		kind: AdminRole
		metadata: {name: $3}
		spec: {role: $3, members: [{user: $2, reason: desk}]}
	END
}

# The repository, as somebody has it after reading the README: the manifests, the scripts, and the
# first snapshot.
found() {
	git init -q --bare origin.git
	git -C origin.git config receive.denyNonFastForwards true
	git clone -q origin.git author 2>/dev/null
	mkdir author/manifests
	cp -R "$WRIT_ROOT/examples/ci/scripts" author/ci
	manifest author
	git -C author add -A
	git -C author commit -qm first
	git -C author push -q origin main
	runner founder main
	done_by 0 github founder snapshot
}

# propose NAME: a branch of the author's, with what stands in the work tree; prints its commit.
propose() {
	git -C author checkout -q -B "$1"
	git -C author add -A
	git -C author commit -qm "$1"
	git -C author push -qf origin "$1"
	git -C author rev-parse HEAD
}

# known NUMBER HEAD [MERGE]: what the site says of a proposal, open or merged.
known() {
	local now
	now=$(date -u -d "2026-06-01 $(wc -l <site/clock) seconds" +%Y-%m-%dT%H:%M:%SZ)
	{
		jq -c --argjson number "$1" 'select(.number != $number)' site/proposals
		jq -nc --argjson number "$1" --arg head "$2" --arg merge "${3:-}" \
			--arg now "$now" '{number: $number,
			iid: $number, sha: $head, head: {sha: $head,
				repo: {full_name: "acme/permissions"}}, base: {ref: "main"}}
			+ if $merge == "" then {state: "open", merged_at: null}
			else {state: "merged", merged_at: $now, merge_commit_sha: $merge} end'
	} >known
	mv known site/proposals
}

# merge NUMBER NAME: into main, and known to be; prints the merge.
merge() {
	local head
	head=$(git -C author rev-parse "$2")
	git -C author checkout -q main
	git -C author merge -q --no-ff -m "merge $2" "$2"
	git -C author push -q origin main
	known "$1" "$head" "$(git -C author rev-parse main)"
	git -C author rev-parse main
}

# runner NAME COMMIT: a machine with nothing on it but a clone.
runner() {
	rm -rf "$1"
	mkdir -p "$1/home" "$1/temp"
	git clone -q origin.git "$1/work"
	git -C "$1/work" checkout -q "$2"
	cp gitconfig "$1/home/.gitconfig"
}

# What a job of GitHub, of GitLab, has in its environment on the runner in this folder.
github() {
	export HOME=$1/home RUNNER_TEMP=$1/temp XDG_STATE_HOME=$1/home/state GITHUB_ACTIONS=true \
		GITHUB_REPOSITORY=acme/permissions GITHUB_SERVER_URL=https://github.com \
		GITHUB_RUN_ID=1 GITHUB_ACTOR=ann \
		GITHUB_STEP_SUMMARY=$1/summary GITHUB_OUTPUT=$1/output
	unset GIT_CONFIG_GLOBAL
}

gitlab() {
	export HOME=$1/home XDG_STATE_HOME=$1/home/state \
		GITLAB_CI=true GITLAB_USER_LOGIN=ann CI_PROJECT_ID=7 \
		CI_PROJECT_PATH=acme/permissions CI_SERVER_HOST=gitlab.com CI_PROJECT_DIR=$1/work \
		CI_JOB_URL=https://gitlab.com/acme/permissions/-/jobs/1
	unset GIT_CONFIG_GLOBAL
}

# job SITE RUNNER STEP: in the clone of the runner, with the configuration set up first; the status
# is the step's.
job() {
	local site=$1 runner=$PWD/$2
	(
		"$site" "$runner"
		cd "$runner/work" || exit
		WRIT_CONFIG_TEXT=$WRIT_CONFIG_TEXT sh ci/setup.sh || exit
		echo "$BASHPID" >"$runner/pid"
		exec sh "ci/$3.sh"
	) >"$runner/out" 2>"$runner/err" </dev/null 3>&-
}

# done_by STATUS SITE RUNNER STEP: the job ends so.
done_by() {
	status=0
	job "$2" "$3" "$4" || status=$?
	[ "$status" -eq "$1" ] && return
	echo "$4 ended with $status, not $1"
	cat "$3/out" "$3/err"
	return 1
}

# planned NUMBER NAME: the branch is pushed, and the plan of its head made.
planned() {
	local head
	head=$(propose "$2")
	known "$1" "$head"
	runner plan main
	GH_TOKEN=t HEAD_SHA=$head done_by 0 github plan plan
}

# applied STATUS COMMIT [RUNNER]: on a fresh runner.
applied() {
	runner "${3:-fresh}" "$2"
	GH_TOKEN=t GITHUB_SHA=$2 done_by "$1" github "${3:-fresh}" apply
}

# failing POINT: from now on an apply of any runner is killed or stopped there, and its number
# stands in `applier`.
failing() {
	rm -f programs/writ applier
	cat >programs/writ <<-END
		#!/bin/sh
		[ "\$1" = apply ] || exec "$WRIT" "\$@"
		echo \$\$ >$PWD/applier
		WRIT_FAILPOINT=$1 exec "$WRIT_FAILPOINT_BIN" "\$@"
	END
	chmod 755 programs/writ
}

# whole: no more.
whole() {
	ln -sf "$WRIT" programs/writ
}

# applier: prints the number of the process that applies, once there is one.
applier() {
	for _ in $(seq 400); do
		[ ! -s applier ] || break
		sleep 0.05
	done
	cat applier
}

# without_secrets COMMAND...
without_secrets() {
	(
		unset WRIT_CLIENT_SECRET WRIT_USER_TOKEN
		WRIT_CONFIG_TEXT='' "$@"
	)
}

# comment NUMBER MARKER: the one that begins with it; there is one.
comment() {
	jq -s --arg begin "<!-- writ:$2" 'map(select(.body | startswith($begin))) | length' \
		"site/comments.$1" | grep -qx 1
	jq -r --arg begin "<!-- writ:$2" 'select(.body | startswith($begin)) | .body' \
		"site/comments.$1"
}

# who ROLE: the users that hold it.
who() {
	control GET grants | jq -r \
		--arg role "$1" '.[] | select(.kind == "user" and .role == $role) | .name |
		ascii_downcase' | sort | paste -sd ' '
}

# given ROLE: how often the service was asked to give it, and did.
given() {
	changes | grep -c "$1" || :
}

# shellcheck disable=SC2016 # nothing is to be expanded
@test "proposed twice with one comment, merged, applied as reviewed, and once" {
	# More than a comment takes, and words that are no command and no markup.
	holds author joe.doe@example.com support-administrator
	sed -i 's/reason: desk/reason: "$(touch hurt) `touch hurt` --> @ann"/; s/\]}$//' \
		author/manifests/support-administrator.yaml
	{
		for n in $(seq 900); do
			printf ', {user: nobody-%s@example.com, reason: one of very many that have a name and a reason}' "$n"
		done
		echo ']}'
	} >>author/manifests/support-administrator.yaml
	planned 1 one
	comment 1 plan: | grep -q '^## 1 administrator right granted'
	[ -z "$(find . -name hurt)" ]
	holds author kim@example.com support-administrator
	planned 1 one
	comment 1 plan: >said
	grep -q kim@example.com said
	run ! grep -q joe.doe said
	[ -s plan/work/writ-results/plan.json ]
	[ -s plan/work/writ-results/plan.html ]
	jq -rs 'map(.state) | join(" ")' "site/statuses.$(git -C author rev-parse one)" |
		grep -qx 'pending success'
	jq -rs 'last.description' "site/statuses.$(git -C author rev-parse one)" |
		grep -qE '^ADMIN GRANTS: 1; 1 to add, .*, sha256:[0-9a-f]{64}$'
	merged=$(merge 1 one)
	applied 0 "$merged"
	comment 1 apply: >said
	grep -q '^## Applied$' said
	grep -q '^### Applied: 1 administrator right granted — writ apply of .acme.$' said
	grep -q '^\*\*Apply: 1 done, 0 failed' said
	grep -q 'support-administrator. → .user kim@example.com' said
	[ "$(who support-administrator)" = kim@example.com ]
	git -C origin.git log -1 --format=%B writ/snapshots | grep -q '^Writ-Ledger: '
	# The job once more, on another runner: nothing is sent, and the comment says so in place of
	# the last one.
	given support >before
	applied 0 "$merged"
	comment 1 apply: | grep -q '^## Nothing left to apply'
	given support | diff before -
}

@test "a fork: without a token, a secret or a configuration; findings and changes on their lines" {
	holds author joe.doe@example.com support-administrator
	proposed=$(propose fork)
	runner fork "$proposed"
	without_secrets done_by 0 github fork check
	grep -q '^::error title=.*file=manifests/support-administrator.yaml,line=4' fork/out
	grep -q '1 administrator right granted' fork/summary
	[ -s fork/work/writ-results/plan.sarif ]
	[ ! -e site/calls ]
	echo 'spec: {rule: x}' >>author/manifests/support-administrator.yaml
	runner fork "$(propose fork)"
	without_secrets done_by 1 github fork check
	grep -q '^::error .*file=manifests/support-administrator.yaml' fork/out
}

@test "nothing of a pull request is run where there are secrets, and no link of it is followed" {
	echo 'secret: words' >"$PWD/elsewhere.yaml"
	printf '#!/bin/sh\ntouch %s\n' "$PWD/hurt" >author/ci/plan.sh
	cp author/ci/plan.sh author/ci/lib.sh
	echo '* filter=hurt merge=hurt' >author/.gitattributes
	ln -s "$PWD/elsewhere.yaml" author/manifests/link.yaml
	proposed=$(propose one)
	known 1 "$proposed"
	runner plan main
	status=0
	GH_TOKEN=t HEAD_SHA=$proposed job github plan plan || status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 1 ]
	[ ! -e hurt ]
	run ! grep -rqF 'secret: words' site plan/out plan/err plan/work/writ-results
	# All manifests as one link.
	rm -r author/manifests
	ln -s / author/manifests
	proposed=$(propose one)
	known 1 "$proposed"
	runner plan main
	GH_TOKEN=t HEAD_SHA=$proposed done_by 1 github plan plan
	comment 1 plan: | grep -q '^## No plan'
	jq -rs 'last.state' "site/statuses.$proposed" | grep -qx failure
}

@test "live moved since the review: refused, told, and applied when a person gives the new digest" {
	holds author joe.doe@example.com support-administrator
	sed -i '$s/spec: {/spec: {unlisted: remove, /' author/manifests/support-administrator.yaml
	planned 1 one
	merged=$(merge 1 one)
	control POST give '{"email": "kim@example.com", "role": "support-administrator"}'
	applied 3 "$merged"
	comment 1 apply: >said
	grep -q '^## Not applied: this is not the plan that was reviewed (exit 3)' said
	grep -q 'kim@example.com' said
	[ "$(who support-administrator)" = kim@example.com ]
	# What is reviewed before the merge alone counts: the plan job again gives no new right.
	runner plan main
	GH_TOKEN=t gh_status "$(git -C author rev-parse one)" \
		"$(grep -o 'sha256:[0-9a-f]*' said | tail -1)"
	applied 3 "$merged"
	WRIT_EXPECT=$(sed -n 's/.*with its digest: //p' said) WRIT_ALLOW_REMOVE=1 applied 0 \
		"$merged"
	comment 1 apply: | grep -q '^## Applied$'
	[ "$(who support-administrator)" = joe.doe@example.com ]
}

@test "a plan that somebody else says was reviewed is none, nor is one without a review" {
	holds author joe.doe@example.com support-administrator
	head=$(propose one)
	known 1 "$head"
	GH_TOKEN=t gh_status "$head" \
		'sha256:0000000000000000000000000000000000000000000000000000000000000000'
	sed -i 's/github-actions\[bot\]/mallory/g' "site/statuses.$head"
	merged=$(merge 1 one)
	applied 3 "$merged"
	comment 1 apply: | grep -q 'Reviewed was no plan'
	# Pushed past all reviews: there is no proposal to tell it to.
	holds author kim@example.com deployment-administrator
	git -C author add -A
	git -C author commit -qm direct
	git -C author push -q origin main
	applied 3 "$(git -C author rev-parse main)"
	grep -q 'Reviewed was no plan' fresh/summary
	[ -z "$(who support-administrator)$(who deployment-administrator)" ]
}

@test "two merges at once: one has the organisation, the other waits or gives up; each once" {
	holds author joe.doe@example.com support-administrator
	planned 1 one
	git -C author checkout -q main
	holds author kim@example.com deployment-administrator
	planned 2 two
	first=$(merge 1 one)
	second=$(merge 2 two)
	# The first one stands still with the organisation in its hands; the other does not wait for
	# that long.
	runner a "$first"
	failing apply-before-send:1:stop
	GH_TOKEN=t GITHUB_SHA=$first job github a apply &
	holder=$!
	stands_still "$(applier)"
	whole
	WRIT_WAIT=1 applied 7 "$second" b
	comment 2 apply: | grep -q '^## Not applied: another run has the organisation (exit 7)'
	kill -CONT "$(cat applier)"
	wait "$holder"
	comment 1 apply: | grep -q '^## Applied$'
	# By now the manifests are not those that were reviewed: they have the other merge. A person
	# reads the plan again.
	applied 3 "$second" b
	comment 2 apply: >said
	grep -q '^## Not applied: this is not the plan' said
	run ! grep -q 'joe.doe' said
	WRIT_EXPECT=$(sed -n 's/.*with its digest: //p' said) applied 0 "$second" b
	comment 2 apply: | grep -q '^## Applied$'
	# And the first one again, late: its manifests would take the second one's grant back, and
	# nobody reviewed that.
	applied 0 "$first" a
	[ "$(given support)" = 1 ]
	[ "$(given deployment)" = 1 ]
	[ "$(who support-administrator)" = joe.doe@example.com ]
	[ "$(who deployment-administrator)" = kim@example.com ]
}

@test "a runner that dies in mid-apply: the next one goes on, and applies nothing twice" {
	holds author joe.doe@example.com support-administrator
	holds author kim@example.com deployment-administrator
	planned 1 one
	merged=$(merge 1 one)
	failing apply-after-send:1
	applied 137 "$merged" dead
	comment 1 apply: | grep -q '^## Stopped by a signal, maybe part-way (exit 137)'
	whole
	rm -rf dead
	# A proposal says meanwhile that a run is open.
	git -C author checkout -q main
	holds author jane@example.com support-administrator
	planned 2 two
	comment 2 plan: | grep -q '^A run has not ended'
	comment 2 plan: | grep -q '^    20[0-9]*T'
	applied 0 "$merged"
	comment 1 apply: >said
	grep -q '^## Nothing left to apply' said
	grep -q '^    Apply: .* 0 failed' said
	[ "$(who support-administrator)" = joe.doe@example.com ]
	[ "$(who deployment-administrator)" = kim@example.com ]
}

@test "a record that the server refuses: told, and the job once more makes up for it" {
	holds author kim@example.com support-administrator
	planned 1 one
	merged=$(merge 1 one)
	# shellcheck disable=SC2016 # the hook's own
	printf '#!/bin/sh\n[ "$1" != refs/heads/writ/snapshots ]\n' >origin.git/hooks/update
	chmod +x origin.git/hooks/update
	applied 8 "$merged"
	comment 1 apply: | grep -q '^## Applied, and not on record (exit 8)'
	comment 1 apply: | grep -q 'Run the job again'
	applied 8 "$merged"
	comment 1 apply: | grep -q '^## Nothing left to apply, and not on record (exit 8)'
	rm origin.git/hooks/update
	given support >before
	applied 0 "$merged"
	comment 1 apply: | grep -q '^## Nothing left to apply$'
	given support | diff before -
	git -C origin.git log -1 --format=%s writ/snapshots | grep -q '1 added'
}

@test "superseded between the plan and its apply: planned once more, and still what was reviewed" {
	mkdir -p other/manifests
	cp author/manifests/organization.yaml other/manifests
	holds other kim@example.com deployment-administrator
	holds author joe.doe@example.com support-administrator
	planned 1 one
	merged=$(merge 1 one)
	rm programs/writ
	cat >programs/writ <<-END
		#!/bin/sh
		if [ "\$1" = apply ] && [ ! -e "$PWD/once" ]; then
			touch "$PWD/once"
			"$WRIT" apply --auto-approve "$PWD/other/manifests" >"$PWD/once" 2>&1
		fi
		exec "$WRIT" "\$@"
	END
	chmod 755 programs/writ
	applied 0 "$merged"
	grep -q 'Apply: 1 done' once
	grep -q 'superseded' fresh/err
	grep -q 'planning once more' fresh/err
	comment 1 apply: | grep -q '^## Applied$'
	[ "$(given support) $(given deployment)" = '1 1' ]
}

@test "a job that is cancelled lets the batch in flight finish, and the next one goes on" {
	holds author joe.doe@example.com support-administrator
	document ProductAssignment fonts \
		'product: Adobe Fonts, profile: All Fonts, members: [{user: kim@example.com}]' \
		>>author/manifests/organization.yaml
	planned 1 one
	merged=$(merge 1 one)
	runner a "$merged"
	failing apply-before-send:1:stop
	GH_TOKEN=t GITHUB_SHA=$merged job github a apply &
	job=$!
	stands_still "$(applier)"
	kill -TERM "$(cat a/pid)"
	until grep -q 'ShdPnd:.*4000' "/proc/$(cat applier)/status"; do sleep 0.05; done
	kill -CONT "$(cat applier)"
	status=0
	wait "$job" || status=$?
	[ "$status" -eq 143 ] || { cat a/out a/err; false; }
	comment 1 apply: | grep -q '^## Stopped'
	whole
	applied 0 "$merged"
	[ "$(who support-administrator)" = joe.doe@example.com ]
}

@test "drift: one issue the first night, the same the second, closed when it is gone" {
	night() {
		runner night main
		GH_TOKEN=t done_by 0 github night drift
	}
	night
	[ ! -e site/issues ]
	control POST give '{"email": "kim@example.com", "role": "support-administrator"}'
	night
	night
	jq -s 'length' site/issues | grep -qx 1
	jq -r .body site/issues | grep -q 'kim@example.com'
	control POST give '{"email": "joe.doe@example.com", "role": "deployment-administrator"}'
	night
	jq -s 'length' site/issues | grep -qx 1
	jq -r .body site/issues | grep -qi 'joe.doe@example.com'
	control POST take '{"email": "kim@example.com", "role": "support-administrator"}'
	control POST take '{"email": "joe.doe@example.com", "role": "deployment-administrator"}'
	night
	jq -r .state site/issues | grep -qx closed
	control POST give '{"email": "kim@example.com", "role": "support-administrator"}'
	night
	jq -s 'map(.state) | join(" ")' site/issues | grep -q 'closed open'
}

# gitlab_job STATUS RUNNER STEP
gitlab_job() {
	GITLAB_TOKEN=t done_by "$1" gitlab "$2" "$3"
}

# requested NUMBER NAME: a merge request, and a runner "mr" for its pipeline.
requested() {
	CI_COMMIT_SHA=$(propose "$2")
	export CI_COMMIT_SHA CI_MERGE_REQUEST_IID=$1 CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main
	known "$1" "$CI_COMMIT_SHA"
	runner mr "$CI_COMMIT_SHA"
}

# accepted NUMBER NAME: merged, and a runner "fresh" for the pipeline of main.
accepted() {
	unset CI_MERGE_REQUEST_IID CI_MERGE_REQUEST_TARGET_BRANCH_NAME
	CI_COMMIT_SHA=$(merge "$1" "$2")
	runner fresh "$CI_COMMIT_SHA"
}

@test "GitLab: a note that is replaced, Code Quality, applied as reviewed, drift" {
	holds author joe.doe@example.com support-administrator
	requested 1 one
	without_secrets gitlab_job 0 mr check
	jq -e '.[0].location.path == "manifests/support-administrator.yaml"' \
		mr/work/writ-results/gl-code-quality-report.json
	gitlab_job 0 mr plan
	holds author kim@example.com support-administrator
	requested 1 one
	gitlab_job 0 mr plan
	comment 1 plan: >said
	grep -q 'kim@example.com' said
	run ! grep -q 'joe.doe' said
	accepted 1 one
	gitlab_job 0 fresh apply
	comment 1 apply: | grep -q '^## Applied$'
	[ "$(who support-administrator)" = kim@example.com ]
	control POST give '{"email": "joe.doe@example.com", "role": "deployment-administrator"}'
	runner fresh main
	gitlab_job 0 fresh drift
	gitlab_job 0 fresh drift
	jq -r .description site/issues | grep -qi 'joe.doe@example.com'
	jq -s 'length' site/issues | grep -qx 1
	control POST take '{"email": "joe.doe@example.com", "role": "deployment-administrator"}'
	gitlab_job 0 fresh drift
	jq -r .state site/issues | grep -qx closed
}

@test "GitLab with protected variables: the note is of the snapshot, a plan is read later" {
	holds author joe.doe@example.com support-administrator
	requested 1 one
	without_secrets gitlab_job 0 mr plan
	comment 1 plan: | grep -q '^Against the last snapshot'
	accepted 1 one
	gitlab_job 3 fresh apply
	comment 1 apply: >said
	grep -q '^Reviewed was no plan' said
	[ -z "$(who support-administrator)" ]
	WRIT_EXPECT=$(sed -n 's/.*with its digest: //p' said) gitlab_job 0 fresh apply
	comment 1 apply: | grep -q '^## Applied$'
	[ "$(who support-administrator)" = joe.doe@example.com ]
}

@test "the hook for commits looks at what is committed" {
	install -m 755 "$WRIT_ROOT/examples/ci/pre-commit" author/.git/hooks/pre-commit
	cd author
	writ fmt manifests
	git add -A
	git commit -qm fine --allow-empty
	cat >manifests/desk.yaml <<-'END'
		apiVersion: writ/v1
		kind: AdminRole
		metadata:   {name: desk}
		spec: {role: support-administrator, members: [{user: jane@example.com, reason: d}]}
	END
	git add -A
	run ! git commit -qm 'another spelling'
	writ fmt manifests
	# The work tree is well, what is staged is not.
	run ! git commit -qm 'another spelling'
	git add -A
	git commit -qm spelled
	printf 'apiVersion: writ/v1\nkind: Nothing\n' >manifests/desk.yaml
	git add -A
	run ! git commit -qm invalid
	# what cannot be read is not what fmt would mend
	[[ $output == *'manifests/desk.yaml:2:7: error: '* ]]
	[[ $output != *'writ fmt manifests'* ]]
}

# gh_status COMMIT DIGEST: the app of the jobs says that this digest was planned.
gh_status() {
	GITHUB_REPOSITORY=acme/permissions gh api \
		--method POST "repos/acme/permissions/statuses/$1" \
		--raw-field state=success 		--raw-field context=writ/plan \
		--raw-field "description=$2" >/dev/null
}
