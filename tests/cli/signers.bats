#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Signed plans, and who may sign them; stock ssh-keygen makes and checks signatures too.

setup() {
	load helper
	common_setup
	git_setup
	umask 022
	unset SSH_AGENT_PID SSH_AUTH_SOCK WRIT_CONFIG
	quickstart
	ssh-keygen -q -t ed25519 -N '' -C one -f key
	ssh-keygen -q -t ed25519 -N '' -C other -f other
	KEY=$(cut -d ' ' -f 1,2 key.pub)
	OTHER=$(cut -d ' ' -f 1,2 other.pub)
	echo "ann@example.com $KEY" >allowed
	configure
}

teardown() {
	[ -z "${SSH_AGENT_PID:-}" ] || kill "$SSH_AGENT_PID"
}

# configure [MORE]: config.yaml with signers, and more of the organisation.
configure() {
	printf '%s\n' 'signers: allowed' "${1:-}" | operator_says
}

# plan [ARGUMENT...]: plan.json
plan() {
	rm -f plan.json plan.json.sig
	ends 0 plan --live live.yaml --config config.yaml --allow-remove '100%' \
		--out plan.json "$@" manifests
}

# apply STATUS ARGUMENT...: of the organisation as it was at first.
apply() {
	local due=$1
	shift
	rm -rf "$XDG_STATE_HOME"
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	ends "$due" apply --live live.yaml --config config.yaml "$@"
}

# refused ID WORDS: by apply of plan.json, before anything was changed.
refused() {
	apply 3 --plan plan.json
	grep -qF "$2" stderr || { cat stderr; return 1; }
	grep -qF "[$1]" stderr
	[ ! -d "$XDG_STATE_HOME" ] || [ -z "$(find "$XDG_STATE_HOME" -path '*/ledger/0*')" ]
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
	grep -q "^## " <("$WRIT" validate --explain "$1" | sed '1s/^/## /')
}

accepted() {
	apply 0 --plan plan.json
	grep -q 'the plan is signed by "ann@example.com"' stderr
}

stock_verify() {
	ssh-keygen -q -Y verify -f allowed -I ann@example.com -n writ-plan -s "$1.sig" <"$1"
}

@test "a plan signed here is accepted by ssh-keygen, and applied" {
	plan --sign key
	stock_verify plan.json
	[ "$(stat -c %a plan.json.sig)" = 644 ]
	accepted
	configure 'signPlans: {key: key}'
	plan
	stock_verify plan.json
	accepted
	ends 64 plan --live live.yaml --sign key manifests
	ends 1 plan --live live.yaml --sign missing --out unsigned.json manifests
	[ ! -e unsigned.json ]
}

@test "ssh-agent signs" {
	eval "$(ssh-agent -s 3>&-)" >/dev/null # bats waits for all who hold descriptor 3
	ssh-add -q key
	mv key elsewhere
	plan --sign key.pub
	stock_verify plan.json
	configure "signPlans: {agent: \"$KEY\"}"
	plan
	stock_verify plan.json
	accepted
}

@test "a plan signed by ssh-keygen is applied" {
	for hash in sha512 sha256; do
		plan
		ssh-keygen -q -Y sign -O hashalg=$hash -n writ-plan -f key plan.json 2>/dev/null
		accepted
	done
}

@test "restore, undo and drift revert sign what they save" {
	configure 'signPlans: {key: key}'
	plan
	accepted
	run=$(last_run)
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" before.yaml
	ends 0 undo --live live.yaml --config config.yaml --out back.json "$run"
	stock_verify back.json
	ends 0 restore --live live.yaml --config config.yaml --from before.yaml --out way.json
	stock_verify way.json
	ends 0 drift revert --live live.yaml --config config.yaml --base before.yaml --out undo.json
	stock_verify undo.json
}

@test "no signature, one of other bytes, another namespace, nonsense" {
	plan
	refused E0901 'the plan is not signed'
	plan --sign key
	cp plan.json.sig kept
	sed -i 's/"max_removals": 20/"max_removals": 21/' plan.json
	refused E0902 'does not hold'
	plan
	for name in file git writ-plan2; do
		rm -f plan.json.sig
		ssh-keygen -q -Y sign -n "$name" -f key plan.json 2>/dev/null
		refused E0902 'namespace does not match'
	done
	for text in '' nonsense "$(tail -n +2 kept)" "$(cat kept) x" "$(cat kept kept)" \
		"$(tr A B <kept)"; do
		printf '%s' "$text" >plan.json.sig
		refused E0902 'signature'
	done
	head -c 100000 /dev/zero >plan.json.sig
	refused E0902 ''
	# What is no plan is not looked at before its signature is.
	echo '{"format_version":"1.0", broken' >plan.json
	refused E0902 'does not hold'
	rm plan.json.sig
	refused E0901 'the plan is not signed'
}

@test "refusals in words" {
	: >all
	plan
	refused E0901 'it has no such file'
	outcome >>all
	plan --sign key
	cp plan.json.sig old.sig
	plan --prune
	echo >>plan.json
	cp old.sig plan.json.sig
	refused E0902 'does not hold'
	outcome >>all
	plan --sign other
	refused E0903 'not among'
	outcome >>all
	chmod 666 allowed
	refused E0904 'may be written by others'
	outcome >>all
	mkdir -p empty
	PATH="$PWD/empty" "$WRIT" apply --live live.yaml --config config.yaml \
		--plan plan.json >stdout 2>stderr || status=$?
	[ "$status" -eq 3 ]
	outcome >>all
	chmod 644 allowed
	PATH="$PWD/empty" "$WRIT" apply --live live.yaml --config config.yaml \
		--plan plan.json >stdout 2>stderr || status=$?
	[ "$status" -eq 3 ]
	outcome >>all
	sed 's/ssh-keygen: [^;]*;/ssh-keygen: WORDS;/' all >stdout
	: >stderr
	assert_golden signers-refused
}

@test "who may sign: as ssh-keygen judges the same lines" {
	plan --sign key
	export WRIT_NOW=2026-06-01T12:00:00Z TZ=UTC
	while IFS='|' read -r verdict line; do
		eval "printf '%b\n' \"$line\"" >allowed
		stock=$(ssh-keygen -q -Y verify -Overify-time=20260601120000 -f allowed \
			-I ann@example.com -n writ-plan \
			-s plan.json.sig <plan.json >/dev/null 2>&1 && echo yes || echo no)
		[ "$stock" = "$verdict" ] || { echo "ssh-keygen says $stock: $line"; return 1; }
		if [ "$verdict" = yes ]; then
			apply 0 --plan plan.json || { echo "refused: $line"; return 1; }
		else
			apply 3 --plan plan.json || { echo "accepted: $line"; return 1; }
			grep -qE '\[E090[34]\]' stderr
		fi
	done <<'END'
yes|ann@example.com $KEY
yes|ann@example.com $KEY a comment
yes|# a comment\n\n  ann@example.com\t$KEY
yes|*@example.com,!eve@example.com $KEY
yes|\"ann@example.com\" $KEY
no|ann@example.com $OTHER
yes|ann@example.com $OTHER\nann@example.com $KEY
yes|ann@example.com namespaces=\"writ-plan\" $KEY
yes|ann@example.com namespaces=\"git,writ-*\" $KEY
yes|ann@example.com NameSpaces=\"writ-pl?n\",valid-after=\"20260101\" $KEY
no|ann@example.com namespaces=\"git\" $KEY
no|ann@example.com namespaces=\"!writ-plan,*\" $KEY
yes|ann@example.com namespaces=\"git\" $KEY\nann@example.com namespaces=\"writ-plan\" $KEY
yes|ann@example.com valid-after=\"20260601\" $KEY
no|ann@example.com valid-after=\"20260602\" $KEY
no|ann@example.com valid-before=\"20260601\" $KEY
yes|ann@example.com valid-before=\"20260601120001\" $KEY
yes|ann@example.com valid-after=\"202606011159\",valid-before=\"202606011201\" $KEY
no|ann@example.com valid-after=\"20260601120001\" $KEY
yes|ann@example.com valid-before=\"20260601120001Z\" $KEY
no|ann@example.com valid-after=\"202606011201Z\" $KEY
no|ann@example.com cert-authority $KEY
no|ann@example.com valid-before=\"20260101\",valid-after=\"20270101\" $KEY
no|ann@example.com valid-after=\"20261301\" $KEY
no|ann@example.com valid-after=\"yesterday\" $KEY
no|ann@example.com unknown=\"x\" $KEY
no|ann@example.com namespaces=writ-plan $KEY
no|ann@example.com namespaces=\"writ-plan $KEY
no|ann@example.com valid-after=\"20260101\",valid-after=\"20260101\" $KEY
no|ann@example.com ssh-ed25519 AAAA
no|ann@example.com
no|$KEY
END
}

@test "a spoiled or foreign file of signers: nothing is taken for signed" {
	plan --sign key
	echo "ann@example.com $KEY" >allowed
	chmod 666 allowed
	refused E0904 'may be written by others'
	rm allowed
	refused E0904 'No such file'
	mkdir allowed
	refused E0904 'is not a regular file'
	rmdir allowed
	: >allowed
	refused E0903 'not among those of'
}

@test "RSA and ECDSA keys, certificates and revoked keys" {
	for type in rsa ecdsa; do
		ssh-keygen -q -t "$type" -N '' -f "$type"
		echo "ann@example.com $(cut -d ' ' -f 1,2 "$type.pub")" >allowed
		plan --sign "$type"
		stock_verify plan.json
		accepted
	done
	ssh-keygen -q -s rsa -I id -n ann@example.com key.pub
	echo "ann@example.com cert-authority $(cat rsa.pub)" >allowed
	plan --sign key-cert.pub
	accepted
	configure 'revokedKeys: revoked'
	refused E0904 'No such file'
	cp other.pub revoked
	accepted
	cp key.pub revoked
	refused E0903 'may not sign this'
}

@test "a signature is of its plan and no other" {
	plan --sign key
	mv plan.json first.json
	mv plan.json.sig first.json.sig
	plan --allow-admin-grants 3 --sign key
	run cmp -s plan.json first.json
	[ "$status" -eq 1 ]
	cp first.json.sig plan.json.sig
	refused E0902 'does not hold'
	cp plan.json first.json
	apply 3 --plan first.json
}

@test "of several organisations the plan's own signers count" {
	operator_says <<<'signers: allowed'
	echo '  - {name: other, orgId: B@AdobeOrg, signers: others}' >>config.yaml
	echo "bob@example.com $OTHER" >others
	plan --sign other
	refused E0903 'not among'
	plan --sign key
	accepted
	echo '{' >plan.json
	refused E0902 'does not hold'
	# Where one has no signers, its plans need no signature, and others' still do.
	sed -i 's/, signers: others//' config.yaml
	plan
	refused E0901 'the plan is not signed'
	plan --sign key
	accepted
}

@test "where plans are signed, paths are not applied; a resume goes on" {
	rm -rf "$XDG_STATE_HOME"
	ends 3 apply --live live.yaml --config config.yaml --auto-approve \
		--allow-remove '100%' manifests
	grep -q '\[E0901\]' stderr
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
	ends 3 apply --live live.yaml --config config.yaml --format json --auto-approve manifests
	jq -e '.diagnostics[0].id == "E0901"' stdout
	ends 0 apply --live live.yaml --auto-approve --allow-remove '100%' manifests
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	rm -rf "$XDG_STATE_HOME"
	plan --sign key
	stopped=0
	WRIT_FAILPOINT=apply-after-send:1 "$WRIT_FAILPOINT_BIN" apply --live live.yaml \
		--config config.yaml --plan plan.json >stdout 2>&1 || stopped=$?
	[ "$stopped" -eq 137 ]
	rm plan.json.sig
	ends 3 apply --live live.yaml --config config.yaml --plan plan.json
	cp live.yaml stopped.yaml
	record=$(grep -l '"of": "signature"' "$XDG_STATE_HOME"/writ/*/ledger/0*)
	cp "$record" kept
	sed -i 's/"of": "signature", "text": "[^"]*"/"of": "signature", "text": ""/' "$record"
	ends 3 apply --live live.yaml --config config.yaml --resume
	grep -q 'the plan is not signed' stderr
	sed 's/\(AAAA[^"]*\)A/\1B/' kept >"$record"
	ends 3 apply --live live.yaml --config config.yaml --resume
	cp kept "$record"
	echo "ann@example.com $OTHER" >allowed
	ends 3 apply --live live.yaml --config config.yaml --resume
	cmp live.yaml stopped.yaml
	echo "ann@example.com $KEY" >allowed
	ends 0 apply --live live.yaml --config config.yaml --resume
	grep -q 'the plan is signed by "ann@example.com"' stderr
	ends 0 plan --live live.yaml --detailed-exitcode manifests
}

@test "log verify looks at the commits' signatures" {
	git init -q repo
	SNAPSHOT='snapshot: {repository: repo, folder: org'
	snapshot() {
		sed -i "s/owner: .*/owner: $1@example.com/" live.yaml
		ends 0 snapshot --live live.yaml --config config.yaml --org acme
	}
	log_verify() {
		ends "$1" log verify --config config.yaml --org acme "${@:2}"
	}
	configure "$SNAPSHOT}"
	snapshot one
	log_verify 1 # nothing was checked
	grep -q 'unchecked  commit [0-9a-f]\{12\}: it is not signed' stdout
	log_verify 1 --strict
	configure "$SNAPSHOT, sign: {key: key}}"
	snapshot two
	git -C repo -c gpg.ssh.allowedSignersFile="$PWD/allowed" verify-commit HEAD
	log_verify 0
	grep -q 'what could be checked holds, 1 good signature, 1 could not be checked here' stdout
	log_verify 0 --format json
	jq -e '.signed == 1 and .unchecked == 1 and .findings[0].run == null and
		(.findings[0].commit | length) == 40' stdout
	configure "$SNAPSHOT, sign: {key: other}}"
	snapshot three
	log_verify 1
	grep -q 'WRONG .*: the key that signed is not among those of' stdout
	echo "bob@example.com namespaces=\"git\" $OTHER" >>allowed
	log_verify 0
	# A commit that was altered, and one without a signature behind one that has one.
	id=$(git -C repo cat-file commit HEAD | sed 's/Writ-Snapshot: 3/Writ-Snapshot: 4/' |
		git -C repo hash-object -t commit -w --stdin)
	git -C repo update-ref refs/heads/main "$id"
	log_verify 1
	grep -q 'WRONG .*: ssh-keygen: ' stdout
	configure "$SNAPSHOT}"
	git -C repo reset -q --hard HEAD~1
	snapshot four
	log_verify 1
	grep -q 'WRONG .*: it is not signed' stdout
}
