#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Machines that share a ledger: each has an own home, checkout and process numbers, and all see one
# organisation.

setup() {
	load helper
	load ../fault/ways
	common_setup
	quickstart
	shared_in "{folder: $PWD/shared, lease: 10}"
	mkdir b
	cp -R manifests b/manifests
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	mv live.yaml done.yaml
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	rm -r "$XDG_STATE_HOME"
	PROGRAM=$WRIT
}

teardown() {
	[ -z "${STOPPED:-}" ] || kill -KILL "$STOPPED" 2>/dev/null || :
}

# shared_in LEDGER [FILE]: a configuration with it.
shared_in() {
	operator_says <<<"ledger: $1"
	[ -z "${2:-}" ] || mv config.yaml "$2"
}

# on MACHINE STATUS COMMAND ARGUMENT...: there, it ends with this.
on() {
	local machine=$1 due=$2 command=$3
	shift 3
	[ "$machine" = a ] || cd "$machine" || return
	XDG_STATE_HOME=$BATS_TEST_TMPDIR/state-$machine WRIT=$PROGRAM ends "$due" "$command" \
		--config "$BATS_TEST_TMPDIR/config.yaml" --live "$BATS_TEST_TMPDIR/live.yaml" \
		"$@" || return
	[ "$machine" = a ] || cp stdout stderr ..
	cd "$BATS_TEST_TMPDIR" || return
}

# Another machine has other process numbers, so that nothing proves that a process of it is gone.
# shellcheck disable=SC2016 # the inner shell's
alone=(unshare --user --map-root-user --pid --fork sh -c '"$@"; exit $?' sh)

# killed_at POINT ARGUMENT...: an apply of a machine that is no more.
killed_at() {
	local point=$1
	shift
	"${alone[@]}" true 2>/dev/null || skip 'no namespaces here'
	status=0
	XDG_STATE_HOME=$PWD/state-a WRIT_FAILPOINT=$point "${alone[@]}" "$WRIT_FAILPOINT_BIN" \
		apply --config config.yaml \
		--live live.yaml --auto-approve "$@" manifests >stdout 2>stderr </dev/null ||
		status=$?
	[ "$status" -eq 137 ] || { echo "$point: $status"; cat stdout stderr; return 1; }
}

# fresh: the organisation and all machines as they were.
fresh() {
	rm -rf state-* shared
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
}

# entries FILTER: of jq, over the records of the shared folder.
entries() {
	cat shared/acme-*/0* | jq -r "$1"
}

# goes_on OPTION...: machine b finishes what a left, and finds nothing else to do.
goes_on() {
	on b 0 apply --resume "$@"
	if grep -q 'Nothing to resume' stdout stderr; then # it was killed before it began
		cmp -s live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml" ||
			cmp live.yaml done.yaml
		on b 0 apply --auto-approve --allow-remove 1 manifests
	fi
	cmp live.yaml done.yaml
	on b 0 plan --detailed-exitcode manifests
	on b 0 ledger verify
	on a 0 apply --resume
	grep -q 'Nothing to resume' stdout stderr
}

@test "a machine that died anywhere: another goes on" {
	XDG_STATE_HOME=$PWD/state-a WRIT_FAILPOINT_LOG=$PWD/points "$WRIT_FAILPOINT_BIN" apply \
		--config config.yaml \
		--live live.yaml --auto-approve --allow-remove 1 manifests >/dev/null
	cmp live.yaml done.yaml
	for name in apply-before-send apply-after-send ledger-half-record ledger-before-record \
		ledger-after-record; do
		grep -qx "$name" points
	done
	count=$(wc -l <points)
	for ((n = 1; n <= count; n += ${KILL_STEP:-12})); do # each waits for a lease
		fresh
		killed_at "*:$n" --allow-remove 1
		goes_on --take-over ||
			{ echo "killed at point $n, $(sed -n "${n}p" points)"; return 1; }
		[ "$(entries '.entries[] | select(.type == "begin") | .run' | wc -l)" -eq 1 ]
	done
}

@test "a machine that died is silent for a lease, and then nobody has to say so" {
	killed_at apply-after-send:2 --allow-remove 1
	on b 7 apply --resume --wait 1
	grep -q 'another run holds the lock: ' stderr
	goes_on --wait 30
	[ "$(entries '.entries[] | select(.type == "takeover") | .type' | wc -l)" -eq 1 ]
}

@test "the resumer dies too, and the first machine comes back" {
	killed_at apply-after-send:1 --allow-remove 1
	status=0
	XDG_STATE_HOME=$PWD/state-b WRIT_FAILPOINT=apply-after-send:1 "$WRIT_FAILPOINT_BIN" apply \
		--config config.yaml \
		--live live.yaml --resume --take-over >stdout 2>stderr || status=$?
	[ "$status" -eq 137 ]
	on a 0 apply --resume
	cmp live.yaml done.yaml
	on b 0 plan --detailed-exitcode manifests
}

@test "a plan is used in the world: 3" {
	on a 0 plan --allow-remove 1 --out plan.json manifests
	cp plan.json b/
	on a 0 apply --plan plan.json
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	on b 3 apply --plan plan.json
	grep -q 'this plan has been applied already (run 20260601T' stderr
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
}

@test "a plan that another machine began is gone on with by that plan alone" {
	on a 0 plan --allow-remove 1 --out plan.json manifests
	cp plan.json b/
	status=0
	XDG_STATE_HOME=$PWD/state-a WRIT_FAILPOINT=apply-after-send:1 "$WRIT_FAILPOINT_BIN" apply \
		--config config.yaml --live live.yaml --plan plan.json >stdout 2>stderr || status=$?
	[ "$status" -eq 137 ]
	on b 0 apply --plan plan.json
	cmp live.yaml done.yaml
	on a 3 apply --plan plan.json
}

@test "a plan of yesterday's manifests: 3" {
	on a 0 plan --allow-remove 1 --out plan.json manifests
	cp plan.json b/
	sed -i '/Templates/d' manifests/accounts/template-sync.yaml
	on a 0 apply --auto-approve --allow-remove 1 manifests
	cp live.yaml before
	on b 3 apply --plan plan.json
	grep -q 'the plan is superseded: something else was applied at 2026-06-01T00:00:00Z' stderr
	cmp live.yaml before
}

@test "a plan of yesterday's manifests, of which one account was applied since: 3" {
	on a 0 plan --allow-remove 1 --out plan.json manifests
	on a 0 plan --target template-sync --allow-remove 1 --out part.json manifests
	cp plan.json part.json b/
	sed -i '/Templates/d' manifests/accounts/template-sync.yaml
	on a 0 apply --auto-approve --allow-remove 1 --target template-sync manifests
	cp live.yaml before
	on b 3 apply --plan plan.json
	grep -q 'the plan is superseded: something else was applied at 2026' stderr
	on a 3 apply --plan part.json
	cmp live.yaml before
	on a 0 plan --allow-remove 1 --target asset-archiver --out plan.json manifests
	on a 0 apply --auto-approve --target report-reader manifests
	on a 0 apply --plan plan.json
	echo '# newer' >>manifests/accounts/template-sync.yaml
	on a 0 plan --allow-remove 1 --out plan.json manifests
	echo '# newer still' >>manifests/accounts/template-sync.yaml
	on a 0 apply --auto-approve --target template-sync manifests # nothing is to do
	on a 3 apply --plan plan.json
}

@test "what is good once says where that is known" {
	on a 0 plan --allow-remove 1 --out plan.json manifests
	on a 0 apply --plan plan.json
	run ! grep 'no ledger is shared' stderr
	sed -i '/ledger/d' config.yaml
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	on a 0 plan --allow-remove 1 --out plan.json manifests
	on a 0 apply --plan plan.json
	grep -q 'no ledger is shared: another machine' stderr
}

@test "drift that a run of another machine made says so, or that nobody can know" {
	on a 0 snapshot --out snapshot
	on a 0 apply --auto-approve --allow-remove 1 manifests
	on b 2 drift --base ../snapshot
	[ "$(grep -c 'run .* did this)$' stdout)" -eq 7 ]
	run ! grep 'no ledger is shared' stderr
	sed -i '/ledger/d' config.yaml
	on b 2 drift --base ../snapshot
	grep -q 'no ledger is shared: whether a run of another machine did this is not known' stderr
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	on b 0 drift --base ../snapshot
	run ! grep 'no ledger is shared' stderr
}

@test "drift and restore tell of a run that has not ended" {
	on a 0 snapshot --out snapshot
	killed_at apply-after-send:1 --allow-remove 1
	for command in 'drift --base' 'restore --from'; do
		# shellcheck disable=SC2086 # words
		on b "$([ "$command" = 'drift --base' ] && echo 2 || echo 0)" $command ../snapshot
		grep -q "run .* (by .*) has not ended: it may be at work" stderr
	done
	on b 0 apply --resume --take-over
	on b 2 drift --base ../snapshot
	run ! grep 'has not ended' stderr
}

@test "an expected plan is good once: 3" {
	on a 0 plan --allow-remove 1 --format json=plan.json manifests
	digest=$(sed -n 's/.*, plan \(sha256:[0-9a-f]*\)$/\1/p' stdout)
	[ -n "$digest" ] || digest=$(jq -r .digest plan.json)
	on a 0 apply --auto-approve --allow-remove 1 --expect "$digest" manifests
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	on b 3 apply --auto-approve --allow-remove 1 --expect "$digest" manifests
	grep -q 'this plan has been applied already' stderr
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
}

# organisation ACCOUNTS LOSERS: accounts of two products each, the first LOSERS of them of one.
organisation() {
	local i products
	organization ', unlisted: report'
	for ((i = 1; i <= $1; i++)); do
		products='{product: P, profile: A}, {product: P, profile: B}'
		[ "$i" -gt "$2" ] || products='{product: P, profile: A}'
		document TechnicalAccount "account-$i" "products: [$products]"
	done
}

@test "what was withheld once needs consent until all manifests plan it no more" {
	organisation 12 0 >live.yaml
	organisation 12 10 >wanted.yaml
	cp wanted.yaml b/
	on a 4 apply --auto-approve wanted.yaml
	on b 0 ledger show
	[ "$(grep -c '^ *withheld  ' stdout)" -eq 10 ]
	# Ten of 24 grants are too many; ten of 200 are not, had nobody stopped them before.
	organisation 100 0 >live.yaml
	cp live.yaml before
	on b 4 apply --auto-approve wanted.yaml
	cmp live.yaml before
	organisation 12 0 >b/agreed.yaml
	on b 0 apply --auto-approve agreed.yaml
	on b 0 ledger show
	run ! grep '^ *withheld  ' stdout
	on a 0 apply --auto-approve wanted.yaml
	run ! cmp -s live.yaml before
}

@test "a run that dies has withheld what it withheld, whatever ends its resume" {
	organisation 12 0 | sed 's/name: account-\(.*\)}/&\nstatus: {id: id-\1}/' >live.yaml
	{
		organisation 12 10
		document AdminRole s 'role: storage-administrator, members: [account-12]'
	} >wanted.yaml
	PROGRAM=$WRIT_FAILPOINT_BIN WRIT_FAILPOINT=apply-before-send:1 \
		on a 137 apply --auto-approve wanted.yaml
	withheld_are_10() {
		on b 0 ledger show
		[ "$(grep -c '^ *withheld  ' stdout)" -eq 10 ]
	}
	withheld_are_10
	cp live.yaml whole.yaml
	sed -i 's/id: id-12/id: id-13/' live.yaml
	on a 5 apply --resume
	grep -q '^  ? unknown: .*account-12/role/.*: by the ledger, and not compared with live now$' \
		stdout
	grep -q '^Apply: 0 done, 0 failed, 1 unknown, 10 not tried\.$' stdout
	withheld_are_10
	# Of so many more grants nobody would have withheld ten.
	organisation 100 0 >live.yaml
	on a 4 apply --auto-approve wanted.yaml
	withheld_are_10
}

@test "what was withheld of an account needs consent under its next name too" {
	organisation 12 0 >live.yaml
	organisation 12 10 >wanted.yaml
	on a 4 apply --auto-approve wanted.yaml
	organisation 100 0 | sed 's/name: account-/name: robot-/' >live.yaml
	sed 's/{name: account-\([0-9]*\)/{name: robot-\1, previously: [account-\1]/' wanted.yaml \
		>renamed.yaml
	on a 4 apply --auto-approve renamed.yaml
	grep -q ', 10 withheld' stdout
	on a 0 ledger show
	[ "$(grep -c '^ *withheld  .*robot-' stdout)" -eq 10 ]
	on a 0 apply --auto-approve --allow-remove 100% renamed.yaml
}

@test "what was withheld needs consent also where the plan that renames its account did not know" {
	organisation 12 0 >live.yaml
	organisation 12 10 >wanted.yaml
	on a 4 apply --auto-approve wanted.yaml
	organisation 100 0 >live.yaml
	sed 's/{name: account-\([0-9]*\)/{name: robot-\1, previously: [account-\1]/' wanted.yaml \
		>renamed.yaml
	# Who makes the plan does not see the ledger.
	ends 0 plan --live live.yaml --out plan.json renamed.yaml
	grep -q '^Plan: 0 to add, 12 to change, 10 to remove\.$' stdout
	on a 4 apply --plan plan.json --allow-older
	grep -q ', 10 withheld' stdout
}

@test "a plan file that nobody vouches for does not say what needs no consent any more" {
	organisation 12 0 >live.yaml
	organisation 12 10 >wanted.yaml
	on a 4 apply --auto-approve wanted.yaml
	for part in '' '--target account-1'; do
		# shellcheck disable=SC2086 # words
		on a 0 plan --out plan.json $part wanted.yaml
		jq '.changes = [] | .accounts = [] | del(.target) | .whole = true |
			.summary.remove = 0 | .summary.withheld = 0 |
			.guards |= map(.value = 0 | .verdict = "pass" | .flag = null)' \
			plan.json >forged.json
		on a 1 apply --plan forged.json
		digest=$(grep -o 'sha256:[0-9a-f]*$' stderr)
		jq --arg digest "$digest" '.digest = $digest' forged.json >plan.json
		on a 0 apply --plan plan.json
		on a 0 ledger show
		[ "$(grep -c '^ *withheld  ' stdout)" -eq 10 ]
	done
	organisation 100 0 >live.yaml
	on a 4 apply --auto-approve wanted.yaml
	organisation 12 0 >agreed.yaml
	on a 0 plan --out plan.json agreed.yaml
	on a 0 apply --plan plan.json --expect "$(jq -r .digest plan.json)"
	on a 0 ledger show
	run ! grep '^ *withheld  ' stdout
}

@test "what was withheld needs consent again where a consent came to nothing" {
	organisation 12 0 >live.yaml
	sed -i '1,/^spec:/ s/^spec:/status: {users: [jane@example.com]}\n&/' live.yaml
	organisation 12 10 >wanted.yaml
	on a 4 apply --auto-approve wanted.yaml
	{
		cat wanted.yaml
		document ProductAssignment b 'product: P, profile: B, unlisted: report,
			members: [{user: omar@example.com}]'
	} >blocked.yaml
	cp live.yaml before
	on a 4 apply --auto-approve --allow-remove 100% blocked.yaml
	cmp live.yaml before
	organisation 100 0 >live.yaml
	cp live.yaml before
	on a 4 apply --auto-approve wanted.yaml
	cmp live.yaml before
}

@test "consent ends what was withheld" {
	organisation 12 0 >live.yaml
	organisation 12 10 >wanted.yaml
	cp wanted.yaml b/
	on a 4 apply --auto-approve wanted.yaml
	on b 0 apply --auto-approve --allow-remove 100% wanted.yaml
	on a 0 ledger show
	run ! grep '^ *withheld  ' stdout
}

# stands_at POINT: machine a stands still there; STOPPED is its process.
stands_at() {
	local tries=0
	XDG_STATE_HOME=$PWD/state-a WRIT_FAILPOINT=$1:stop "$WRIT_FAILPOINT_BIN" apply \
		--config config.yaml --live live.yaml \
		--auto-approve --allow-remove 1 manifests >a.stdout 2>a.stderr </dev/null 3>&- &
	STOPPED=$!
	until grep -q '^State:.*(stopped)' "/proc/$STOPPED/status"; do
		tries=$((tries + 1))
		[ "$tries" -lt 1000 ] || return 1
		sleep 0.01
	done
}

# continued: it goes on, and its status is in `status`.
continued() {
	kill -CONT "$STOPPED"
	status=0
	wait "$STOPPED" || status=$?
	STOPPED=
}

@test "one works, the other is told who, or waits" {
	stands_at apply-before-send:1
	on b 7 apply --auto-approve --allow-remove 1 --wait 0 manifests
	grep -q "another run holds the lock: .*, process $STOPPED on .* since 20.*, run 20260601T" \
		stderr
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
	XDG_STATE_HOME=$PWD/state-b "$WRIT" apply --config config.yaml --live live.yaml \
		--auto-approve --allow-remove 1 \
		--wait 120 b/manifests >b.stdout 2>b.stderr </dev/null 3>&- &
	waiter=$!
	# It made its plan before it waits; what that plan says was done meanwhile.
	tries=0
	until grep -q 'waiting for' b.stderr; do
		tries=$((tries + 1))
		[ "$tries" -lt 1000 ] || return 1
		sleep 0.05
	done
	continued
	[ "$status" -eq 0 ] || { cat a.stderr; return 1; }
	cmp live.yaml done.yaml
	status=0
	wait "$waiter" || status=$?
	cmp live.yaml done.yaml
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || { cat b.stdout b.stderr; return 1; }
}

@test "a run that stands still and is taken over sends nothing more: 5" {
	count=0
	points=(apply-before-send:1 apply-after-send:2 apply-after-send:1 ledger-before-record:3)
	[ "${KILL_STEP:-2}" -eq 1 ] || points=("${points[@]:0:2}")
	for point in "${points[@]}"; do
		fresh
		stands_at "$point"
		on b 0 apply --resume --take-over
		cp live.yaml before
		on b 0 ledger verify
		records=$(entries .number | wc -l)
		continued
		[ "$status" -eq 5 ] || { echo "$point: $status"; cat a.stdout a.stderr; return 1; }
		grep -q 'another run took over, and nothing more is sent' a.stderr
		[ "$(entries .number | wc -l)" -eq "$records" ]
		cmp live.yaml before
		# What came of its last request is told by the next run here, and undoes nothing.
		on a 0 apply --auto-approve --allow-remove 1 manifests
		cmp live.yaml before
		on a 0 ledger verify
		count=$((count + 1))
	done
	[ "$count" -eq "${#points[@]}" ]
}

@test "what came of requests while the ledger was away is put on record later" {
	stands_at apply-after-send:1
	cp -a shared kept
	rm -r shared
	continued
	[ "$status" -eq 5 ] || { cat a.stdout a.stderr; return 1; }
	grep -q 'what came of the last requests is kept on this machine until the next apply here' \
		a.stderr
	[ "$(find state-a/writ/acme-*/late -type f | wc -l)" -eq 1 ]
	# A ledger that does not know the run is another one.
	on a 0 apply --auto-approve --allow-remove 1 manifests
	grep -q 'stays in .*/late: this ledger does not have that run.s records' stderr
	[ "$(find state-a/writ/acme-*/late -type f | wc -l)" -eq 1 ]
	rm -rf shared
	mv kept shared
	on a 0 apply --resume
	grep -q 'is on record now' stderr
	cmp live.yaml done.yaml
	[ "$(find state-a/writ/acme-*/late -type f | wc -l)" -eq 0 ]
	[ "$(entries '.entries[] | select(.type == "late") | .body |
		select(.behind > 0 and .outcome == "done") | .outcome' | sort -u)" = 'done' ]
	on b 0 ledger verify
	on b 0 plan --detailed-exitcode manifests
}

@test "a run that another apply takes the place of is read first" {
	killed_at apply-after-send:1 --allow-remove 1
	on b 0 apply --auto-approve --allow-remove 1 --take-over manifests
	cmp live.yaml done.yaml
	first=$(entries '.entries[] | select(.type == "begin") | .run' | head -n 1)
	entries ".entries[] | select(.run == \"$first\") |
		[.type, .body.outcome // .body.end // \"\"] | join(\" \")" >told
	[ "$(tail -n 1 told)" = 'end superseded' ]
	[ "$(grep -c '^reconciled done' told)" -ge 1 ]
}

# team_goes_on: of its repository there are a clone and a shallow one, and then another commit.
team_goes_on() {
	git_setup
	git init -q team
	cp -R manifests team/
	git -C team add -A
	git -C team commit -qm first
	git clone -q team behind
	git clone -q --depth 1 "file://$PWD/team" shallow
	sed -i '/Templates/d' team/manifests/accounts/template-sync.yaml
	git -C team commit -qam second
}

# The command that standard error names in marks of a command.
fetch_named() {
	sed -n 's/.*.\(git -C [^`]* fetch [-a-z]*\).*/\1/p' stderr | head -n 1
}

@test "manifests of an older commit than the last one applied: 3, and what cannot be told: 1" {
	team_goes_on
	git clone -q team ahead
	on a 0 apply --auto-approve --allow-remove 1 ahead/manifests
	cp live.yaml before
	for there in behind shallow; do
		on a 1 apply --auto-approve --allow-remove 1 "$there/manifests"
		grep -q "cannot be told: there is no commit .*/$there fetch --" stderr
		fetch_named >"$there.fetch"
	done
	grep -q -e '--all$' behind.fetch
	grep -q -e '--unshallow$' shallow.fetch
	git -C behind fetch -q
	on a 3 apply --auto-approve --allow-remove 1 behind/manifests
	grep -q 'the manifests are older than those that were applied last: commit ' stderr
	cmp live.yaml before
	on a 3 apply --auto-approve --allow-remove 1 --target template-sync behind/manifests
	# A line beside it is no older.
	git -C behind checkout -q -b beside
	sed -i 's/^  description: .*/  description: Beside/' behind/manifests/accounts/*.yaml
	git -C behind commit -qam beside --allow-empty
	on a 0 apply --auto-approve --allow-remove 2 behind/manifests
	git -C behind checkout -q main
	on a 1 apply --auto-approve --allow-remove 2 ahead/manifests
	on a 0 apply --auto-approve --allow-older --allow-remove 2 ahead/manifests
}

@test "a plan file of no commit, that nobody vouches for, is not what manifests are older than" {
	team_goes_on
	git -C behind fetch -q
	on a 0 apply --auto-approve --allow-remove 1 behind/manifests
	on a 0 plan --out plan.json team/manifests
	on a 0 apply --plan plan.json
	on a 3 apply --auto-approve --allow-remove 1 behind/manifests
	on a 0 plan --out plan.json team/manifests
	jq '.manifest.commit = null' plan.json >forged.json
	on a 0 apply --plan forged.json
	on a 3 apply --auto-approve --allow-remove 1 behind/manifests
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	on a 0 plan --out plan.json team/manifests
	jq '.manifest.commit = null' plan.json >forged.json
	PROGRAM=$WRIT_FAILPOINT_BIN WRIT_FAILPOINT=apply-before-send:1 \
		on a 137 apply --plan forged.json
	on a 3 apply --auto-approve --allow-remove 1 behind/manifests
	grep -q 'the manifests are older than those that were applied last: commit ' stderr
}

# refused_in_plan ID WORDS: the plan says on its first screen that apply refuses it, in each form.
refused_in_plan() {
	on a 0 plan --allow-remove 2 --format markdown=plan.md --format json=told.json \
		--format text "$3"
	sed -n 2p stdout | grep -q '^Apply refuses this as it is' || { head stdout; return 1; }
	head -n 12 stdout | grep -q "^APPLY REFUSES THIS (1)" || { cat stdout; return 1; }
	grep -q "^  $1  $2" stdout
	grep -q "warning: $2" stderr
	head -n 12 plan.md | grep -q 'Apply refuses this as it is'
	[ "$(grep -c "$2" plan.md)" -eq 1 ]
	[ "$(jq -r '.diagnostics[] | select(.severity == "warning") | .id' told.json)" = "$1" ]
	ends 0 show --format text told.json
	grep -q "^APPLY REFUSES THIS (1)" stdout
}

@test "the fetch that is named brings what a clone of some depth cuts off" {
	team_goes_on
	on a 0 apply --auto-approve --allow-remove 1 team/manifests
	sed -i 's/owner: .*/owner: new@example.com/' team/manifests/accounts/template-sync.yaml
	git -C team commit -qam third
	git clone -q --depth 1 "file://$PWD/team" cut
	on a 1 apply --auto-approve --allow-remove 1 cut/manifests
	fetch_named >fetch
	sh -e fetch
	on a 0 apply --auto-approve --allow-remove 1 cut/manifests
}

@test "a plan of older manifests says that apply refuses it, before it does" {
	team_goes_on
	on a 0 plan --allow-remove 2 behind/manifests
	run ! grep 'APPLY REFUSES' stdout
	on a 0 apply --auto-approve --allow-remove 1 team/manifests
	on a 0 plan --allow-remove 2 team/manifests
	run ! grep 'APPLY REFUSES' stdout
	# The same manifests, in a clone that lacks their commit: those are not older.
	git clone -q --depth 1 "file://$PWD/team" same
	git -C same commit -q --amend -m 'the same, made anew'
	# libgit2 1.5 loses some bytes where it looks for a commit's parent that is not there.
	local sanitizer=${ASAN_OPTIONS:-}:detect_leaks=0
	ASAN_OPTIONS=$sanitizer on a 0 plan --allow-remove 2 same/manifests
	run ! grep 'APPLY REFUSES' stdout
	ASAN_OPTIONS=$sanitizer on a 0 apply --auto-approve --allow-remove 1 same/manifests
	on a 0 apply --auto-approve --allow-older --allow-remove 1 team/manifests
	cut_off='whether the manifests are older than those that were applied last cannot be told:'
	refused_in_plan W0907 "$cut_off there is no commit" shallow/manifests
	git -C behind fetch -q
	refused_in_plan W0906 'the manifests are older than those that were applied last: commit ' \
		behind/manifests
	on a 3 apply --plan told.json
	grep -q 'the plan was made with this warning: the manifests are older' stderr
	on a 3 apply --auto-approve --allow-remove 2 behind/manifests
	on a 0 apply --auto-approve --allow-older --allow-remove 2 behind/manifests
	run ! grep 'APPLY REFUSES' stdout
}

@test "a ledger that does not know the last run of the snapshots is refused: 1" {
	git_setup
	git init -q memory
	operator_says <<-END
		ledger: {folder: $PWD/shared, lease: 10}
		snapshot: {repository: $PWD/memory, folder: acme, commit: true}
	END
	printf '%s\n' '  - {name: other, orgId: B@AdobeOrg}' >>config.yaml
	on a 0 plan --allow-remove 1 --out plan.json manifests
	WRIT_ACTOR=$'ann\nWrit-Ledger: 1 forged' on a 0 apply --plan plan.json
	[ "$(git -C memory log --format='%(trailers:key=Writ-Actor,valueonly)' -1 | head -n 1)" = \
		'ann\nWrit-Ledger: 1 forged' ]
	[ "$(git -C memory log --format='%(trailers:key=Writ-Ledger)' -1 | wc -w)" -eq 3 ]
	XDG_STATE_HOME=$PWD/nothing ends 0 log --snapshot memory/acme
	grep -qF '  by     ann' stdout
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	cp live.yaml before
	mv shared lost
	# Another machine would take the used plan for an unused one.
	on b 1 apply --plan ../plan.json
	grep -q 'it is another ledger, or it lost records; name the right one' stderr
	cmp live.yaml before
	on b 1 apply --auto-approve --allow-remove 1 ../manifests
	refused_in_plan W0908 \
		'this is another ledger than that of the snapshots, or it lost records: commit ' \
		manifests
	cmp live.yaml before
	# One that was cut off.
	rm -rf shared
	cp -R lost shared
	number=$(git -C memory log --format='%(trailers:key=Writ-Ledger,valueonly)' -1 |
		cut -d ' ' -f 1)
	while [ "$(printf '%s\n' shared/acme-*/0* | wc -l)" -ge "$number" ]; do
		rm "$(printf '%s\n' shared/acme-*/0* | tail -n 1)"
	done
	on b 1 apply --auto-approve --allow-remove 1 ../manifests
	rm -r shared
	cp -R lost shared
	on b 3 apply --plan ../plan.json
	cp done.yaml live.yaml
	on b 0 ledger checkpoint --org acme --until 2026-07-01
	on b 0 apply --auto-approve --allow-remove 1 ../manifests
	# Who accepts the loss goes on, once.
	rm -r shared
	sed -i '/Templates/d' manifests/accounts/template-sync.yaml
	on a 1 apply --auto-approve --allow-remove 1 manifests
	on a 0 apply --auto-approve --allow-remove 1 --allow-other-ledger manifests
	on a 0 apply --auto-approve --allow-remove 1 manifests
}

@test "a ledger is shown, closed and moved without credentials" {
	mv config.yaml kept.yaml
	operator_says <<<"ledger: {folder: $PWD/adobe}"
	mv config.yaml bare.yaml
	mv kept.yaml config.yaml
	sed "s|$PWD/adobe|$PWD/elsewhere|" bare.yaml >new.yaml
	chmod 600 bare.yaml new.yaml
	ends 0 ledger show --config bare.yaml
	ends 1 ledger close a-run --why none --config bare.yaml
	grep -q 'no run "a-run" of organisation acme is open' stderr
	ends 0 ledger move --to new.yaml --config bare.yaml
	ends 0 ledger verify --config new.yaml
}

@test "a run that nobody goes on with is closed for a reason" {
	killed_at apply-after-send:1 --allow-remove 1
	on b 0 ledger show
	run=$(entries '.entries[] | select(.type == "begin") | .run')
	on b 64 ledger close "$run" --take-over
	on b 1 ledger close another --why 'none of that name' --take-over
	on b 0 ledger close "$run" --why 'the ticket was withdrawn' --take-over
	entries '.entries[] | select(.type == "end") | .body.why' |
		grep -qx 'the ticket was withdrawn'
	on a 0 apply --resume
	grep -q 'Nothing to resume' stdout stderr
}

@test "a ledger goes on in git, and the old place says where" {
	git_setup
	git init -q --bare remote.git
	killed_at apply-after-send:1 --allow-remove 1
	cp config.yaml old.yaml
	shared_in "{git: {remote: $PWD/remote.git}, lease: 10}" new.yaml
	mv old.yaml config.yaml
	before=$(entries .number | wc -l)
	on b 0 ledger move --to ../new.yaml --take-over
	on a 1 apply --auto-approve manifests
	grep -q "the ledger was moved to .*remote.git" stderr
	on a 1 ledger move --to new.yaml
	cp new.yaml config.yaml
	on a 0 ledger verify
	[ "$(git -C remote.git rev-list --all --count)" -gt "$before" ]
	on a 0 apply --resume
	cmp live.yaml done.yaml
	on b 0 plan --detailed-exitcode manifests
	on b 0 ledger verify
}

@test "a ledger that was moved: who reads the old one is told where it goes on" {
	local moved='the ledger was moved to folder .*/moved/.*: what was done since is not known'
	shared_in "{folder: $PWD/moved}" new.yaml
	shared_in "{folder: $PWD/shared}"
	on a 0 snapshot --out snapshot
	killed_at apply-after-send:1 --allow-remove 1
	run=$(entries '.entries[] | select(.type == "begin") | .run')
	on a 0 ledger move --to new.yaml --take-over
	on b 0 plan manifests
	grep -q "$moved" stderr
	on b 2 drift --base ../snapshot
	grep -q "$moved" stderr
	on b 0 undo "$run"
	[ "$(grep -c "$moved" stderr)" -eq 1 ]
	on b 0 ledger
	grep -q ' records, and no more will follow$' stdout
	grep -q 'apply --resume. goes on with it there$' stdout
	on b 1 apply --resume
	grep -q 'the ledger was moved to folder .*; nothing may follow here' stderr
	cp new.yaml config.yaml
	on b 0 ledger
	run ! grep 'the ledger was moved' stderr
	on b 0 apply --resume
}

@test "a configuration that cannot be read does not say that no ledger is shared" {
	sed -i '/orgId/d' config.yaml
	ends 1 ledger --config config.yaml
	grep -q 'config.yaml:' stderr
	run ! grep 'no ledger is shared' stderr
}

@test "a move that is stopped anywhere is gone on with, or is done" {
	shared_in "{folder: $PWD/moved}" new.yaml
	shared_in "{folder: $PWD/shared}"
	on a 0 apply --auto-approve --allow-remove 1 manifests
	cp -R shared kept
	XDG_STATE_HOME=$PWD/state-a WRIT_FAILPOINT_LOG=$PWD/points "$WRIT_FAILPOINT_BIN" ledger \
		move --config config.yaml --live live.yaml --to new.yaml
	count=$(wc -l <points)
	[ "$count" -gt 20 ]
	for ((n = 1; n <= count; n += ${KILL_STEP:-3})); do
		rm -rf shared moved
		cp -R kept shared
		status=0
		XDG_STATE_HOME=$PWD/state-a WRIT_FAILPOINT="*:$n" "$WRIT_FAILPOINT_BIN" ledger \
			move --config config.yaml \
			--live live.yaml --to new.yaml >stdout 2>stderr || status=$?
		[ "$status" -eq 137 ]
		on a 0 ledger move --to new.yaml || grep -q 'the ledger was moved to folder' stderr
		on a 0 apply --auto-approve --config new.yaml manifests
		on a 0 ledger verify --config new.yaml
	done
}

@test "in git: another machine goes on, a used plan is refused, and one is told who works" {
	git_setup
	git init -q --bare remote.git
	shared_in "{git: {remote: $PWD/remote.git}, lease: 10}"
	points=(apply-before-send:1 apply-after-send:2 ledger-after-record:2)
	[ "${KILL_STEP:-2}" -eq 1 ] || points=("${points[@]:0:1}")
	for point in "${points[@]}"; do
		rm -rf state-* remote.git
		git init -q --bare remote.git
		cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
		killed_at "$point" --allow-remove 1
		on b 7 apply --resume --wait 0
		on b 0 apply --resume --take-over
		cmp live.yaml done.yaml
		on b 0 plan --detailed-exitcode manifests
		on a 0 ledger verify
	done
	cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	on a 0 plan --allow-remove 1 --out plan.json manifests
	cp plan.json b/
	on a 0 apply --plan plan.json
	on b 3 apply --plan plan.json
	grep -q 'applied already' stderr
}

# aged: what April and May left, with a plan that is used, and removals that are withheld.
aged() {
	local WRIT_NOW=2026-04-01T00:00:00Z
	export WRIT_NOW
	on a 0 plan --allow-remove 1 --out april.json manifests
	on a 0 apply --plan april.json
	organisation 12 0 >live.yaml
	organisation 13 10 >wanted.yaml
	cp wanted.yaml april.json b/
	WRIT_NOW=2026-04-02T00:00:00Z
	on a 4 apply --auto-approve wanted.yaml
	WRIT_NOW=2026-05-20T00:00:00Z
	organisation 12 0 >live.yaml
	on a 0 plan --out may.json wanted.yaml
	on a 4 apply --plan may.json
	cp may.json b/
}

# open_now: all that is open, without how many records there are.
open_now() {
	on b 0 ledger show --format json
	jq 'del(.ledgers[] | .records, .emptied, .place)' stdout
}

# remembers: what aged left is known still.
remembers() {
	organisation 12 0 >live.yaml
	WRIT_NOW=2026-05-20T01:00:00Z on b 3 apply --plan may.json
	grep -q 'this plan has been applied already' stderr
	WRIT_NOW=2026-04-01T01:00:00Z on b 3 apply --plan april.json
	grep -q 'plan was made before 2026-04-20T00:00:00Z' stderr
	organisation 100 0 >live.yaml
	on b 4 apply --auto-approve wanted.yaml
	on b 0 ledger verify
}

@test "records that nobody needs any more are emptied, and nothing that is open is lost" {
	aged
	open_now >before
	[ "$(jq '.ledgers[0].withheld | length' before)" -eq 10 ]
	cp -R shared kept
	on b 0 ledger checkpoint
	gone=$(entries 'select(.emptied) | .number' | wc -l)
	[ "$gone" -gt 4 ]
	grep -qx "$gone records of organisation acme are emptied now, $gone in all." stdout
	open_now | diff before -
	[ "$(jq '.ledgers[0].emptied' stdout)" -eq "$gone" ]
	on b 0 ledger show
	grep -qx "  emptied  $gone records" stdout
	on a 0 ledger verify
	on b 0 ledger checkpoint
	grep -qx "0 records of organisation acme are emptied now, $gone in all." stdout
	[ "$(entries '.entries[]? | select(.type == "checkpoint") | .type' | wc -l)" -eq 1 ]
	remembers
	# Who says that a record was emptied does not make it so.
	rm -r shared
	cp -R kept shared
	first=$(echo shared/acme-*)/000000000001
	printf '{"number": 1, "emptied": "sha256:%s", "before": null}' \
		"$(sha256sum <"$first" | cut -c 1-64)" >forged
	cp forged "$first"
	on a 1 ledger verify
	grep -q 'record 1: it was emptied, and no checkpoint names it' stdout
	on a 1 ledger checkpoint
	grep -q 'record 1 of the ledger in .* is damaged' stderr
}

@test "emptying that is stopped anywhere leaves what holds, and is gone on with" {
	aged
	open_now >before
	cp -R shared kept
	empty=("$WRIT_FAILPOINT_BIN" ledger checkpoint --config config.yaml --live live.yaml)
	XDG_STATE_HOME=$PWD/state-a WRIT_FAILPOINT_LOG=$PWD/points "${empty[@]}"
	gone=$(entries 'select(.emptied) | .number' | wc -l)
	grep -qx ledger-before-empty points
	count=$(wc -l <points)
	[ "$count" -ge 3 ]
	ways "${KILL_STEP:-3}" >rows
	first=$(grep -nxm 1 ledger-before-empty points | cut -d : -f 1)
	printf '%s\n' "$first :abort 134" "$first :sleep 0" >>rows
	while read -r n way due <&4; do
		rm -r shared
		cp -R kept shared
		status=0
		XDG_STATE_HOME=$PWD/state-a WRIT_FAILPOINT="*:$n$way" "${empty[@]}" >stdout \
			2>stderr || status=$?
		[ "$status" -eq "$due" ]
		on a 0 ledger verify
		on a 0 ledger checkpoint
		[ "$(entries 'select(.emptied) | .number' | wc -l)" -ge "$gone" ]
		open_now | diff before -
		on a 0 ledger verify
	done 4<rows
	remembers
}

@test "a run that stopped is kept, and gone on with behind a checkpoint" {
	for day in 1 2; do
		WRIT_NOW=2026-04-0${day}T00:00:00Z on a 0 apply --auto-approve \
			--allow-remove 1 manifests
		cp "$WRIT_ROOT/tests/data/quickstart/live.yaml" live.yaml
	done
	WRIT_NOW=2026-04-02T00:00:00Z killed_at apply-after-send:1 --allow-remove 1
	on b 0 ledger checkpoint --take-over
	[ "$(entries 'select(.emptied) | .number' | wc -l)" -gt 1 ]
	WRIT_NOW=2026-04-02T01:00:00Z on b 0 apply --resume
	cmp live.yaml done.yaml
	on b 0 ledger verify
}

@test "a ledger with emptied records moves on, into git and out of it" {
	aged
	open_now >before
	on b 0 ledger checkpoint --until 2026-05-31
	gone=$(entries 'select(.emptied) | .number' | wc -l)
	git_setup
	git init -q --bare remote.git
	cp config.yaml old.yaml
	shared_in "{git: {remote: $PWD/remote.git}, lease: 10}" git.yaml
	cp old.yaml config.yaml
	on b 0 ledger move --to ../git.yaml
	cp git.yaml config.yaml
	on a 0 ledger verify
	open_now | diff before -
	[ "$(jq '.ledgers[0].emptied' stdout)" -eq "$gone" ]
	on b 0 ledger checkpoint --until 2026-06-01
	grep -q ' may be emptied, and the place keeps all that was ever in it' stdout
	on a 0 ledger verify
	rm -r shared
	on a 0 ledger move --to old.yaml
	cp old.yaml config.yaml
	on a 0 ledger verify
	on b 0 ledger checkpoint --until 2026-06-01
	[ "$(entries 'select(.emptied) | .number' | wc -l)" -gt "$gone" ]
	open_now | diff before -
	remembers
}
