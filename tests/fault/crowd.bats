#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# RUNNERS runners of one organisation begin at the same instant, ROUNDS times on each store. As a
# seed says they are killed, stand still past their lease, and lose connections to the store and to
# the service; then one goes on. The service's own log and the ledger judge: nothing is done twice,
# one at a time holds the ledger, a plan is used once, and nothing is left to plan. SEED=N ROUNDS=1
# tries the schedule of a round that failed again.

setup() {
	load ../cli/helper
	load ../emulator/helper
	load ../cli/git_servers
	load postgres
	common_setup
	emulator_setup
	unset XDG_STATE_HOME
	RUNNERS=${RUNNERS:-8}
	ROUNDS=${ROUNDS:-2}
	SEED=${SEED:-1}
	LEASE=10
	HERE=$PWD
	command -v perl >/dev/null || skip 'perl is not installed'
}

teardown() {
	local pid
	for pid in "${STARTED[@]}"; do kill -KILL "$pid" 2>/dev/null || :; done
	end_cutting
	emulator_stop || :
	servers_end
	cluster_end
}

# ---- connections that are cut ----

# cutting PERCENT PORT [FRONT]: sets CUT to a port in front of that one, FRONT or any, until
# end_cutting.
cutting() {
	local tries=0
	rm -f cut.port
	perl "$WRIT_ROOT/tests/fault/cutting.pl" "$seed" "$1" "$2" "${3:-0}" >cut.port \
		2>cut.err 3>&- &
	CUTTING+=($!)
	until [ -s cut.port ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 1000 ] || { cat cut.err; return 1; }
		sleep 0.01
	done
	CUT=$(<cut.port)
}

end_cutting() {
	local pid
	for pid in "${CUTTING[@]}"; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
	CUTTING=()
}

# ---- a round ----

# accounts ROUND: the documents of those that a round makes, some in a project that an earlier one
# made; what earlier ones made is declared no more, and left alone.
accounts() {
	local k
	for k in 1 2 3; do
		document TechnicalAccount "round-$1-$k" \
			"project: Project $((($1 + k / 3) % 20)), apis: [User Management API]"
	done
}

# runner NUMBER: what it came to is in NUMBER.out, and its status is the job's.
runner() {
	local how=(apply --plan plan.json)
	[ "$saved" -eq 1 ] || how=(apply --auto-approve --allow-admin-grants 10 wanted.yaml)
	mkdir -p "home-$1"
	until [ -e go ]; do sleep 0.01; done
	HOME=$HERE/home-$1 exec "$WRIT" "${how[@]}" --config cut.yaml --wait "$2" >"$1.out" \
		2>&1 </dev/null
}

# after MILLISECONDS SIGNAL PID: in the background.
after() {
	(sleep "$(printf '%d.%03d' "$(($1 / 1000))" "$(($1 % 1000))")" && kill "-$2" "$3") \
		2>/dev/null 3>&- &
	STARTED+=($!)
}

# fate PID: what the seed does to a runner.
fate() {
	local when=$((RANDOM % 1500))
	case $((RANDOM % 10)) in
	[0-4]) after "$when" KILL "$1" ;;
	5) # One of a round, for it costs a lease.
		[ -z "$stopped" ] || return 0
		stopped=$1
		after "$when" STOP "$1"
		after "$((when + (LEASE + 2) * 1000))" CONT "$1"
		;;
	esac
}

# A judge of its own home, which nothing is cut from; its status is in `status`.
judge() {
	status=0
	HOME=$HERE/home-judge timeout 300 "$WRIT" "$@" --config config.yaml >judge.out 2>&1 \
		</dev/null || status=$?
}

wrong() {
	echo "seed $seed (round $round of ${SUITE:-$BATS_TEST_DESCRIPTION}): $*; SEED=$seed ROUNDS=1 tries it again"
	tail -n 20 ./*.out
	return 1
}

# give_up: a project that was asked for, and that no read shows, may have been made or not; no run
# asks again, and its accounts are owed a secret. Here reads show all there is, so that it was not,
# and somebody says so.
give_up() {
	local run
	grep -q 'was asked for before, and no read shows it' judge.out || return 0
	run=$(sed -n 's/^Run: //p' judge.out)
	judge ledger close "$run" --why 'the project is not there' --wait 60
	[ "$status" -eq 0 ] || wrong "run $run cannot be closed: $status"
}

# converges: one that comes next ends whatever was left, in as many calls as a person would try.
converges() {
	local tries
	for tries in 1 2 3 4; do
		judge apply --resume --wait 60
		give_up
		judge apply --auto-approve --allow-admin-grants 10 --wait 60 wanted.yaml
		[ "$status" -ne 0 ] || break
	done
	[ "$status" -eq 0 ] || wrong "nobody ends it: $status"
	judge plan --detailed-exitcode wanted.yaml
	[ "$status" -eq 0 ] || wrong "something is left to plan: $status"
}

# counted WHAT: how often the service did it since it began, and to how many.
counted() {
	control GET changes | jq -r --arg what "$1" '[.[] | select(.what == $what) | .subject] |
		[length, (unique | length)] | join(" ")'
}

service_says() {
	local made=$((3 * round))
	[ "$(counted credential.create)" = "$made $made" ] ||
		wrong "accounts made, and different ones: $(counted credential.create)"
	local projects=$((round + 1 < 20 ? round + 1 : 20))
	[ "$(counted project.create)" = "$projects $projects" ] ||
		wrong "projects made, and different ones: $(counted project.create)"
	[ "$(find sink -type f -size +0 | wc -l)" -eq "$made" ] || wrong "secrets: $(ls sink)"
}

# one_round: with the schedule of `seed`.
one_round() {
	local number pids=() stopped='' saved=$((seed % 2)) code
	RANDOM=$seed
	rm -f go plan.json ./*.out
	accounts "$round" | sed 1d | wants
	if [ "$saved" -eq 1 ]; then
		cutting 0 "${URL##*:}" "$FRONT"
		judge plan --allow-admin-grants 10 --out plan.json wanted.yaml
		end_cutting
		[ "$status" -eq 0 ] || wrong "no plan: $status"
	fi
	cutting "$((RANDOM % 3 * 15))" "${URL##*:}" "$FRONT"
	cp config.yaml cut.yaml
	"$1" "$((RANDOM % 3 * 15))"
	chmod 600 cut.yaml
	for ((number = 1; number <= RUNNERS; number++)); do
		runner "$number" "$((RANDOM % 2 * 30))" 3>&- &
		pids+=($!)
	done
	STARTED=("${pids[@]}")
	for number in "${pids[@]}"; do fate "$number"; done
	touch go
	for number in "${!pids[@]}"; do
		code=0
		wait "${pids[number]}" || code=$?
		# Done, an error of a connection, stale or superseded, part-way, something waits,
		# another one works, not recorded; or killed here.
		case $code in 0 | 1 | 3 | 5 | 6 | 7 | 8 | 137) ;; *) wrong \
			"runner $((number + 1)) ended with $code" ;; esac
		ended[code]=$((${ended[code]:-0} + 1))
	done
	end_cutting
	cutting 0 "${URL##*:}" "$FRONT"
	converges
	service_says
	judge ledger verify
	[ "$status" -eq 0 ] || wrong 'the ledger is not whole'
	end_cutting
}

# ledger_says FOLDER: in what was moved there, but for the record of the move, one at a time holds
# it, nobody else's record stands among its own, and a saved plan began once.
ledger_says() {
	local records=("$1"/0*)
	unset 'records[-1]'
	jq -s -r '
		def types: [.entries[].type];
		reduce .[] as $r ({holder: null, bad: []};
			if ($r | types | index("hold")) and .holder then .bad +=
				["record \($r.number): a hold behind a hold"] else . end
			| if $r | types | any(. == "hold" or . == "takeover") then .holder =
				$r.process else . end
			| if .holder == $r.process or
				($r | types | index("moved")) then . else .bad +=
					["record \($r.number) of \($r | types)"
						+ " is not its holder'"'"'s"] end
			| if $r | types | index("release") then .holder = null else . end)
		| .bad[]' "${records[@]}" >bad
	jq -s -r '[.[].entries[] | select(.type == "begin" and .body.saved) | .body.plan] |
		group_by(.)[] | select(length > 1) | "plan \(.[0]) began \(length) times"' \
		"${records[@]}" >>bad
	[ ! -s bad ] || { cat bad; return 1; }
	[ "$(jq -s '[.[].entries[] | select(.type == "begin")] | length' "${records[@]}")" -ge \
		"$ROUNDS" ]
}

# crowd STORE_CUT: ROUNDS rounds in the ledger that LEDGER says; STORE_CUT PERCENT writes the way to
# it into cut.yaml.
crowd() {
	local round seed ended=() code text=''
	CUTTING=() STARTED=()
	operated_start
	organization_adds 'patience: 2' "ledger: {$LEDGER, lease: $LEASE}"
	sed -i "s|{directory: sink}|{directory: $HERE/sink}|" config.yaml
	# A ledger is of one service at one address, so that the way to it, which is cut or not,
	# keeps its port.
	FRONT=$(free_port)
	sed -i "s|$URL|http://127.0.0.1:$FRONT|g" config.yaml
	mkdir -p home-judge
	control PUT switches '{"latency-ms": 20}' >/dev/null
	for ((round = 1; round <= ROUNDS; round++)); do
		seed=$((SEED + round - 1))
		one_round "$1"
	done
	for code in "${!ended[@]}"; do text+=", $code: ${ended[code]}"; done
	echo "# $ROUNDS rounds of $RUNNERS runners from seed $SEED; exit statuses${text#,}" >&3
	sed "s|ledger: {$LEDGER,|ledger: {folder: $HERE/moved,|" config.yaml >moved.yaml
	chmod 600 moved.yaml
	judge ledger move --to moved.yaml
	[ "$status" -eq 0 ] || { cat judge.out; return 1; }
	ledger_says "$(dirname "$(find moved -name 000000000001)")"
	emulator_stop
}

# ---- the stores ----

nothing_between() {
	:
}

@test "a folder" {
	LEDGER="folder: $HERE/shared"
	crowd nothing_between
}

git_cut() {
	cutting "$1" "$HTTPS_PORT"
	sed -i "s|127.0.0.1:$HTTPS_PORT|127.0.0.1:$CUT|" cut.yaml
}

@test "git, by https" {
	local missing
	! missing=$(servers_missing nginx fcgiwrap openssl) || skip "$missing is not installed"
	servers_make
	https_serve
	git config --global credential.helper '!f() { echo username=ann; echo password=secret; }; f'
	LEDGER="git: {remote: \"https://127.0.0.1:$HTTPS_PORT/git/ledger.git\"}"
	crowd git_cut
}

postgres_cut() {
	cutting "$1" "$PORT"
	sed "s|port=$PORT|port=$CUT|" pg >pg-cut
	chmod 600 pg-cut
	sed -i 's|{file: pg}|{file: pg-cut}|' cut.yaml
}

@test "PostgreSQL" {
	cluster_start
	printf %s "host=localhost hostaddr=127.0.0.1 port=$PORT connect_timeout=10" \
		' user=admin password=admin-password dbname=postgres' \
		" sslmode=verify-full sslrootcert=$FOLDER/server.crt" >pg
	chmod 600 pg
	LEDGER='postgres: {connection: {file: pg}}'
	crowd postgres_cut
}

s3_cut() {
	cutting "$1" "${WRIT_S3_ENDPOINT##*:}"
	sed -i "s|${WRIT_S3_ENDPOINT##*/}|127.0.0.1:$CUT|" cut.yaml
}

# Within `make check-s3`, beside a gateway.
@test "an object store" {
	[ -n "${WRIT_S3_ENDPOINT:-}" ] || skip 'there is no gateway: make check-s3'
	LEDGER="s3: {endpoint: \"$WRIT_S3_ENDPOINT\", region: us-east-1, bucket: $WRIT_S3_BUCKET"
	LEDGER="$LEDGER, prefix: crowd-$BASHPID, accessKeyId: {env: WRIT_S3_KEY_ID}"
	LEDGER="$LEDGER, secretAccessKey: {env: WRIT_S3_SECRET}}"
	crowd s3_cut
}
