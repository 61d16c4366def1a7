#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Signed snapshots, as stock git sees them.

setup() {
	load helper
	common_setup
	git_setup
	unset SSH_AGENT_PID SSH_AUTH_SOCK
	quickstart
	git init -q repo
	ssh-keygen -q -t ed25519 -N '' -C signer -f key
	printf 'signer@example.com %s\n' "$(cut -d ' ' -f 1,2 key.pub)" >allowed
	git config --global gpg.format ssh
	git config --global gpg.ssh.allowedSignersFile "$PWD/allowed"
}

teardown() {
	[ -z "${SSH_AGENT_PID:-}" ] || kill "$SSH_AGENT_PID"
}

# configure SIGN: the configuration with this sign mapping.
configure() {
	operator_says <<<"snapshot: {repository: repo, folder: org, sign: $1}"
	chmod 600 config.yaml
}

snapshot() {
	ends "$1" snapshot --live live.yaml --config config.yaml --org acme
}

@test "git verify-commit and git log accept a signature with a key from a file" {
	configure '{key: key}'
	snapshot 0
	git -C repo verify-commit HEAD
	[ "$(git -C repo log -1 --format='%G? %GS')" = 'G signer@example.com' ]
	git -C repo log --show-signature -1 >shown 2>&1
	grep -q 'Good "git" signature for signer@example.com with ED25519 key' shown
	[ -z "$(git -C repo status --porcelain)" ]
	git -C repo fsck --strict
	run grep -rl 'PRIVATE KEY' repo state
	[ "$status" -ne 0 ]
}

@test "both commits of a run are signed, by ssh-agent" {
	eval "$(ssh-agent -s 3>&-)" >/dev/null # bats waits for all who hold descriptor 3
	ssh-add -q key
	configure "{agent: \"$(cat key.pub)\"}"
	ends 0 apply --live live.yaml --config config.yaml --auto-approve \
		--allow-remove '100%' manifests
	[ "$(git -C repo rev-list --count HEAD)" -eq 2 ]
	git -C repo verify-commit HEAD HEAD~1
	ssh-add -q -D
	sed -i 's/owner: .*/owner: other@example.com/' live.yaml
	snapshot 8
	grep -q 'the key of ssh-agent does not sign: ssh-keygen: ' stderr
	[ "$(git -C repo rev-list --count HEAD)" -eq 2 ]
}

@test "an altered commit is refused by git, a bad key by the program" {
	configure '{key: key}'
	snapshot 0
	git -C repo cat-file commit HEAD | sed 's/first snapshot/last snapshot/' >altered
	id=$(git -C repo hash-object -t commit -w --stdin <altered)
	run git -C repo verify-commit "$id"
	[ "$status" -ne 0 ]
	ssh-keygen -q -t ed25519 -N secret -f encrypted
	configure '{key: encrypted}'
	sed -i 's/owner: .*/owner: other@example.com/' live.yaml
	snapshot 8
	grep -q 'signing the commit: .*encrypted does not sign: ssh-keygen: .*passphrase' stderr
	chmod 644 key
	configure '{key: key}'
	snapshot 8
	[ "$(git -C repo rev-list --count HEAD)" -eq 1 ]
	chmod 600 key
	mkdir empty
	status=0
	PATH="$PWD/empty" "$WRIT" snapshot --live live.yaml --config config.yaml \
		--org acme >stdout 2>stderr || status=$?
	[ "$status" -eq 8 ]
	grep -q 'ssh-keygen is not in PATH' stderr
	snapshot 0
	git -C repo verify-commit HEAD
}
