#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031 # a test is a subshell
# What an apply leaves in the snapshots' repository.

setup() {
	load helper
	common_setup
	git_setup
	quickstart
	git init -q repo
	git init -q source
	cp -R manifests source/
	git -C source add .
	git -C source commit -q -m manifests
}

# apply STATUS ARGUMENT...
apply() {
	local due=$1
	shift
	ends "$due" apply --live live.yaml --auto-approve --allow-remove '100%' \
		--snapshot repo/org --commit "$@"
}

messages() {
	git -C repo log --reverse --format=%B |
		sed -E 's/-[0-9a-f]{12}-/-PLAN-/; s/^(Writ-Ledger: [0-9]+) sha256:.*/\1 DIGEST/
			s/^(Writ-(Plan)): sha256:[0-9a-f]{64}$/\1: DIGEST/
				s/^(Writ-Manifests): [0-9a-f]{40}/\1: COMMIT/
					s/^(Writ-Actor): .*/\1: WHO/'
}

trailer() {
	git -C repo log -1 --format="%(trailers:key=$1,valueonly)" "${2:-HEAD}" | sed '/^$/d'
}

# block REPOSITORY: lets the commit fail where no look beforehand sees it: its reflog cannot be
# written.
block() {
	rm -f "$1/.git/logs/refs/heads/main"
	mkdir -p "$1/.git/logs/refs/heads/main/in-the-way"
	touch "$1/.git/logs/refs/heads/main/in-the-way/file"
}

unblock() {
	rm -r "$1/.git/logs/refs/heads/main"
}

@test "two commits: what had drifted, then what the run changed" {
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	sed -i 's/omar@/oscar@/' live.yaml
	apply 0 source/manifests
	sed -i -n "/^Apply/,\$ { s/^Commit [0-9a-f]*/Commit ID/; p }" stdout
	assert_golden record
	messages >stdout
	sed -i "/no ledger is shared/d" stderr
	assert_golden record-messages
	git -C repo show --format= HEAD~1 | grep '^[-+] ' | grep -v 'sha256\|serial' |
		sed 's/  run: .*/  run: RUN/' >stdout
	git -C repo show --format= HEAD | grep '^[-+] ' | grep -v 'sha256\|serial' |
		sed 's/  run: .*/  run: RUN/' >>stdout
	assert_golden record-diffs
	[ "$(trailer Writ-Manifests)" = "$(git -C source rev-parse HEAD)" ]
	[ -z "$(git -C repo status --porcelain)" ]
	ends 0 plan --live live.yaml --detailed-exitcode repo/org
	ends 0 log --snapshot repo/org
	grep -q "$(trailer Writ-Run)" stdout
	ends 0 log verify --snapshot repo/org
	ends 0 log verify --snapshot repo/org --strict
}

@test "the first commits are the organisation before and after" {
	apply 0 source/manifests
	git -C repo log --reverse --format=%s | sed 's/: [0-9] added.*/: changes/' >stdout
	printf 'acme: first snapshot\nacme: changes\n' | diff - stdout
	ends 0 snapshot diff --snapshot repo/org HEAD~1 HEAD
	cp stdout changed
	cp -R live.yaml after.yaml
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" before.yaml
	ends 0 snapshot diff before.yaml after.yaml
	diff changed stdout
}

@test "a committed folder without a snapshot, kept by a .gitkeep or a README, gets its first one" {
	mkdir repo/org
	touch repo/org/.gitkeep
	echo '# Snapshots' >repo/org/README.md
	git -C repo add .
	git -C repo commit -q -m 'a place for snapshots'
	apply 0 source/manifests
	grep -q '^Snapshot 2 of acme: changed, repo/org.$' stdout
	ends 0 plan --live live.yaml --base repo/org --detailed-exitcode source/manifests
	git -C repo rm -q org/organization.yaml
	git -C repo commit -q -m 'no organization'
	apply 1 source/manifests
	grep -q E0512 stderr
}

@test "a run without drift is one commit, an apply without changes none" {
	apply 0 source/manifests
	git -C repo rev-parse HEAD >tip
	apply 0 source/manifests
	git -C repo rev-parse HEAD | diff tip -
	sed -i 's/owner: .*/owner: new@example.com/' source/manifests/accounts/*.yaml
	apply 0 source/manifests
	[ "$(git -C repo rev-list --count HEAD)" -eq 3 ]
	[ "$(trailer Writ-Manifests)" = "$(git -C source rev-parse HEAD)-dirty" ]
	[ "$(trailer Writ-Snapshot)" = 3 ]
}

@test "a saved plan names the manifests' commit, or else their digest" {
	ends 0 plan --live live.yaml --allow-remove '100%' --out plan.json source/manifests
	ends 0 apply --live live.yaml --snapshot repo/org --commit --plan plan.json
	[ "$(trailer Writ-Manifests)" = "$(git -C source rev-parse HEAD)" ]
	[ "$(trailer Writ-Plan)" = "sha256:$(sha256sum plan.json | cut -d ' ' -f 1)" ]
	sed -i 's/owner: .*/owner: new@example.com/' source/manifests/accounts/*.yaml
	ends 0 plan --live live.yaml --out plan.json source/manifests
	ends 0 apply --live live.yaml --snapshot repo/org --commit --plan plan.json
	[ "$(trailer Writ-Manifests)" = "$(jq -r .manifest.digest plan.json)" ]
}

@test "manifests of which a part is in no commit are told as dirty" {
	mkdir more
	printf 'apiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: extra}\nspec: {}\n' \
		>more/extra.yaml
	run_writ apply --live live.yaml --auto-approve --allow-remove 1 --snapshot repo/org \
		--commit source/manifests more
	[ "$status" -eq 0 ]
	[ "$(trailer Writ-Manifests)" = "$(git -C source rev-parse HEAD)-dirty" ]
}

@test "only what succeeded is the run's" {
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	ends 4 apply --live live.yaml --auto-approve --snapshot repo/org --commit source/manifests
	[ "$(git -C repo rev-list --count HEAD)" -eq 2 ]
	ends 0 snapshot diff --snapshot repo/org HEAD~1 HEAD
	run grep '^-' stdout
	[ "$status" -eq 1 ]
}

@test "the command that records again is quoted for a shell" {
	mv repo "it's my repo"
	cp live.yaml 'live (1).yaml'
	ends 0 snapshot --live 'live (1).yaml' --snapshot "it's my repo/org" --commit
	block "it's my repo"
	ends 8 apply --live 'live (1).yaml' --snapshot "it's my repo/org" --commit --auto-approve \
		--allow-remove 100% source/manifests
	command=$(sed -n 's/.*(again with: \(.*\)): .*/\1/p' stderr)
	[[ $command == "writ snapshot --commit --snapshot 'it'\\''s my repo/org' --live 'live (1).yaml' --run "* ]]
	unblock "it's my repo"
	eval "ends 0 ${command#writ}"
	[ "$(git -C "it's my repo" rev-list --count HEAD)" -eq 2 ]
}

@test "a failed record is exit 8, and its command records the run as if nothing had happened" {
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	sed -i 's/omar@/oscar@/' live.yaml
	block repo
	apply 8 source/manifests
	grep -q '^Apply: .* 0 failed' stdout
	command=$(sed -n 's/.*(again with: \(.*\)): .*/\1/p' stderr)
	[[ $command == "writ snapshot --commit --snapshot repo/org --live live.yaml --run "* ]]
	[ "$(git -C repo rev-list --count HEAD)" -eq 1 ]
	unblock repo
	eval "ends 0 ${command#writ}"
	messages >stdout
	sed -i 's/^Writ-Manifests: sha256:.*/Writ-Manifests: COMMIT/' stdout
	sed -i "/no ledger is shared/d" stderr
	assert_golden record-messages
	git -C repo rev-parse HEAD >tip
	eval "ends 0 ${command#writ}"
	git -C repo rev-parse HEAD | diff tip -
	ends 0 log verify --snapshot repo/org --strict
	ends 1 snapshot --live live.yaml --snapshot repo/org --commit --run nothing
}

@test "a run is recorded for its own organisation, by the plan that it carried out" {
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	ends 0 apply --live live.yaml --auto-approve --allow-remove '100%' source/manifests
	run=$(last_run)
	git -C repo rev-parse HEAD >tip
	cp live.yaml other.yaml
	ends 1 snapshot --live other.yaml --snapshot repo/org --commit --run "$run"
	grep -q "run $run was not of this live organisation" stderr
	cp -R state kept
	sed -i 's/\\"action_reason\\": \\"added\\"/\\"action_reason\\": \\"changed\\"/' \
		"$(grep -l '"type": "plan"' "$XDG_STATE_HOME"/writ/*/ledger/0*)"
	chain_again 1
	ends 1 snapshot --live live.yaml --snapshot repo/org --commit --run "$run"
	grep -q "plan of run $run is not the one that it began with" stderr
	git -C repo rev-parse HEAD | diff tip -
	rm -r state
	mv kept state
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit --run "$run"
	[ "$(trailer Writ-Run)" = "$run" ]
}

@test "a plan that another machine has used is refused by the snapshots' history, or its lack" {
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	export GIT_COMMITTER_DATE=2026-06-01T00:00:01Z
	ends 0 plan --live live.yaml --allow-remove '100%' --out plan.json source/manifests
	apply 0 --plan plan.json
	cp live.yaml after.yaml
	git -C repo commit -q --allow-empty -m later
	git -C repo commit -q --allow-empty -m latest
	for clone in repo cut; do
		[ $clone = repo ] || git clone -q --depth 1 "file://$PWD/repo" cut
		XDG_STATE_HOME=$PWD/elsewhere run_writ apply --live live.yaml \
			--snapshot $clone/org --commit --plan plan.json
		cat stderr
		case $clone in
		repo)
			[ "$status" -eq 3 ]
			grep -q 'this plan has been applied already (commit [0-9a-f]\{12\})' stderr
			;;
		cut)
			[ "$status" -eq 1 ]
			grep -q 'whether this plan has been applied already cannot be told: the clone is shallow' stderr
			;;
		esac
		cmp live.yaml after.yaml
	done
	# Made after what the clone begins with, it would be named behind that.
	export WRIT_NOW=2026-06-01T00:00:02Z
	sed -i 's/omar@/oscar@/' live.yaml
	ends 0 plan --live live.yaml --allow-remove '100%' --out next.json source/manifests
	XDG_STATE_HOME=$PWD/elsewhere ends 0 apply --live live.yaml --snapshot cut/org --commit \
		--plan next.json
}

@test "a shallow clone takes snapshots too, and its history begins where it was cut off" {
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	sed -i 's/omar@/oscar@/' live.yaml
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	git clone -q --depth 1 "file://$PWD/repo" cut
	ends 0 apply --live live.yaml --auto-approve --allow-remove '100%' --snapshot cut/org \
		--commit source/manifests
	[ "$(git -C cut rev-list --count HEAD)" -eq 2 ]
	git -C cut checkout -q -b side HEAD~
	git -C cut commit -q --allow-empty -m side
	git -C cut checkout -q main
	git -C cut merge -q -m merged side
	ends 0 snapshot list --snapshot cut/org
	[ "$(awk '{ print $3 }' stdout | tr '\n' ' ')" = '3 2 ' ]
	ends 0 log verify --snapshot cut/org
	ends 1 log verify --strict --snapshot cut/org
	ends 1 who storage-administrator --as-of 2020-01-01 --snapshot cut/org
	grep -q 'the history of snapshots begins at' stderr
	ends 0 who storage-administrator --as-of HEAD --snapshot cut/org
	ends 1 who storage-administrator --history --snapshot cut/org
	grep -q 'The history is not whole: the clone is shallow' stdout
}

@test "a configured snapshot needs no option" {
	operator_says <<-END
		snapshot: {repository: repo, folder: org,
		  author: {name: Robot, email: robot@example.com}}
	END
	ends 0 apply --live live.yaml --config config.yaml --auto-approve \
		--allow-remove '100%' source/manifests
	[ "$(git -C repo log -1 --format='%an <%ae>')" = 'Robot <robot@example.com>' ]
	[ "$(git -C repo rev-list --count HEAD)" -eq 2 ]
	ends 64 apply --live live.yaml --auto-approve --commit source/manifests
}

# configured SETTING: the snapshots of acme are kept in folder org of repo.
configured() {
	operator_says <<-END
		snapshot: {repository: repo, folder: ${2:-org}$1}
	END
}

# refused WORDS PREPARATION: an apply ends with 1 and these words, and changes nothing.
refused() {
	rm -rf repo elsewhere remote.git config.yaml
	git init -q repo
	git init -q --bare remote.git
	git -C repo remote add origin ../remote.git
	git -C repo commit -q --allow-empty -m first
	configured ''
	eval "$2"
	ends 1 apply --live live.yaml --config config.yaml --auto-approve \
		--allow-remove '100%' source/manifests
	cmp live.yaml before.yaml
	[ -z "$(find state -path '*/ledger/0*' 2>/dev/null)" ]
	grep -qE "$1" stderr || { cat stderr; return 1; }
}

@test "what keeps a run from being recorded is found before its first request" {
	cp live.yaml before.yaml
	refused 'nothing was changed, for the run could not be recorded: .* is no git repository' \
		'rm -rf repo/.git'
	refused 'HEAD of .* is detached' 'git -C repo checkout -q --detach'
	refused 'in the middle of a merge' 'touch repo/.git/MERGE_HEAD'
	refused 'index.lock is there' 'touch repo/.git/index.lock'
	refused 'main.lock is there' 'touch repo/.git/refs/heads/main.lock'
	refused 'has no remote "nowhere" for snapshots' 'configured ", push: nowhere"'
	refused 'asking remote "origin"' 'configured ", push: origin"; rm -r remote.git'
	refused 'No such file' 'configured ", sign: {key: nokey}"'
	refused 'repo/org is a link' 'mkdir elsewhere; ln -s ../elsewhere repo/org'
	refused 'repo/a is a link' 'configured "" a/org; mkdir elsewhere; ln -s ../elsewhere repo/a'
	refused 'is no folder' 'touch repo/org'
	refused 'conflict' 'mkdir repo/org
		printf "<<<<<<< HEAD\n" >repo/org/organization.yaml
		git -C repo add .
		git -C repo commit -q -m conflict'
	sed 's/name: acme/name: other/' live.yaml >other.yaml
	# shellcheck disable=SC2016 # for eval
	refused 'is of another organisation: "other"' \
		'"$WRIT" snapshot --live other.yaml --snapshot repo/org --commit'
}

@test "--commit outside a repository is an error before anything is changed" {
	cp live.yaml before.yaml
	ends 1 apply --live live.yaml --auto-approve --allow-remove '100%' --snapshot plain/org \
		--commit source/manifests
	grep -q 'is in no git repository' stderr
	cmp live.yaml before.yaml
	ends 0 plan --live live.yaml --allow-remove '100%' --out plan.json source/manifests
	ends 1 apply --live live.yaml --snapshot plain/org --commit --plan plan.json
	ends 64 apply --live live.yaml --commit --plan plan.json
	cmp live.yaml before.yaml
	ends 0 apply --live live.yaml --snapshot repo/org --commit --plan plan.json
}

# pushed_setup: repo has a snapshot that is pushed to remote.git, of which other is a clone.
pushed_setup() {
	git init -q --bare remote.git
	git -C repo remote add origin ../remote.git
	configured ', push: origin'
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	grep -qx 'Pushed to origin.' stdout
	[ "$(git -C remote.git rev-parse main)" = "$(git -C repo rev-parse main)" ]
	git clone -q remote.git other
}

# others FILE TEXT: somebody else pushes a change of that file.
others() {
	mkdir -p "$(dirname "other/$1")"
	git -C other pull -q
	echo "$2" >"other/$1"
	git -C other add .
	git -C other commit -q -m "others: $2"
	git -C other push -q
}

@test "a branch that moved only in other folders is rebased, and the push goes on" {
	pushed_setup
	others manifests/a.yaml one
	sed -i 's/omar@/oscar@/' live.yaml
	ends 0 apply --live live.yaml --config config.yaml --auto-approve \
		--allow-remove '100%' source/manifests
	grep -qx 'Pushed to origin.' stdout
	[ "$(git -C remote.git rev-parse main)" = "$(git -C repo rev-parse main)" ]
	git -C repo log --reverse --format=%s | sed 's/: [0-9] added.*/: changes/' >subjects
	printf '%s\n' 'acme: first snapshot' 'others: one' 'acme: what had drifted' \
		'acme: changes' | diff - subjects
	[ -z "$(git -C repo status --porcelain)" ]
	[ "$(cat repo/manifests/a.yaml)" = one ]
	# The commits that are told are those that were pushed.
	sed -n 's/^Commit \([0-9a-f]*\): .*/\1/p' stdout >told
	git -C repo log -2 --reverse --abbrev=12 --format=%h | diff - told
	ends 0 log verify --config config.yaml --strict
	# In a repository of branches alone too.
	git clone -q --bare remote.git bare.git
	git -C bare.git remote set-url origin ../remote.git
	others manifests/a.yaml two
	sed -i 's/repository: repo/repository: bare.git/
		s/push: origin/push: origin, branch: main/' config.yaml
	sed -i 's/oscar@/olga@/' live.yaml
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	[ "$(git -C remote.git rev-parse main)" = "$(git -C bare.git rev-parse main)" ]
	[ "$(git -C remote.git show main:manifests/a.yaml)" = two ]
}

@test "what somebody is working on stops a rebase, and stays as it is" {
	pushed_setup
	others notes.txt one
	git -C repo pull -q --ff-only origin main
	others notes.txt two
	echo mine >repo/notes.txt
	sed -i 's/omar@/oscar@/' live.yaml
	ends 8 snapshot --live live.yaml --config config.yaml --org acme
	grep -q 'the commit stays here, not pushed' stderr
	[ "$(cat repo/notes.txt)" = mine ]
	git -C repo checkout -q notes.txt
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	[ "$(git -C remote.git rev-parse main)" = "$(git -C repo rev-parse main)" ]
	# Commits of somebody else that were not pushed are not writ's to move.
	others notes.txt three
	echo mine >repo/mine.txt
	git -C repo add mine.txt
	git -C repo commit -q -m mine
	sed -i 's/oscar@/olga@/' live.yaml
	ends 8 snapshot --live live.yaml --config config.yaml --org acme
	grep -q 'commits beside those of org that were not pushed' stderr
}

@test "a branch that has another snapshot is behind: before an apply, and after a quicker one" {
	pushed_setup
	cp live.yaml before.yaml
	sed 's/omar@/olga@/' live.yaml >theirs.yaml
	ends 0 snapshot --live theirs.yaml --snapshot other/org --commit
	git -C other push -q
	ends 1 apply --live live.yaml --config config.yaml --auto-approve \
		--allow-remove '100%' source/manifests
	grep -q 'has a snapshot in org that .*repo lacks, at commit' stderr
	cmp live.yaml before.yaml
	git -C repo rev-list --count main | grep -qx 1
	# Who recorded meanwhile is united with: live is read again, and what both had open stays
	# so.
	sed -i 's/omar@/oscar@/' live.yaml
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	[ "$(git -C remote.git rev-parse main)" = "$(git -C repo rev-parse main)" ]
	git -C repo merge-base --is-ancestor "$(git -C other rev-parse main)" main
	[ "$(git -C repo rev-list --merges --count main)" -eq 1 ]
	git -C repo log --format=%s | grep -q 'acme: two recordings united'
	git -C repo fsck --strict
	[ -z "$(git -C repo status --porcelain)" ]
	ends 0 validate repo/org
	ends 0 plan --live live.yaml --base repo/org --detailed-exitcode repo/org
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	[ "$(git -C repo rev-list --merges --count main)" -eq 1 ]
}

# A folder that not even root writes in.
fixed() {
	chattr "$1" "$2" 2>/dev/null
}

@test "a folder that cannot be written in is found before the first request" {
	cp live.yaml before.yaml
	mkdir try
	fixed +i try || skip 'no folder can be made unchangeable here'
	fixed -i try
	for folder in .git/objects .git/refs/heads .git/logs/refs/heads .git .; do
		refused 'cannot be written|writing in' "fixed +i repo/$folder" ||
			{ fixed -i "repo/$folder"; return 1; }
		fixed -i "repo/$folder"
	done
}

@test "a push that the server refuses tells the server's own words" {
	git init -q --bare remote.git
	cat >remote.git/hooks/pre-receive <<-'END'
		#!/bin/sh
		echo "GH006: main is protected," >&2
		printf "ask \033[31mthe owners\n" >&2
		exit 1
	END
	chmod +x remote.git/hooks/pre-receive
	git -C repo remote add origin ../remote.git
	configured ', push: origin'
	ends 8 snapshot --live live.yaml --config config.yaml --org acme
	grep -q 'remote "origin" rejected refs/heads/main: GH006: main is protected, / ask' stderr
	grep -q 'pre-receive hook declined' stderr
	run ! grep -q "$(printf '\033')" stderr
}

@test "an apply whose push is refused is exit 8, and its command goes on when the server lets it" {
	local command
	git init -q --bare remote.git
	printf '#!/bin/sh\necho closed for the night >&2\nexit 1\n' >remote.git/hooks/pre-receive
	chmod +x remote.git/hooks/pre-receive
	git -C repo remote add origin ../remote.git
	configured ', push: origin'
	run_apply() {
		ends "$1" apply --auto-approve --allow-remove 100% --live live.yaml \
			--config config.yaml manifests
	}
	run_apply 8
	grep -q '^Apply: .* 0 failed' stdout
	grep -qF 'was not recorded (again with: writ snapshot --commit' stderr
	grep -qF 'remote "origin" rejected refs/heads/main: closed for the night' stderr
	command=$(sed -n 's/.*(again with: \([^)]*\)).*/\1/p' stderr)
	# Nothing is sent by the next one before the first is recorded.
	echo '# later' >>manifests/organization.yaml
	sed -i 's/expires: 2027-03-31/expires: 2027-04-30/' manifests/accounts/*.yaml
	run_apply 1
	grep -q 'nothing was sent, for the earlier run' stderr
	eval "ends 8 ${command#writ}"
	rm remote.git/hooks/pre-receive
	eval "ends 0 ${command#writ}"
	[ "$(git -C remote.git rev-parse main)" = "$(git -C repo rev-parse main)" ]
	run_apply 0
	[ "$(git -C remote.git rev-parse main)" = "$(git -C repo rev-parse main)" ]
}

@test "pushing: rejected, vanished, and again" {
	pushed_setup
	push() {
		sed -i "s/owner: .*/owner: $2@example.com/" live.yaml
		ends "$1" snapshot --live live.yaml --config config.yaml --org acme
	}
	chmod -R a-w remote.git
	if [ "$(id -u)" -ne 0 ]; then
		push 8 four
	fi
	chmod -R u+w remote.git
	mv remote.git gone.git
	push 8 five
	grep -q 'pushing refs/heads/main to remote "origin"' stderr
	grep -q 'again with: writ snapshot --commit --live live.yaml --config config.yaml --org acme' stderr
	mv gone.git remote.git
	# The commit that was not pushed goes with the next one.
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	[ "$(git -C remote.git rev-parse main)" = "$(git -C repo rev-parse main)" ]
}

@test "a snapshot's files are opened once: for the plan's base, and for what is written anew" {
	command -v strace >/dev/null || skip 'strace is not here'
	skip_sanitized
	mv manifests/organization.yaml manifests/acme.yaml
	ends 0 snapshot --live live.yaml --snapshot snap
	strace -f -e trace=openat,openat2 -o trace "$WRIT" apply --live live.yaml --auto-approve \
		--allow-remove 100% --snapshot snap manifests >stdout
	grep -q '^Snapshot 2' stdout
	for file in organization admin-roles technical-accounts product-assignments; do
		[ "$(grep "\"$file.yaml\"" trace | grep -c O_RDONLY)" -eq 1 ]
	done
}

# trailers NAME: of the commits, oldest first.
trailers() {
	git -C repo log --reverse --format="%(trailers:key=$1,valueonly)" main | sed '/^$/d'
}

@test "a run without a snapshot is recorded by the next one as that run, and is no drift" {
	for point in apply-after-send:1 history-before-pack:1; do
		rm -rf repo "$XDG_STATE_HOME"
		cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
		cp -R "$WRIT_ROOT/tests/data/quickstart/manifests" .
		git init -q repo
		ends 0 snapshot --live live.yaml --snapshot repo/org --commit
		status=0
		WRIT_FAILPOINT=$point "$WRIT_FAILPOINT_BIN" apply --live live.yaml \
			--snapshot repo/org --commit --auto-approve \
			--allow-remove 1 manifests >stdout 2>stderr </dev/null || status=$?
		[ "$status" -eq 137 ] || [ "$status" -eq 8 ] ||
			{ echo "$point: $status"; cat stderr; return 1; }
		[ -z "$(trailers Writ-Run)" ]
		drifts=$(trailers Writ-Drift | wc -l)
		sed -i '/Templates/d' manifests/accounts/template-sync.yaml
		ends 0 apply --live live.yaml --snapshot repo/org --commit --auto-approve \
			--allow-remove '100%' manifests
		grep -q 'has no snapshot: it is recorded first' stderr
		trailers Writ-Run >runs
		[ "$(wc -l <runs)" -eq 2 ] || { echo "$point"; git -C repo log; return 1; }
		[ "$(sort -u runs | wc -l)" -eq 2 ]
		[ "$(tail -n 1 runs)" = "$(sed -n 's/^Run: //p' stdout)" ]
		[ "$(trailers Writ-Drift | wc -l)" -eq "$drifts" ]
		ends 0 log verify --snapshot repo/org
		ends 0 apply --live live.yaml --snapshot repo/org --commit --auto-approve manifests
		run ! grep 'recorded first' stderr
	done
}

@test "drift names the run that did it and was not recorded, and what records it" {
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	block repo
	ends 8 apply --live live.yaml --snapshot repo/org --commit --auto-approve \
		--allow-remove 100% source/manifests
	unblock repo
	name=$(sed -n 's/^Run: //p' stdout)
	git -C repo checkout -q -- .
	sed -i 's/omar@/oscar@/' live.yaml
	ends 2 drift --live live.yaml --base repo/org
	grep -q "^    + technical account  [0-9a-f]*  (run $name did this)\$" stdout
	sed -n '/oscar@/,/^$/p' stdout >by-hand
	run ! grep -q 'did this' by-hand
	grep -q '^Drift: 2 since the snapshot repo/org, and 7 that runs made and nobody recorded\.$' stdout
	command=$(sed -n "s/^What run $name did is not in the snapshot. To record it: //p" stdout)
	[ "$command" = "writ snapshot --commit --snapshot repo/org --live live.yaml --run $name" ]
	ends 2 drift --live live.yaml --base repo/org --format json
	jq -e --arg name "$name" '.open == 2 and .unrecorded == 7 and
		([.drift[] | select(.unrecorded and .made_by == $name)] | length == 7)' stdout
	ends 2 drift --live live.yaml --base repo/org --format markdown
	grep -q '^\*\*Made by runs that nobody recorded (7)\*\*$' stdout
	# A plan says the same, and that what takes it back is the manifests' wish.
	ends 0 plan --live live.yaml --base repo/org --out made.json source/manifests
	grep -q '^DRIFT SINCE THE SNAPSHOT (2)$' stdout
	grep -q '^MADE BY RUNS, AND NOT RECORDED (7)$' stdout
	jq -e --arg name "$name" '[.drift[] | select(.unrecorded and .made_by == $name)] |
		length == 7' made.json
	ends 0 show made.json
	grep -q "^    + technical account  [0-9a-f]*  (.*)  (run $name did this)\$" stdout
	run ! grep -q '^  [+-].*\[drift\]' stdout
	cp -r source/manifests dropped
	rm dropped/accounts/template-sync.yaml
	document TechnicalAccount template-sync 'state: absent' >dropped/gone.yaml
	sed -i 1d dropped/gone.yaml
	ends 0 plan --live live.yaml --base repo/org --format markdown dropped
	grep -q "^<details><summary>Made by runs that nobody recorded (7)" stdout
	ends 0 plan --live live.yaml --base repo/org --out dropped.json dropped
	jq -e '[.changes[] | select(.address == "technicalAccount/template-sync") |
		.since_snapshot] == ["pending"]' dropped.json
	# It is agreed: nothing takes it back by itself.
	ends 0 drift --live live.yaml --base repo/org revert
	[ "$(grep -c '(left alone: a run made it)$' stdout)" -eq 7 ]
	ends 1 restore --live live.yaml --snapshot repo/org
	grep -qF "the last snapshot does not have what run $name did" stderr
	grep -qF "record it first: $command;" stderr
	ends 0 restore --live live.yaml --from repo/org
	ends 2 drift --live live.yaml --snapshot repo/org
	grep -qF "To record it: $command" stdout
	eval "set -- ${command#writ }"
	ends 0 "$@"
	ends 2 drift --live live.yaml --base repo/org
	run ! grep -q 'did this\|is not in the snapshot' stdout
	grep -q '^Drift: 2 since' stdout
}

@test "of two runs that were not recorded drift tells each once" {
	for held in '' b ac; do
		{
			organization
			for account in a b c; do
				roles=
				[[ $held != *"$account"* ]] || roles=support-administrator
				document TechnicalAccount "$account" "adminRoles: [$roles]"
			done
		} >"held-$held.yaml"
	done
	sed 's/adminRoles: \[\]/unlisted: keep/' held-ac.yaml >wanted-ac.yaml
	cp held-.yaml other.yaml
	ends 0 snapshot --live other.yaml --snapshot repo/two --commit
	for wanted in held-b.yaml wanted-ac.yaml; do
		ends 0 apply --live other.yaml --auto-approve "$wanted"
	done
	ends 0 drift --live other.yaml --base repo/two
	grep -q '^Drift: 0 since .*, and 3 that runs made and nobody recorded' stdout
	[ "$(sed -n 's/.*(run \(.*\) did this)$/\1/p' stdout | uniq | wc -l)" -eq 3 ]
	[ "$(grep -c '^What run .* did is not in the snapshot' stdout)" -eq 2 ]
}

@test "what somebody gave again behind a later recording is not the doing of a run of before it" {
	for roles in '' support-administrator; do
		{
			organization
			document TechnicalAccount a "adminRoles: [$roles]"
		} >"with-$roles.yaml"
	done
	cp with-.yaml other.yaml
	ends 0 apply --live other.yaml --auto-approve with-support-administrator.yaml
	cp with-.yaml other.yaml
	WRIT_NOW=2026-06-02T00:00:00Z ends 0 snapshot --live other.yaml --snapshot repo/two --commit
	cp with-support-administrator.yaml other.yaml
	export WRIT_NOW=2026-06-03T00:00:00Z
	for _ in 1 2; do # found now, and found by a recording
		ends 2 drift --live other.yaml --base repo/two
		grep -q '^Drift: 1 since the snapshot repo/two\.$' stdout
		ends 0 snapshot --live other.yaml --snapshot repo/two --commit
	done
	# A snapshot outside git says nothing of its order.
	cp with-.yaml other.yaml
	ends 0 apply --live other.yaml --auto-approve with-support-administrator.yaml
	ends 0 drift --live other.yaml --base repo/two
	cp -R repo/two plain
	ends 2 drift --live other.yaml --base plain
}

# remains STATUS: of drift, once the manifests in w.yaml were applied and recorded.
remains() {
	ends 0 apply --live live.yaml --auto-approve --snapshot repo/org --commit w.yaml
	ends "$1" drift --live live.yaml --snapshot repo/org
}

@test "what manifests keep they say nothing of, and of what has ended its line does" {
	local all='product: P, profile: A' jane='{user: jane@example.com'
	organization >w.yaml
	{ cat w.yaml; echo "status: {products: [{$all}], users: [jane@example.com]}"; } >bare.yaml
	{ cat bare.yaml; document ProductAssignment all "$all, members: [$jane}]"; } >held.yaml
	{ cat held.yaml; document TechnicalAccount lone 'apis: []'; } >live.yaml
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	# Somebody deletes the account. Nobody says anything of it, then the Organization does.
	cp held.yaml live.yaml
	organization ', unlisted: keep' >w.yaml
	remains 2
	organization >w.yaml
	remains 0
	# Somebody takes a grant that is to end, and has ended when the manifests are applied.
	document ProductAssignment all "$all, unlisted: keep,
		members: [$jane, expires: 2027-01-01}]" >>w.yaml
	remains 0
	cp bare.yaml live.yaml
	ends 2 drift --live live.yaml --snapshot repo/org
	WRIT_NOW=2027-02-01T00:00:00Z remains 0
}

@test "an account that somebody made anew stays one behind a revert" {
	organization >live.yaml
	document TechnicalAccount robot 'products: [{product: P, profile: A}]' >>live.yaml
	cp live.yaml w.yaml
	echo 'status: {id: id-1}' >>live.yaml
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	sed -i 's/id-1/id-2/; s/\[{product: P, profile: A}\]/[]/' live.yaml
	ends 0 drift revert --live live.yaml --snapshot repo/org --out back.json
	ends 0 apply --live live.yaml --snapshot repo/org --commit --plan back.json
	ends 2 drift --live live.yaml --snapshot repo/org
	[ "$(grep -c '^    [~+-] ' stdout)" -eq 1 ] && grep -q 'made anew under its old name' stdout
	# Manifests mean whoever has the name.
	remains 0
}

@test "of two accounts one has the name that both are known by" {
	local one='status: {id: id-1}' spec='{product: P, profile: A}'
	organization >w.yaml
	{ cat w.yaml; document TechnicalAccount first "products: [$spec]"; echo "$one"; } >live.yaml
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	# Somebody gives its name away, which is accepted; the other one is known by its new name.
	{
		sed 's/name: first/name: second/' live.yaml
		document TechnicalAccount first 'products: []'
		echo 'status: {id: id-2}'
	} >live.new
	mv live.new live.yaml
	ends 2 drift --live live.yaml --snapshot repo/org --format json
	fingerprint=$(jq -r '.drift[] | select(.kind == "appeared") | .fingerprint' stdout)
	ends 0 drift accept "$fingerprint" --live live.yaml --snapshot repo/org --commit \
		--why 'it is new' w.yaml
	ends 0 apply --live live.yaml --auto-approve --snapshot repo/org --commit w.yaml
	ends 0 drift --live live.yaml --snapshot repo/org
}
