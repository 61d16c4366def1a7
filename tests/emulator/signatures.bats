#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# A plan whose signature does not hold: nothing of it is sent, no token is asked for, no secret
# read.
# shellcheck disable=SC2030,SC2031 # a test is a subshell

setup() {
	load helper
	writ_setup
	umask 022
	unset SSH_AUTH_SOCK
	operated_start
	wants <<END
apiVersion: writ/v1
kind: AdminRole
metadata: {name: support}
spec: {role: support-administrator, members: [{user: joe.doe@example.com}]}
END
	ssh-keygen -q -t ed25519 -N '' -f key
	ssh-keygen -q -t ed25519 -N '' -f other
	echo "ann@example.com $(cat key.pub)" >signers
	sed -i "s|^    accounts:|    signers: signers\n&|" config.yaml
	run_writ plan --sign key --out plan.json wanted.yaml
	[ -s plan.json.sig ]
	cp plan.json good.json
	cp plan.json.sig good.sig
	count=$(requests)
	[ "$count" -gt 0 ]
}

teardown() {
	emulator_stop
}

requests() {
	control GET requests | jq length
}

# refused: apply of plan.json, without one request.
refused() {
	ends 3 apply --plan plan.json
	[ "$(requests)" -eq "$count" ]
}

@test "a bit of each byte of the plan" {
	size=$(stat -c %s good.json)
	# FLIP_STEP=1: of each; the bit differs from byte to byte.
	for ((at = 0; at < size; at += ${FLIP_STEP:-$((size / 60 + 1))})); do
		cp good.json plan.json
		flip plan.json "$at" $((at % 8))
		refused || { echo "byte $at"; return 1; }
	done
}

@test "a bit of each byte of the signature" {
	size=$(stat -c %s good.sig)
	for ((at = 0; at < size; at += ${FLIP_STEP:-5})); do
		cp good.sig plan.json.sig
		flip plan.json.sig "$at" $((at % 8))
		# Armor does not mind other white space.
		[ "$(tr -d '[:space:]\013' <plan.json.sig)" != "$(tr -d '[:space:]' <good.sig)" ] ||
			continue
		refused || { echo "byte $at"; return 1; }
	done
}

@test "swapped, foreign, cut and missing signatures, and rubbish" {
	run_writ plan --allow-admin-grants 3 --sign key --out second.json wanted.yaml
	count=$(requests)
	cp second.json.sig plan.json.sig
	refused
	ssh-keygen -q -Y sign -n writ-plan -f other <plan.json >plan.json.sig 2>/dev/null
	refused
	ssh-keygen -q -Y sign -n file -f key <plan.json >plan.json.sig 2>/dev/null
	refused
	head -c 100 good.sig >plan.json.sig
	refused
	rm plan.json.sig
	refused
	cp good.sig plan.json.sig
	echo '{"format_version": "1.0", broken' >plan.json
	refused
	cp good.json plan.json
	refused_by=$(PATH=/nowhere "$WRIT" apply --plan plan.json 2>&1) || [ $? -eq 3 ]
	[[ $refused_by == *'ssh-keygen is not in PATH'* ]]
	[ "$(requests)" -eq "$count" ]
}

@test "a plan that says what it does not come to: 3 unsigned, 1 signed, and nothing is asked" {
	for edit in '.x = 1' '.changes[0].via = "pigeon"' '.changes += [.changes[0]]' \
		'.changes[0].id = "c2"' '.summary.add += 1' '.accounts += [.accounts[0]]' \
		'.policy.max_admin_grants = 4294967301' '.changes[0].principal.type = "adobeID"'; do
		jq "$edit" good.json >plan.json
		cp good.sig plan.json.sig
		refused
		rm plan.json.sig
		refused
		ssh-keygen -q -Y sign -n writ-plan -f key plan.json 2>/dev/null
		ends 1 apply --plan plan.json
		grep -q '^plan.json:[0-9]*:[0-9]*: error: not a sound plan: ' stderr
		[ "$(requests)" -eq "$count" ]
	done
	# Other white space and another order say the same.
	jq -S . good.json >plan.json
	rm plan.json.sig
	ssh-keygen -q -Y sign -n writ-plan -f key plan.json 2>/dev/null
	run_writ apply --plan plan.json
	[ "$(requests)" -gt "$count" ]
}

@test "verified, then parsed, then secrets: as the kernel sees it" {
	command -v strace >/dev/null || skip 'strace is not here'
	strace -f -e trace=openat,execve,connect -o trace "$WRIT" apply \
		--plan plan.json >/dev/null 2>&1 || true
	verified=$(grep -n 'execve(.*ssh-keygen.*"verify"' trace | head -n 1 | cut -d : -f 1)
	secret=$(grep -n 'openat(.*user-token\|openat(.*secret' trace | head -n 1 | cut -d : -f 1)
	connected=$(grep -n 'connect(.*AF_INET' trace | head -n 1 | cut -d : -f 1)
	[ "$verified" -lt "$secret" ]
	[ "$verified" -lt "$connected" ]
	echo >>plan.json
	strace -f -e trace=openat,execve,connect -o trace "$WRIT" apply \
		--plan plan.json >/dev/null 2>&1 || true
	grep -q 'execve(.*ssh-keygen' trace
	run grep -c 'openat(.*user-token\|openat(.*secret\|connect(.*AF_INET' trace
	[ "$output" -eq 0 ]
}

# A run of the signed plan, killed in front of its first request that changes anything.
stopped_run() {
	[ -x "${WRIT_FAILPOINT_BIN:-}" ] || skip 'no program with failpoints'
	stopped=0
	wants <<END
apiVersion: writ/v1
kind: TechnicalAccount
metadata: {name: newcomer}
spec: {}
END
	run_writ plan --sign key --out plan.json wanted.yaml
	WRIT_FAILPOINT=apply-before-send:1 "$WRIT_FAILPOINT_BIN" apply --plan plan.json >stdout \
		2>&1 || stopped=$?
	[ "$stopped" -eq 137 ]
	count=$(requests)
	record=$(grep -l '"of": "signature"' "$XDG_STATE_HOME"/writ/*/ledger/0*)
	cp "$record" kept
}

@test "a resume verifies its plan beside the ledger before anything is asked" {
	stopped_run
	sed -i 's/"of": "signature", "text": "[^"]*"/"of": "signature", "text": ""/' "$record"
	ends 3 apply --resume
	grep -q 'the plan is not signed' stderr
	sed 's/\(AAAA[^"]*\)A/\1B/' kept >"$record"
	ends 3 apply --resume
	[ "$(requests)" -eq "$count" ]
	cp kept "$record"
	ends 0 apply --resume
	[ "$(requests)" -gt "$count" ]
}

@test "a resume: verified, then secrets, as the kernel sees it" {
	command -v strace >/dev/null || skip 'strace is not here'
	stopped_run
	cp signers ours
	echo "ann@example.com $(cat other.pub)" >signers
	strace -f -e trace=openat,execve,connect,socket -o trace "$WRIT" apply --resume >/dev/null \
		2>&1 || true
	grep -q 'execve(.*ssh-keygen' trace
	run grep -c 'openat(.*user-token\|openat(.*secret\|connect(.*AF_INET\|ca-certificates' trace
	[ "$output" -eq 0 ]
	cp ours signers
	strace -f -e trace=openat,execve,connect -o trace "$WRIT" apply --resume >/dev/null 2>&1 ||
		true
	verified=$(grep -n 'execve(.*ssh-keygen.*"verify"' trace | head -n 1 | cut -d : -f 1)
	secret=$(grep -n 'openat(.*user-token\|openat(.*secret' trace | head -n 1 | cut -d : -f 1)
	[ "$verified" -lt "$secret" ]
}

# Security keys of software, which OpenSSH tests itself with (Debian's openssh-tests): the agent
# asks them, and who verifies needs none.
@test "security keys: what they sign through an agent holds, and altered it does not" {
	provider=${SK_PROVIDER:-/usr/lib/openssh/regress/misc/sk-dummy/sk-dummy.so}
	[ -r "$provider" ] || skip 'no security key of software is here'
	# bats waits for all who hold descriptor 3
	eval "$(ssh-agent -s -P "$provider" 3>&-)" >/dev/null
	for type in ed25519-sk ecdsa-sk; do
		ssh-keygen -q -t "$type" -w "$provider" -N '' -f "$type" 3>&-
		ssh-add -q -S "$provider" "$type" 3>&-
		rm "$type"
		echo "ann@example.com $(cat "$type.pub")" >signers
		count=$(requests)
		refused
		run_writ plan --allow-admin-grants 3 --sign "$type.pub" --out plan.json \
			wanted.yaml
		[ -s plan.json.sig ] || { cat stderr; kill "$SSH_AGENT_PID"; return 1; }
		ssh-keygen -q -Y verify -f signers -I ann@example.com -n writ-plan \
			-s plan.json.sig <plan.json
		count=$(requests)
		cp plan.json.sig kept.sig
		for at in 200 260 300; do
			flip plan.json.sig "$at" 1
			refused
			cp kept.sig plan.json.sig
		done
		flip plan.json 100 1
		refused
		flip plan.json 100 1
	done
	kill "$SSH_AGENT_PID"
	ends 6 apply --plan plan.json # its step is for a person
	grep -q 'signed by "ann@example.com"' stderr
	[ "$(requests)" -gt "$count" ]
}
