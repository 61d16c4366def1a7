#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Every control, and sequences that terminals, logs of builds and readers act on, in every field
# that comes from outside and in every format: nothing of it arrives raw (SWEEP_STEP=N: every N-th
# field).

setup() {
	load helper
	common_setup
	quickstart
	SWEEP=$WRIT_ROOT/tests/cli/sweep.pl
	REVIEWS='markdown html sarif codequality junit github'
}

# clean WHAT FORMAT FILE
clean() {
	[ -e "$3" ] || return 0
	perl "$SWEEP" look "$2" <"$3" || { echo "$1"; return 1; }
}

# in_all_formats WHAT FORMATS ARGUMENT...: every result, and what the command says of it, is clean.
in_all_formats() {
	local what=$1 formats=$2 format options=()
	shift 2
	for format in $formats; do
		rm -f "out.$format"
		options+=(--format "$format=out.$format")
	done
	run_writ "$@" "${options[@]}"
	[ "$status" -lt 128 ] || { echo "$what: $status"; return 1; }
	clean "$what: standard output" text stdout && clean "$what: standard error" text stderr ||
		return
	for format in $formats; do
		clean "$what: $format" "$format" "out.$format" || return
	done
}

# each_word FILE TO FORMATS ARGUMENT...: a command that reads TO, which is FILE with each of its
# words in turn replaced.
each_word() {
	local file=$1 to=$2 n count=0
	for ((n = 0; ; n += ${SWEEP_STEP:-7})); do
		perl "$SWEEP" fill "$file" "$n" >"$to" || break
		count=$((count + 1))
		in_all_formats "word $n of $file" "${@:3}" || return
	done
	[ "$count" -ge 3 ]
	echo "# $n words of ${file##*/}" >&3
}

# A plan with most of what a plan can have.
big_plan() {
	cat >manifests/more.yaml <<-'END'
		apiVersion: writ/v1
		kind: TechnicalAccount
		metadata: {name: newcomer, labels: {team: build}}
		spec:
		  owner: build@example.com
		  description: builds at night
		  adminRoles: [{role: support-administrator, reason: "asks, twice", ticket: OPS-1,
		    expires: 2026-12-31}]
		  products: [{product: No Such Product, profile: Default, reason: draws}]
	END
	ends 0 plan --live live.yaml --allow-remove 1 --out plan.json manifests
}

@test "each word of a saved plan, shown in every format" {
	big_plan
	each_word plan.json edited.json "text json $REVIEWS" show edited.json
}

@test "each word of a saved plan, when it is applied" {
	big_plan
	cp live.yaml kept.yaml
	SWEEP_STEP=$((3 * ${SWEEP_STEP:-7})) each_word plan.json edited.json '' apply \
		--live live.yaml --plan edited.json
}

@test "file names, in findings, plans and lists" {
	for n in 0 1 2 3 4 5 6 7 8 9; do
		name=$(perl "$SWEEP" payload "$n"; echo .) name=${name%.}
		mkdir -p manifests/named
		cp manifests/accounts/report-reader.yaml "manifests/named/a$name.yaml" \
			2>/dev/null || continue
		sed -i 's/^metadata: .*/metadata: {name: named}/' "manifests/named/a$name.yaml"
		in_all_formats "file name $n, plan" "text json $REVIEWS" plan \
			--live live.yaml manifests || return
		sed -i 's/^kind: .*/kind: Nothing/' "manifests/named/a$name.yaml"
		in_all_formats "file name $n, findings" "text json $REVIEWS" validate manifests ||
			return
		document TechnicalAccount named \
			'adminRoles: [{role: support-administrator, expires: 2026-06-05}]' |
			sed 1d >"manifests/named/a$name.yaml"
		in_all_formats "file name $n, ends" 'text json csv ics' expiring manifests || return
		run_writ plan --live "manifests/named/a$name.yaml" manifests
		clean "live file $n" text stderr || return
		run_writ fmt --check manifests
		clean "fmt $n" text stdout && clean "fmt $n" text stderr || return
		rm -r manifests/named
	done
}

@test "each scalar of a manifest, and what is said of it" {
	cat >word.json <<-'END'
		{"apiVersion": "writ/v1", "kind": "TechnicalAccount",
		  "metadata": {"name": "a", "labels": {"team": "b"}, "previously": ["c"]},
		 "spec": {"owner": "o@example.com", "description": "d", "project": "p",
		   "credential": "e", "unlisted": "keep", "bundles": ["storage-access"],
		  "apis": [{"api": "x", "reason": "r", "ticket": "t", "expires": "2026-12-31"}],
		  "adminRoles": [{"role": "support-administrator", "reason": "r"}],
		  "products": [{"product": "P", "profile": "Q", "reason": "s", "ticket": "u",
		    "expires": "2027-01-01"}]}}
	END
	SWEEP_STEP=1 each_word word.json manifests/word.json "text json $REVIEWS" validate manifests
}

@test "each word of the ledger's last record" {
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	last=$(records | tail -n 1)
	cp "$last" record.json
	for ((n = 0; ; n++)); do
		perl "$SWEEP" fill record.json "$n" >word || break
		cp word "$last"
		chmod 600 "$last"
		for command in 'log' 'log --format json' 'ledger' 'ledger verify' 'ledger show' \
			'plan --live live.yaml manifests'; do
			# shellcheck disable=SC2086 # words
			run_writ $command
			clean "word $n, $command" text stdout &&
				clean "word $n, $command" text stderr || return
		done
	done
	[ "$n" -ge 3 ]
}

@test "arguments and names from the environment come back escaped" {
	for n in 0 1 2 3 4 5 6 7 8 9; do
		word=$(perl "$SWEEP" payload "$n"; echo .) word=${word%.}
		for arguments in validate plan "apply --plan" "show" "why" "plan --live" \
			"validate --explain" "plan --config" "who role" "log" "undo"; do
			# shellcheck disable=SC2086 # words
			run_writ $arguments "x$word"
			clean "$arguments $n" text stdout && clean "$arguments $n" text stderr ||
				return
		done
		WRIT_CONFIG="x$word" run_writ plan manifests
		clean "WRIT_CONFIG $n" text stderr || return
	done
}
