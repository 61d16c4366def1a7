#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What is left of secrets in the memory of a program that ends: client secret, lent token, the
# access token that the service gave, and what opens the ledger's place. The test stops the program
# behind its last line and reads all of its memory.

setup() {
	load ../cli/helper
	load ../emulator/helper
	load ../cli/git_servers
	load service
	load postgres
	common_setup
	skip_sanitized
	[ "$(id -u)" -eq 0 ] || skip 'the memory of a program that is not dumpable is for root'
	SHIM=$(dirname "$WRIT")/fault/shim.so
	[ -e "$SHIM" ] || skip 'the program cannot be stopped where it ends'
	emulator_setup
	export WRIT_CONFIG=$PWD/config.yaml
	operated_start
	own_account
	wants_account_and_members '{user: kim@example.com}'
}

teardown() {
	[ -z "${STOPPED:-}" ] || kill -KILL "$STOPPED" 2>/dev/null || :
	cluster_end
	emulator_stop
}

# run_to_end ARGUMENT...: sets STOPPED, the process where it ends.
run_to_end() {
	env CONTROL=positive-control-of-the-scan WRIT_FAULT_STOP=1 LD_PRELOAD="$SHIM" "$WRIT" "$@" \
		>stdout 2>stderr </dev/null 3>&- &
	STOPPED=$!
	stands_still "$STOPPED" || { cat stdout stderr; return 1; }
}

# scan: all readable memory of the process, with what every word of secrets could look like.
scan() {
	perl -e '
		my ($pid, %found) = shift;
		open(my $maps, "<", "/proc/$pid/maps") or die;
		open(my $mem, "<:raw", "/proc/$pid/mem") or die;
		my %words = map { my ($n, $v) = split /=/, $_, 2; ($n => $v) } @ARGV;
		while (<$maps>) {
			my ($from, $to, $mode) = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/ or next;
			next unless $mode =~ /^r/ && !/\[v(var|syscall|var_vclock)\]/;
			sysseek($mem, hex $from, 0) or next;
			my ($left, $all, $part) = (hex($to) - hex($from), "");
			while ($left > 0 && (my $got = sysread($mem, $part, $left))) {
				$all .= $part;
				$left -= $got;
			}
			for my $n (keys %words) {
				my $at = index($all, $words{$n});
				print "$n at ", $_ if $at >= 0;
			}
		}' "$STOPPED" "$@"
}

secrets() {
	base64=$(printf '%s' "$(cat asset-archiver.secret)" | base64 -w 0)
	printf '%s\n' "secret=$(cat asset-archiver.secret)" "token=$(cat user-token)" \
		"base64=${base64%%=*}"
	[ ! -s sink/brand-new ] || echo "made=$(cat sink/brand-new)"
	# All tokens that the service gives begin like the one that was lent.
	echo "access=$(head -c 16 user-token)"
}

nothing_left() {
	local words
	mapfile -t words < <(secrets)
	[ "${#words[@]}" -ge 4 ]
	scan "${words[@]}" control=positive-control-of-the-scan >found
	kill -CONT "$STOPPED"
	wait "$STOPPED" || [ "$?" -eq "$1" ]
	STOPPED=
	grep -q '^control at' found
	grep -v '^control at' found || return 0
	return 1
}

@test "nothing of a secret is left in memory behind a plan" {
	run_to_end plan wanted.yaml
	nothing_left 0
}

@test "nothing of a secret is left in memory behind an apply that makes one" {
	run_to_end apply --auto-approve wanted.yaml
	nothing_left 0
	[ -s sink/brand-new ]
}

@test "nothing of the database's password is left behind an apply with its ledger there" {
	cluster_start
	printf %s "host=localhost hostaddr=127.0.0.1 port=$PORT connect_timeout=10" \
		' user=admin password=admin-password dbname=postgres' \
		" sslmode=verify-full sslrootcert=$FOLDER/server.crt" >pg
	chmod 600 pg
	organization_adds 'ledger: {postgres: {connection: {file: pg}}}'
	run_to_end apply --auto-approve wanted.yaml
	secrets() {
		printf 'n%d=%s\n' 1 admin-password 2 "$(cat asset-archiver.secret)" 3 \
			"$(cat user-token)" 4 "$(cat sink/brand-new)"
	}
	nothing_left 0
	grep -q '^Ledger: record [0-9]* of database postgres ' stdout
}

@test "nothing of an object store's keys is left behind an apply that it answers" {
	printf %s AKIA-whose-it-is >key-id
	printf %s Wq7-what-signs-the-requests >store-key
	printf %s Zx9-what-goes-beside-them >session
	chmod 600 key-id store-key session
	organization_adds "ledger: {s3: {endpoint: \"$URL\", region: here, bucket: writ, \
		accessKeyId: {file: key-id}, secretAccessKey: {file: store-key}, \
		sessionToken: {file: session}}}"
	run_to_end apply --auto-approve wanted.yaml
	secrets() {
		printf 'n%d=%s\n' 1 "$(cat store-key)" 2 "$(cat session)" 3 \
			"$(cat asset-archiver.secret)" 4 "$(cat user-token)"
	}
	nothing_left 1
	grep -q 'the ledger in bucket writ at .*: it answers 404' stderr
}

@test "nothing is left behind an apply whose roles a program of the operator's gives" {
	cat >role-program <<-END
		#!/bin/sh
		{ env; tr '\\0' '\\n' </proc/self/cmdline; ls -l /proc/self/fd; } >>$PWD/seen
		while read -r line; do
			echo "\$line" >>$PWD/seen
			curl -s -o /dev/null $URL/_control/give --data-binary \\
				'{"account": "asset-archiver", "role": "storage-administrator"}'
			echo '{"id": "1", "outcome": "applied"}'
		done
	END
	chmod 700 role-program
	organization_adds "roleWriter: {command: [$PWD/role-program]}"
	document TechnicalAccount asset-archiver 'adminRoles: [storage-administrator]' >>wanted.yaml
	run_to_end apply --auto-approve wanted.yaml
	nothing_left 0
	grep -q storage-administrator seen
	grep -q '^PATH=' seen
	run grep -cF -e "$(cat user-token)" -e "$(cat asset-archiver.secret)" \
		-e "$(cat sink/brand-new)" seen
	[ "$output" -eq 0 ]
}

@test "no child is handed a secret, by its words or its surroundings" {
	printf '#!/bin/sh\ncat >/dev/null\n{ env; tr "\\0" "\\n" </proc/self/cmdline; ls -l /proc/self/fd; } >>%s\n' \
		"$PWD/seen" >sink-program
	chmod 700 sink-program
	sed -i "s|secretSink: .*|secretSink: {command: [$PWD/sink-program]}|" config.yaml
	export WRIT_TEST_TOKEN
	WRIT_TEST_TOKEN=$(cat user-token)
	sed -i 's|token: {file: user-token}|token: {env: WRIT_TEST_TOKEN}|' config.yaml
	ends 0 apply --auto-approve wanted.yaml
	[ -s seen ]
	grep -q '^PATH=' seen
	run grep -cF -e "$WRIT_TEST_TOKEN" -e "$(cat asset-archiver.secret)" -e WRIT_TEST seen
	[ "$output" -eq 0 ]
	run grep -c 'secret\|user-token' seen
	[ "$output" -eq 0 ]
}
