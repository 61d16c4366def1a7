#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Diagnostics that need more than one bad manifest, and the proof that every id has been seen.

setup() {
	load helper
	common_setup
	quickstart
}

# account NAME SPEC: a document.
account() {
	document TechnicalAccount "$1" "$2"
}

@test "files that are not read: E0101 to E0103" {
	run_writ validate /proc/self/mem
	assert_golden diagnostics-unreadable
	ln -s /etc/passwd manifests/link.yaml
	mkfifo manifests/fifo.json
	truncate -s 65M manifests/large.yaml
	run_writ validate manifests
	assert_golden diagnostics-refused
	[ "$status" -eq 1 ]
}

@test "more than 2 GiB are refused before they are read: E0104" {
	for i in $(seq 10 42); do
		truncate -s 64M "manifests/$i.yaml"
	done
	run_writ validate manifests
	assert_golden diagnostics-too-much
	[ "$status" -eq 1 ]
}

@test "values too long, nesting too deep: E0106, E0107" {
	account long "description: $(head -c 4097 /dev/zero | tr '\0' x)" >manifests/long.yaml
	account deep "description: $(head -c 31 /dev/zero | tr '\0' '[')" >manifests/deep.yaml
	run_writ validate manifests
	assert_golden diagnostics-ceilings
	[ "$status" -eq 1 ]
}

@test "a configuration that cannot be trusted: E0807" {
	cp "$WRIT_ROOT/tests/data/config/full.yaml" full.yaml
	chmod 646 full.yaml
	run_writ validate --config full.yaml manifests
	assert_golden diagnostics-untrusted
	[ "$status" -eq 1 ]
}

@test "what the manifests and live disagree about: E0601" {
	sed -i 's/name: acme/name: other/' live.yaml
	run_writ plan --live live.yaml manifests
	assert_golden diagnostics-other
	[ "$status" -eq 1 ]
}

@test "an error of a command as JSON: E0001" {
	run_writ plan --live nowhere --format json manifests
	assert_golden diagnostics-command
	[ "$status" -eq 1 ]
}

@test "every lint: W07xx, and the status stays 0" {
	{
		account archiver 'owner: a@example.com,
			adminRoles: [{role: storage-administrator, reason: r}]'
		account reader 'owner: a@example.com,
			products: [{product: Creative Cloud Enterprise, profile: Storage}]'
		account mover \
			'owner: a@example.com, apis: [Adobe Express API], bundles: [storage-access]'
		account admin 'owner: a@example.com,
			adminRoles: [{role: system-administrator, reason: r}]'
		account lonely ''
		account mute 'owner: a@example.com, adminRoles: [support-administrator]'
		account brief 'owner: a@example.com,
			products: [{product: Adobe Express, profile: Default, expires: 2026-06-20}]'
		account twice 'owner: a@example.com,
			bundles: [storage-access],
			adminRoles: [{role: storage-administrator, reason: r}]'
		account mixed 'owner: a@example.com,
			products: [{product: Adobe Express, profile: "Dеfault"}]'
		account blank 'owner: a@example.com,
			products: [{product: Adobe Express, profile: "Default "}]'
		account bill1 'owner: a@example.com'
		account billl 'owner: a@example.com'
	} >manifests/accounts.yaml
	run_writ validate manifests
	assert_golden diagnostics-lints
	[ "$status" -eq 0 ]
}

@test "an end is told in days, and as today" {
	local row
	for row in '2026-06-01 today' '2026-06-02 in 1 day' '2026-06-03 in 2 days'; do
		account brief "owner: a@example.com,
			products: [{product: Adobe Express, profile: Default,
				expires: ${row%% *}}]" \
			>manifests/accounts.yaml
		ends 0 validate manifests
		grep -q "warning: expires ${row#* }; extend" stderr
	done
}

@test "one id for two live accounts: E0520" {
	sed -n '/^status: {id: /p' live.yaml >status
	{ echo ---; document TechnicalAccount copy ''; cat status; } >>live.yaml
	cp live.yaml before.yaml
	run_writ apply --live live.yaml --auto-approve --allow-remove 100% manifests
	assert_golden diagnostics-one-id
	[ "$status" -eq 1 ]
	cmp live.yaml before.yaml
}

@test "every id of the table stands in a golden file or in a unit test" {
	# shellcheck disable=SC2013 # ids are words
	for id in $(grep -oE '^	\{"[EW][0-9]{4}"' "$WRIT_ROOT/core/language/diagnostics.c" |
		grep -oE '[EW][0-9]+'); do
		grep -rqF "$id" "$WRIT_ROOT/tests/cli/golden" "$WRIT_ROOT/tests/unit" || {
			echo "never seen: $id"
			return 1
		}
	done
}

@test "every id that the program reports stands in the table" {
	grep -rhoE '"[EW]0[0-9]{3}"' "$WRIT_ROOT"/core "$WRIT_ROOT"/cmd/writ \
		"$WRIT_ROOT"/providers |
		grep -v E0400 | sort -u >ids # which is a bound, no id
	[ "$(wc -l <ids)" -ge 80 ]
	while read -r id; do
		grep -qF "{$id" "$WRIT_ROOT/core/language/diagnostics.c" ||
			{ echo "not in the table: $id"; return 1; }
	done <ids
}
