#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
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
	ends "$due" apply --live live.yaml --auto-approve --allow-remove '100%' --snapshot repo/org --commit "$@"
}

messages() {
	git -C repo log --reverse --format=%B | sed -E 's/-[0-9a-f]{12}-/-PLAN-/; s/^(Writ-(Plan|Journal)): sha256:[0-9a-f]{64}$/\1: DIGEST/; s/^(Writ-Manifests): [0-9a-f]{40}/\1: COMMIT/'
}

trailer() {
	git -C repo log -1 --format="%(trailers:key=$1,valueonly)" "${2:-HEAD}" | sed '/^$/d'
}

@test "two commits: what had drifted, then what the run changed" {
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	sed -i 's/omar@/oscar@/' live.yaml
	apply 0 source/manifests
	sed -i -n "/^Apply/,\$ { s/^Commit [0-9a-f]*/Commit ID/; p }" stdout
	assert_golden record
	messages >stdout
	assert_golden record-messages
	git -C repo show --format= HEAD~1 | grep '^[-+] ' | grep -v 'sha256\|serial' >stdout
	git -C repo show --format= HEAD | grep '^[-+] ' | grep -v 'sha256\|serial' >>stdout
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
	ends 0 apply --live live.yaml --snapshot repo/org --commit plan.json
	[ "$(trailer Writ-Manifests)" = "$(git -C source rev-parse HEAD)" ]
	[ "$(trailer Writ-Plan)" = "sha256:$(sha256sum plan.json | cut -d ' ' -f 1)" ]
	sed -i 's/owner: .*/owner: new@example.com/' source/manifests/accounts/*.yaml
	ends 0 plan --live live.yaml --out plan.json source/manifests
	ends 0 apply --live live.yaml --snapshot repo/org --commit plan.json
	[ "$(trailer Writ-Manifests)" = "$(jq -r .manifest.digest plan.json)" ]
}

@test "manifests of which a part is in no commit are told as dirty" {
	mkdir more
	printf 'apiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: extra}\nspec: {}\n' >more/extra.yaml
	run_writ apply --live live.yaml --auto-approve --allow-remove 1 --snapshot repo/org --commit source/manifests more
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
	touch "it's my repo/.git/index.lock"
	ends 8 apply --live 'live (1).yaml' --snapshot "it's my repo/org" --commit --auto-approve --allow-remove 100% source/manifests
	command=$(sed -n 's/.*(again with: \(.*\)): .*/\1/p' stderr)
	[[ $command == "writ snapshot --commit --snapshot 'it'\\''s my repo/org' --live 'live (1).yaml' --run "* ]]
	rm "it's my repo/.git/index.lock"
	eval "ends 0 ${command#writ}"
	[ "$(git -C "it's my repo" rev-list --count HEAD)" -eq 2 ]
}

@test "a failed record is exit 8, and its command records the run as if nothing had happened" {
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	sed -i 's/omar@/oscar@/' live.yaml
	touch repo/.git/index.lock
	apply 8 source/manifests
	grep -q '^Apply: .* 0 failed' stdout
	command=$(sed -n 's/.*(again with: \(.*\)): .*/\1/p' stderr)
	[[ $command == writ\ snapshot\ --commit\ --snapshot\ repo/org\ --live\ live.yaml\ --run\ * ]]
	[ "$(git -C repo rev-list --count HEAD)" -eq 1 ]
	rm repo/.git/index.lock
	eval "ends 0 ${command#writ}"
	messages >stdout
	sed -i 's/^Writ-Manifests: sha256:.*/Writ-Manifests: COMMIT/' stdout
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
	saved=$(echo state/writ/acme-*/journal/*.plan.json)
	run=$(basename "$saved" .plan.json)
	git -C repo rev-parse HEAD >tip
	cp live.yaml other.yaml
	ends 1 snapshot --live other.yaml --snapshot repo/org --commit --run "$run"
	grep -q "run $run was not of this live organisation" stderr
	cp "$saved" kept
	sed -i 's/"action_reason": "added"/"action_reason": "changed"/' "$saved"
	ends 1 snapshot --live live.yaml --snapshot repo/org --commit --run "$run"
	grep -q "plan of run $run is not the one that its journal names" stderr
	git -C repo rev-parse HEAD | diff tip -
	cp kept "$saved"
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit --run "$run"
	[ "$(trailer Writ-Run)" = "$run" ]
}

@test "a shallow clone takes snapshots too, and its history begins where it was cut off" {
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	sed -i 's/omar@/oscar@/' live.yaml
	ends 0 snapshot --live live.yaml --snapshot repo/org --commit
	git clone -q --depth 1 "file://$PWD/repo" cut
	ends 0 apply --live live.yaml --auto-approve --allow-remove '100%' --snapshot cut/org --commit source/manifests
	[ "$(git -C cut rev-list --count HEAD)" -eq 2 ]
	git -C cut checkout -q -b side HEAD~
	git -C cut commit -q --allow-empty -m side
	git -C cut checkout -q main
	git -C cut merge -q -m merged side
	ends 0 snapshot list --snapshot cut/org
	[ "$(awk '{ print $3 }' stdout | tr '\n' ' ')" = '3 2 ' ]
	ends 0 log verify --strict --snapshot cut/org
	ends 1 who storage-administrator --as-of 2020-01-01 --snapshot cut/org
	grep -q 'the history of snapshots begins at' stderr
	ends 0 who storage-administrator --as-of HEAD --snapshot cut/org
	ends 0 who storage-administrator --history --snapshot cut/org
}

@test "a configured snapshot needs no option" {
	cat >config.yaml <<-END
		apiVersion: writ/v1
		kind: Configuration
		organizations:
		  - name: acme
		    orgId: A@AdobeOrg
		    snapshot: {repository: repo, folder: org, author: {name: Robot, email: robot@example.com}}
	END
	chmod 600 config.yaml
	ends 0 apply --live live.yaml --config config.yaml --auto-approve --allow-remove '100%' source/manifests
	[ "$(git -C repo log -1 --format='%an <%ae>')" = 'Robot <robot@example.com>' ]
	[ "$(git -C repo rev-list --count HEAD)" -eq 2 ]
	ends 64 apply --live live.yaml --auto-approve --commit source/manifests
}

@test "pushing: done, lost race, rejected, vanished" {
	git init -q --bare remote.git
	git -C repo remote add origin ../remote.git
	cat >config.yaml <<-END
		apiVersion: writ/v1
		kind: Configuration
		organizations:
		  - name: acme
		    orgId: A@AdobeOrg
		    snapshot: {repository: repo, folder: org, push: origin}
	END
	chmod 600 config.yaml
	push() {
		sed -i "s/owner: .*/owner: $2@example.com/" live.yaml
		ends "$1" snapshot --live live.yaml --config config.yaml --org acme
	}
	push 0 one
	grep -qx 'Pushed to origin.' stdout
	[ "$(git -C remote.git rev-parse main)" = "$(git -C repo rev-parse main)" ]
	git clone -q remote.git other
	git -C other commit -q --allow-empty -m quicker
	git -C other push -q
	git -C remote.git rev-parse main >theirs
	push 8 two
	grep -q 'another run was quicker' stderr
	grep -q 'plan again' stderr
	git -C remote.git rev-parse main | diff theirs -
	[ "$(git -C repo rev-list --count main)" -eq 2 ]
	git -C repo pull -q --rebase origin main
	# The commit that was not pushed goes with the next one.
	push 0 three
	[ "$(git -C remote.git rev-parse main)" = "$(git -C repo rev-parse main)" ]
	[ "$(git -C remote.git rev-list --count main)" -eq 4 ]
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
	ends 0 snapshot --live live.yaml --config config.yaml --org acme
	[ "$(git -C remote.git rev-parse main)" = "$(git -C repo rev-parse main)" ]
}
