#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# The formats for who reviews, made of one plan. tests/conformance/npm has public parsers for them.

reviews='markdown html sarif codequality junit github'

setup() {
	load helper
	common_setup
	quickstart
	unset GITHUB_STEP_SUMMARY GITHUB_OUTPUT
}

# Manifests with COUNT accounts that all get one product, and one of them an admin role; live has
# none of them.
many() {
	mkdir -p many
	organization >many/org.yaml
	cp many/org.yaml live-many.yaml
	printf '%s\n' 'status:' '  products:' '    - {product: Express, profile: Default}' \
		>>live-many.yaml
	for i in $(seq -w "$1"); do
		printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' \
			"metadata: {name: robot-$i}" 'spec:' \
			'  products:' \
			'    - {product: Express, profile: Default, reason: draws pictures at night}'
		[ "$i" != "${2:-}" ] || echo '  adminRoles: [system-administrator]'
	done >many/robots.yaml
}

@test "each format of the quick start" {
	for kind in $reviews; do
		ends 0 plan --live live.yaml --format "$kind" manifests
		sed -i 's/sha256:[0-9a-f]\{64\}/DIGEST/g' stdout \
			stderr # of all that a plan says, as JSON
		assert_golden "formats-$kind"
	done
}

@test "several in one run, and the same of a saved plan" {
	local files=()
	for kind in $reviews; do
		files+=(--format "$kind=$kind")
	done
	ends 0 plan --live live.yaml --out plan.json "${files[@]}" --format text manifests
	grep -q '^ADMIN GRANTS (1)$' stdout
	for kind in $reviews; do
		ends 0 show --format "$kind" plan.json
		cmp stdout "$kind"
		ends 0 plan --live live.yaml --format "$kind" manifests
		cmp stdout "$kind"
	done
}

@test "a budget is kept to the byte, says what it left out, and leaves the dangerous" {
	many 400 377
	ends 0 plan --live live-many.yaml --out plan.json many
	for kind in markdown html sarif codequality junit; do
		ends 0 show --format "$kind" --max-bytes 1000000000 plan.json
		all=$(stat -c %s stdout)
		grep -q 'robot-400' stdout
		for most in 20000 65536 $((all - 1)) "$all"; do
			ends 0 show --format "$kind" --max-bytes "$most" plan.json
			[ "$(stat -c %s stdout)" -le "$most" ]
			grep -q 'system-administrator' stdout
			grep -q '1 administrator right granted' stdout || [ "$kind" = codequality ]
			[ "$(tail -c 1 stdout | wc -l)" -eq 1 ]
			[ "$most" -lt "$all" ] || continue
			grep -q 'robot-377' stdout
			grep -qE "Left out to stay within $most bytes: [0-9]+ of .{1,2}Changes" \
				stdout
		done
	done
}

@test "a comment has room by itself; names go before counts" {
	many 1500 0001
	ends 0 plan --live live-many.yaml --format markdown many
	[ "$(stat -c %s stdout)" -le 65536 ]
	grep -q '^<details><summary>Changes (3000)</summary>$' stdout
	grep -q '^+ Express / Default → 1500  "draws pictures at night":$' stdout
	grep -qE '^  and [0-9]+ more, left out$' stdout
	ends 0 plan --live live-many.yaml --max-bytes 3000 --format markdown --format html=page \
		--max-bytes 90000 many
	[ "$(stat -c %s stdout)" -le 3000 ]
	[ "$(stat -c %s page)" -gt 80000 ]
	[ "$(stat -c %s page)" -le 90000 ]
}

@test "what is never left out needs its room" {
	many 30 07
	ends 0 plan --live live-many.yaml --out plan.json many
	for kind in markdown html sarif codequality junit; do
		ends 1 show --format "$kind" --max-bytes 100 plan.json
		[ ! -s stdout ]
		least=$(sed -n 's/.*what is never left out takes \([0-9]*\)$/\1/p' stderr)
		ends 0 show --format "$kind" --max-bytes "$((least + 100))" plan.json
		grep -q 'robot-07' stdout
		! grep -q 'robot-30' stdout
	done
}

@test "--max-bytes: a number or a site" {
	for most in github-comment step-summary gitlab 65536; do
		ends 0 plan --live live.yaml --format markdown --max-bytes "$most" manifests
	done
	for most in 0 -1 comment 1k 12345678901234; do
		ends 64 plan --live live.yaml --format markdown --max-bytes "$most" manifests
	done
	ends 64 plan --live live.yaml --format json --max-bytes 65536 manifests
	grep -q 'format json is never cut' stderr
	ends 64 import --live live.yaml --max-bytes 65536
}

@test "github: of many that share a line no reason of one stands for all" {
	role='{role: system-administrator, ticket: OPS-1, reason: because &}'
	seq 60 | numbered TechnicalAccount 'robot-&' "adminRoles: [$role]" | acme m.yaml
	organization >live.yaml
	ends 0 plan --live live.yaml --format github m.yaml
	grep '^::error .*::+ system-administrator → robot-1: OPS-1; ' stdout |
		grep -q '; and the same of 59 more, each in its own words$'
	sed -i '0,/, reason: because 1}/s//}/; s/because [0-9]*/because/' m.yaml
	ends 0 plan --live live.yaml --format github m.yaml
	grep -q 'robot-1: OPS-1; and the same of 59 more, each in its own words$' stdout
	sed -i 's/, reason: because//; s/OPS-1}/OPS-1, reason: all}/' m.yaml
	ends 0 plan --live live.yaml --format github m.yaml
	grep -q 'robot-1: "all", OPS-1; and the same of 59 more$' stdout
}

@test "github: ten of a kind, and the step's files are appended to" {
	many 40 33
	echo before >summary
	echo 'one=1' >outputs
	GITHUB_STEP_SUMMARY=summary GITHUB_OUTPUT=outputs run_writ plan --live live-many.yaml \
		--format github many
	[ "$status" -eq 0 ]
	[ "$(grep -c '^::error ' stdout)" -eq 1 ]
	[ "$(grep -c '^::notice ' stdout)" -eq 2 ]
	[ "$(grep -c '; and the same of 39 more$' stdout)" -eq 2 ]
	head -n 1 stdout | grep -q \
		'^::error .*file=many/robots.yaml,line=[0-9]*,.*::+ system-administrator → robot-33$'
	[ "$(head -n 2 summary)" = "$(printf '%s\n' before '<!-- writ:plan:acme -->')" ]
	head -n 1 outputs | grep -qx 'one=1'
	grep -qx 'admin-grants=1' outputs
	grep -qx 'changes=true' outputs
	grep -qE '^digest=sha256:[0-9a-f]{64}$' outputs
	ln -s elsewhere link
	GITHUB_OUTPUT="link" run_writ plan --live live-many.yaml --format github many
	[ "$status" -eq 1 ]
	[ ! -e elsewhere ]
}

@test "github: the tenth of a kind says how many more there are" {
	many 1
	for i in $(seq 15); do
		echo "    - {product: Product $i, profile: Default}" >>live-many.yaml
		echo "    - {product: Product $i, profile: Default}" >>many/robots.yaml
	done
	ends 0 plan --live live-many.yaml --format github many
	[ "$(grep -c '^::notice ' stdout)" -eq 10 ]
	tail -n 1 stdout | grep -qx '::notice title=writ plan::not shown here: 8 of Changes'
}

@test "github: a summary stays within what is left of the step's" {
	many 400
	head -c 1045000 /dev/zero | tr '\0' x >summary
	GITHUB_STEP_SUMMARY=summary run_writ plan --live live-many.yaml --format github many
	[ "$status" -eq 0 ]
	[ "$(stat -c %s summary)" -le 1048576 ]
	grep -q 'Left out to stay within 3576 bytes' summary
	head -c 1048576 /dev/zero >summary
	GITHUB_STEP_SUMMARY=summary run_writ plan --live live-many.yaml --format github many
	[ "$status" -eq 0 ]
	[ "$(stat -c %s summary)" -eq 1048576 ]
	grep -q 'the summary of this step is full' stderr
}

@test "findings in every format, also in place of a plan" {
	echo 'kind: Nonsense' >>manifests/organization.yaml
	for kind in $reviews; do
		ends 1 validate --format "$kind" manifests
		grep -q 'manifests/organization.yaml' stdout
		grep -q '\[E[0-9]\{4\}\\*\]' stdout # SARIF's text has backslashes
		ends 1 plan --live live.yaml --format "$kind" manifests
		grep -q 'manifests/organization.yaml' stdout
		ends 1 plan --live live.yaml --format "$kind=plan.$kind" manifests
		[ ! -s stdout ]
		grep -q 'manifests/organization.yaml' "plan.$kind"
	done
	quickstart_again
	ends 0 validate --format markdown manifests
	assert_golden formats-valid
}

quickstart_again() {
	rm -r manifests
	quickstart
}

@test "a wrong command line writes to nothing that it names" {
	cp -R manifests kept
	ends 64 plan --live live.yaml --format markdown=manifests/accounts/new.yaml manifests
	ends 64 plan --live live.yaml --format html=live.yaml manifests
	diff -r kept manifests
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
}

@test "drift in every format: admin rights first, exit status 2" {
	cp live.yaml base.yaml
	printf '%s\n' --- 'apiVersion: writ/v1' 'kind: TechnicalAccount' \
		'metadata: {name: stranger}' \
		'spec: {adminRoles: [system-administrator]}' >>live.yaml
	for kind in $reviews; do
		ends 2 drift --live live.yaml --base base.yaml --format "$kind"
		grep -q 'stranger' stdout
	done
	ends 2 drift --live live.yaml --base base.yaml --format markdown
	assert_golden formats-drift
	ends 0 drift --live base.yaml --base base.yaml --format markdown
	grep -q '^\*\*No drift\.' stdout
}

@test "what is no review has none of these formats" {
	ends 0 import --live live.yaml --out snapshot
	ends 64 restore --live live.yaml --from snapshot --rehearse --format html
	ends 64 show --format junit live.yaml
	ends 64 apply --live live.yaml --attest a --why b --format markdown manifests
	ends 4 apply --live live.yaml --auto-approve manifests
	ends 64 ledger show --format sarif
	[ ! -s stdout ]
}

@test "what became of a plan, for a comment: all formats of one run, and when nothing is left" {
	ends 0 plan --live live.yaml --out plan.json manifests
	ends 4 apply --live live.yaml --plan plan.json --format markdown --format text=result.txt \
		--format junit=junit.xml \
		--format github=github --format sarif=sarif.json --format json=result.json
	sed -E -i 's/sha256:[0-9a-f]{64}/DIGEST/g; s/(T000000Z)-[0-9a-f]{12}/\1-RUN/
		s/of folder [^`]*ledger/of folder LEDGER/' stdout
	assert_golden formats-applied
	grep -q '^Apply: 6 done' result.txt
	grep -c '^::warning ' github | grep -qx 3
	grep -q 'tests="9" failures="0"' junit.xml
	[ "$(jq -r '.runs[0].properties | "\(.status) \(.done) \(.withheld)"' sarif.json)" = \
		'4 6 1' ]
	[ "$(jq .summary.done result.json)" = 6 ]
	ends 0 apply --live live.yaml --allow-remove 1 --auto-approve \
		--format markdown=comment.md manifests
	sed -n 2p comment.md | grep -q \
		'^## Applied: 1 administrator right removed — writ apply of .acme.$'
	[ ! -s stdout ]
	ends 0 apply --live live.yaml --auto-approve --format markdown manifests
	sed -n 2p stdout | grep -q '^## Nothing to apply — writ apply of .acme.$'
	grep -q '^\*\*No changes\.' stdout
}

@test "that there is nothing to resume is a result too, in every format" {
	ends 0 apply --live live.yaml --resume --format markdown=comment.md \
		--format json=result.json --format text \
		--format text=result.txt --format junit=junit.xml --format html=page.html \
		--format sarif=sarif.json
	sed -n 2p comment.md | grep -q '^## Nothing to resume — writ apply of .acme.$'
	grep -q '^\*\*No run of organisation acme is known to have stopped part-way\.\*\*$' \
		comment.md
	[ "$(cat stdout)" = 'Nothing to resume. No run of organisation acme is known to have stopped part-way.' ]
	cmp stdout result.txt
	[ "$(jq -c '[.organization, .plan, .plan_file, .status, .run, .changes]' result.json)" = \
		'["acme",null,null,0,null,[]]' ]
	grep -q 'Nothing to resume' page.html
	[ "$(jq '.runs[0].results | length' sarif.json)" -eq 0 ]
	grep -q 'failures="0"' junit.xml
	ends 0 apply --live live.yaml --resume --json
	jq -es 'map(select(.type == "change_summary" and
		.changes.operation == "apply"))[0].changes.done == 0' stdout
	ends 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests
	ends 0 apply --live live.yaml --auto-approve --json manifests
	jq -es 'map(select(.type == "change_summary" and
		.changes.operation == "apply"))[0].changes.done == 0' stdout
}

@test "every name stands in a fold, of removals too" {
	local kind
	printf 'apiVersion: writ/v1\nkind: Organization\nmetadata: {name: acme}\nspec: {provider: file}\n' |
		tee before.yaml >after.yaml
	printf 'status:\n  products: [{product: P, profile: Q}]\n' >>before.yaml
	for i in $(seq 100 129); do
		printf -- '---\napiVersion: writ/v1\nkind: TechnicalAccount\nmetadata: {name: robot-%s}\nspec: ' "$i" |
			tee -a before.yaml >>after.yaml
		echo '{adminRoles: [support-administrator], products: [{product: P, profile: Q}]}' \
			>>before.yaml
		echo '{adminRoles: [], products: []}' >>after.yaml
	done
	ends 0 plan --live before.yaml --format markdown=comment.md \
		--format html=page.html after.yaml
	for kind in 'Administrator rights removed' Removals; do
		grep -qF "<details><summary>$kind (30)</summary>" comment.md
		for i in $(seq 100 129); do
			[ "$(sed -n "/<summary>$kind /,/<[/]details>/p" comment.md |
				grep -c "^-     robot-$i ")" -eq 1 ]
			[ "$(sed -n "/<summary>$kind /,/<[/]details>/p" page.html |
				grep -c "<li>robot-$i ")" -eq 1 ]
		done
	done
}

@test "a terminal without UTF-8 gets ASCII; a file every byte" {
	command -v script >/dev/null || skip 'no script(1)'
	sed -i 's/reads and moves/liest für/' manifests/organization.yaml
	ends 0 plan --live live.yaml manifests
	grep -qF 'storage-administrator → asset-archiver' stdout
	LC_ALL=C script -qec "'$WRIT' plan --live live.yaml manifests" /dev/null </dev/null >shown
	grep -qF 'storage-administrator -> asset-archiver' shown
	grep -qF '"liest f\u{FC}r' shown
	run ! grep -P '[^\x00-\x7F]' shown
	LC_ALL=C "$WRIT" plan --live live.yaml manifests >piped 2>/dev/null
	cmp piped stdout
	LC_ALL=C.UTF-8 script -qec "'$WRIT' plan --live live.yaml manifests" /dev/null \
		</dev/null >shown
	grep -qF 'storage-administrator → asset-archiver' shown
}

# on_terminal COLUMNS COMMAND: what a terminal of this width is sent; the command is one of a shell.
on_terminal() {
	LC_ALL=C.UTF-8 script -qec "stty cols $1; $2" /dev/null </dev/null | tr -d '\r' |
		sed 's/\x1b\[[0-9;]*m//g'
}

# is_wrapped COLUMNS FILE NAME...: no row is wider than that but for one word that has no room, the
# rows say what the lines did, and each NAME stands whole.
is_wrapped() {
	local name
	sed 's/[^ -~]*//g' "$2" | awk -v wide="$1" 'length >= wide && gsub(/[^ ] +[^ ]/, "&") { print; bad = 1 }
		END { exit bad }'
	awk -v wide="$1" 'length >= wide { found = 1 } END { exit !found }' stdout
	diff <(tr -s '[:space:]' '\n' <stdout) <(tr -s '[:space:]' '\n' <"$2")
	for name in "${@:3}"; do
		grep -qF -- "$name" "$2"
	done
}

@test "lines wider than the terminal go on behind blanks, between words, and names stay whole" {
	needs_terminals
	git_setup
	local row
	git init -q .
	git add -A
	git commit -qm first
	ends 0 plan --live live.yaml manifests
	on_terminal 60 "'$WRIT' plan --live live.yaml manifests" >shown
	is_wrapped 60 shown manifests/accounts/template-sync.yaml:10:7 \
		"$(grep -o 'sha256:[0-9a-f]*' stdout | head -1)"
	grep -qE '^  - support-administrator from template-sync$' shown
	grep -qE '^      \[not-listed, withheld\]' shown
	ends 0 apply --live live.yaml --auto-approve --snapshot snapshot --allow-remove 1 manifests
	sed -i 's/storage-administrator/support-administrator/' live.yaml
	git add -A
	git commit -qm second
	for row in 'drift --log quiet --live live.yaml --base snapshot manifests' 'who all manifests' \
		'why template-sync all manifests' 'report manifests' 'log --log quiet'; do
		# shellcheck disable=SC2086 # words
		run_writ $row
		[ "$status" -ne 1 ]
		on_terminal 30 "'$WRIT' $row" >shown
		is_wrapped 30 shown
	done
	# Findings go the same way to the other descriptor; what programs read stays in lines.
	echo '  colour: of a key that no account has and that has a value' \
		>>manifests/accounts/report-reader.yaml
	ends 1 validate manifests
	cat stderr >>stdout
	on_terminal 60 "'$WRIT' validate manifests" >shown
	is_wrapped 60 shown manifests/accounts/report-reader.yaml:
	on_terminal 60 "'$WRIT' schema Organization" | cmp - <("$WRIT" schema Organization)
}

@test "a budget of a result leaves administrator rights; a run that never began tells why in every format" {
	many 400 377
	ends 0 apply --live live-many.yaml --auto-approve --max-bytes 4000 --format markdown many
	[ "$(stat -c %s stdout)" -le 4000 ]
	grep -q 'system-administrator. → .robot-377' stdout
	grep -qE '^\*Left out to stay within 4000 bytes: [0-9]+ of "Done"' <(tr -d '`' <stdout) ||
		cat stdout
	ends 1 apply --live missing.yaml --auto-approve --format markdown=comment.md \
		--format junit=junit.xml many
	grep -q 'missing.yaml' comment.md
	grep -q '<failure' junit.xml
}

@test "a plan that has something of everything" {
	for kind in $reviews; do
		ends 0 show --format "$kind" "$WRIT_ROOT/tests/data/plans/rich.json"
		assert_golden "formats-rich-$kind"
	done
}

@test "more that is not possible than a comment holds: counted" {
	many 1
	for i in $(seq 3000); do
		echo "    - {product: Missing $i, profile: Default}" >>many/robots.yaml
	done
	ends 0 plan --live live-many.yaml --format markdown many
	[ "$(stat -c %s stdout)" -le 65536 ]
	grep -qF '> **Not possible yet (3000)**' stdout
	grep -qE '^> - \*[0-9]+ left out\*$' stdout
}
