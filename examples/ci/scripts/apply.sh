#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# After a merge: goes on with a run that a dead runner left, plans once more, and carries the plan
# out if it is the one that was reviewed. Otherwise nothing is sent, and the proposal is told what
# the plan is by now. A person who has read that one starts the job by hand with its digest in
# WRIT_EXPECT.
# shellcheck source=examples/ci/scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

# tell FILE: in the summary of the job, and as a comment of the proposal in place of the last one
# about applying.
tell() {
	printf '\n%s\n' "$job_url" >>"$1"
	site_summary "$1"
	[ -z "$number" ] || site_comment "$number" apply: "$1"
}

# ended STATUS HEADING TEXT [FILE...]: what became of it, with what writ said: its comment as it is,
# all else as code. The end.
ended() {
	ended_with=$1
	{
		printf '<!-- writ:apply:%s -->\n## %s\n\n%s\n' "$MANIFESTS" "$2" "$3"
		shift 3
		for file in "$@"; do
			[ -s "$file" ] || continue
			case $file in
			*.md) echo && sed '1{/^<!-- writ:/d;}; s/^## /### /' "$file" ;;
			*) as_code "$file" 20000 ;;
			esac
		done
	} >"$results/result.md"
	tell "$results/result.md"
	exit "$ended_with"
}

# A run that stopped is gone on with before anything else: its plan was reviewed, and stands in the
# ledger.
go_on() {
	[ -n "$(open_runs)" ] || return 0
	say 'a run has not ended; going on with it'
	# shellcheck disable=SC2086 # options
	ends apply --resume --wait "$WRIT_WAIT" $consent >"$results/resumed.txt" 2>&1
	cat "$results/resumed.txt" >&2
	[ -n "$(open_runs)" ] || return 0
	[ "$status" -ne 7 ] || ended 7 "$busy" "$later" "$results/resumed.txt"
	ended "$status" "A run that stopped could not be gone on with (exit $status)" \
		"Nothing of this merge was applied. Run the job again; \`writ ledger\` shows the run." "$results/resumed.txt"
}

# Carrying out a plan without changes records an earlier run whose snapshot could not be committed
# or pushed.
make_up() {
	# shellcheck disable=SC2086 # options
	ends apply --plan "$results/plan.json" --expect "$(digest_of "$results/plan.json")" \
		--wait "$WRIT_WAIT" $consent >"$results/recorded.txt" 2>&1
	cat "$results/recorded.txt" >&2
	case $status in
	0) ;;
	7) ended 7 "$busy" "$later" "$results/recorded.txt" ;;
	*) # Of an older merge, whose manifests writ refuses, the newer one's job has the record.
		! grep -q 'has no snapshot' "$results/recorded.txt" ||
			ended 8 'Nothing left to apply, and not on record (exit 8)' "$record" \
				"$results/recorded.txt"
		;;
	esac
}

# The plan of the manifests as they were merged. Without changes there is no more to do.
make_plan() {
	# shellcheck disable=SC2086 # options
	ends plan --detailed-exitcode --out "$results/plan.json" \
		--format "markdown=$results/plan.md" \
		--max-bytes "$comment_bytes" --format "html=$results/plan.html" $consent \
		"$MANIFESTS" 2>"$results/said.txt"
	cat "$results/said.txt" >&2
	case $status in
	0)
		make_up
		ended 0 'Nothing left to apply' 'The organisation is as the manifests say.' \
			"$results/resumed.txt"
		;;
	2) digest=$(digest_of "$results/plan.json") ;;
	*) ended "$status" "Not applied: no plan (exit $status)" 'Nothing was changed.' \
		"$results/said.txt" ;;
	esac
}

# The plan is not the one that was reviewed: what it is by now, and what to do. Nothing was sent.
refuse() {
	say "the plan is $digest; reviewed was ${expect:-none}"
	{
		printf '<!-- writ:apply:%s -->\n## Not applied: this is not the plan that was reviewed (exit 3)\n\n' "$MANIFESTS"
		echo "Reviewed was ${expect:-no plan}. Since then the organisation changed, or an earlier merge waits to be" \
			'applied; in that case run this job again when it was. Else read this plan, and who agrees with it' \
			"starts the job by hand with its digest: $digest"
		echo
		sed '1{/^<!-- writ:/d;}' "$results/plan.md"
	} >"$results/result.md"
	tell "$results/result.md"
	exit 3
}

# Who was superseded, or found the organisation changed, by the time that it got it (3), plans anew;
# what it plans then must come to the same.
apply_reviewed() {
	for try in 1 2 3; do
		make_plan
		[ "$digest" = "$expect" ] || refuse
		rm -f "$results/applied.md"
		# shellcheck disable=SC2086
		ends apply --plan "$results/plan.json" --expect "$expect" --wait "$WRIT_WAIT" \
			$consent \
			--format "markdown=$results/applied.md" --max-bytes 40000 --format text \
			2>"$results/said.txt" >&2
		cat "$results/said.txt" >&2
		[ "$status" -eq 3 ] && [ "$try" -lt 3 ] || return 0
		say 'the organisation changed since; planning once more'
	done
}

# consent_to OPTION VALUE: of a person, who started the job by hand.
consent_to() {
	case $2 in
	'') ;;
	*[!0-9%]*) say "$1 takes a number, or a percentage" && exit 64 ;;
	*) consent="$consent $1 $2" ;;
	esac
}

record='The organisation is as planned; its snapshot is not on record. Run the job again: it records the run first.'
busy='Not applied: another run has the organisation (exit 7)' later='Run the job again later.'
expect=${WRIT_EXPECT:-} consent=''
consent_to --allow-remove "${WRIT_ALLOW_REMOVE:-}"
consent_to --allow-admin-grants "${WRIT_ALLOW_ADMIN_GRANTS:-}"
rm -f "$results"/*
records_open
site_merged # number of the proposal that this commit merged, and the digest that was reviewed
go_on
apply_reviewed
again='Run the job again: it goes on where this one stopped.'
consents='Who consents starts the job by hand, with the digest of what is left and the numbers that the plan names.'
result="$results/applied.md" said="$results/said.txt"
case $status in
0) ended 0 'Applied' "Exactly the plan that was reviewed, $digest" "$result" ;;
4) ended 4 'Guards stopped some of it, or all (exit 4)' "$consents" "$result" "$said" ;;
5) ended 5 'Stopped part-way (exit 5)' "$again" "$result" "$said" ;;
6) ended 6 'Applied; something waits for a person (exit 6)' 'The steps stand below.' "$result" \
	"$said" ;;
7) ended 7 "$busy" "$later" "$said" ;;
8) ended 8 'Applied, and not on record (exit 8)' "$record" "$result" "$said" ;;
9) ended 9 'The service refuses the credentials (exit 9)' 'Renew them, and run the job again.' \
	"$said" ;;
1 | 3 | 64) ended "$status" "Not applied (exit $status)" 'Nothing was changed.' "$said" ;;
*) ended "$status" "Stopped by a signal, maybe part-way (exit $status)" "$again" "$result" \
	"$said" ;;
esac
