# SPDX-License-Identifier: Apache-2.0
# Seeded lives of an organisation that is recorded in git: what drift, revert, undo and questions
# about the past say is held against the emulator's own state. Sourced behind life.bash by
# past.bats, in a folder of its own.

RECORDED=(--config config.yaml --snapshot repo/org --org acme)
CONSENT=(--allow-remove 100% --allow-admin-grants 99)

# What somebody clicks by hand, to give or to take.
some_click() {
	local user grant verb=give
	pick ${#LIFE_USERS[@]}
	user=${LIFE_USERS[$PICKED]}
	pick ${#LIFE_GRANTS[@]}
	grant=${LIFE_GRANTS[$PICKED]}
	pick 2
	[ "$PICKED" = 0 ] || verb=take
	control POST "$verb" "{\"email\":\"$user\",$grant}" >put
}

# What differs between two lists, each once.
between() {
	LC_ALL=C comm -3 "$1" "$2" | tr -d '\t' | LC_ALL=C sort -u
}

# The grants that `drift` says came or went since what is agreed.
drifted() {
	run_writ '0 2' drift "${RECORDED[@]}" --format json=drift.json || return
	jq -r '.drift[] | select(.unseen_before | not) | .address | ascii_downcase' drift.json |
		grep '^grant/' | LC_ALL=C sort -u >drifted || :
}

# Applies the plan in back.json and records it; what it did not name is as it was.
carried_out() {
	truth >before
	run_writ '0 4 5 6 8' apply "${RECORDED[@]}" --commit --format json=result.json \
		--plan back.json || return
	jq -r '.unasked[] | ascii_downcase' result.json >>unasked
	judge_result
}

# Whether everything is as in FILE, but for what an apply said that a service gave by itself and
# what no read shows.
is_again() {
	truth >all
	[ "$STATUS" != 0 ] || between "$1" all | shown |
		LC_ALL=C comm -23 - <(LC_ALL=C sort -u unasked) >wrong
}

# Of each snapshot, who it says held what, against who held what when it was made.
judge_past() {
	local rev
	for rev in first last; do
		run_writ '0 1' who all --as-of "$(cat "$rev.commit")" --snapshot repo/org \
			--format json || return
		jq -r '.grants[].address | ascii_downcase' out | grep -v /asset-archiver/ |
			LC_ALL=C sort -u >known
		LC_ALL=C comm -13 "$rev.held" known >wrong
		lie "held as of the $rev snapshot, it says, and was not" wrong || return
		shown <"$rev.held" | LC_ALL=C comm -23 - known >wrong
		lie "held as of the $rev snapshot, and not said" wrong || return
	done
	run_writ '0 1' log --changes "${RECORDED[@]}" --format json || return
	jq -r '.changes[].address | ascii_downcase' out | grep '^grant/' |
		LC_ALL=C sort -u >rows || :
	jq -r '.changes[] | select(.source == "drift") | .address | ascii_downcase' out |
		grep '^grant/' | LC_ALL=C sort -u >drifts || :
	between applied clicked | LC_ALL=C sort -u - unasked | LC_ALL=C comm -13 - drifts |
		grep -v /asset-archiver/ >wrong
	lie 'a row of drift, and nobody clicked it' wrong || return
	shown <moved | LC_ALL=C sort -u | LC_ALL=C comm -23 - rows >wrong
	lie 'given or taken, and in no row of log --changes' wrong || return
	LC_ALL=C sort -u first.held last.held moved | LC_ALL=C comm -13 - rows |
		grep -v /asset-archiver/ >wrong
	lie 'in a row of log --changes, and nobody moved it' wrong
}

# record, apply, what people click, drift, its revert, and the undo of the run.
record_once() {
	local run
	seed_life "$1"
	rm -rf repo state cache ./*.commit
	git init -q repo
	write_wishes remove
	run_writ 0 snapshot "${RECORDED[@]}" --commit || return
	[ "$STATUS" = 0 ] || return 0
	truth >first.held
	git -C repo rev-parse HEAD >first.commit
	run_writ '0 4 6 8' apply "${RECORDED[@]}" --commit --auto-approve "${CONSENT[@]}" \
		--format json=result.json wanted.yaml || return
	[ "$STATUS" != 8 ] || return 0 # pages contradicted themselves: nothing is recorded
	truth >applied
	jq -r '.changes[].address, .unasked[] | ascii_downcase' result.json |
		LC_ALL=C sort -u >named
	jq -r '.unasked[] | ascii_downcase' result.json >unasked
	run=$(git -C repo log -1 --format='%(trailers:key=Writ-Run,valueonly)')
	drifted || return
	LC_ALL=C comm -23 drifted named >wrong
	lie 'drift right behind an apply that did not name it' wrong || return
	for _ in 1 2 3; do some_click; done
	truth >clicked
	drifted || return
	between applied clicked | shown | LC_ALL=C comm -23 - drifted >wrong
	lie 'clicked, and no drift' wrong || return
	between applied clicked | LC_ALL=C sort -u - named | LC_ALL=C comm -13 - drifted >wrong
	lie 'drift, and nobody clicked it' wrong || return
	run_writ 0 drift "${RECORDED[@]}" "${CONSENT[@]}" --out back.json revert || return
	carried_out || return
	is_again applied
	lie 'a revert that ended with 0 left this as it was' wrong || return
	truth >reverted
	between first.held applied >moved
	between applied clicked >>moved
	between clicked reverted >>moved
	[ -n "$run" ] || return 0
	run_writ 0 undo --config config.yaml "${CONSENT[@]}" --out back.json "$run" || return
	carried_out || return
	is_again first.held
	lie 'an undo that ended with 0 left this as it was' wrong || return
	truth >last.held
	between reverted last.held >>moved
	git -C repo rev-parse HEAD >last.commit
	judge_past
}
