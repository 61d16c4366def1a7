#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the command line gets wrong: 64, one line that says it, and where to read on.

setup() {
	load helper
	common_setup
	quickstart
}

@test "every wrong command line" {
	: >all
	while IFS='|' read -r -a words; do
		run_writ "${words[@]}"
		{
			echo "## writ ${words[*]}"
			outcome
		} >>all
		[ "$status" -eq 64 ] || { echo "writ ${words[*]}: $status"; cat stdout \
			stderr; return 1; }
		[ ! -s stdout ] || { echo "writ ${words[*]}"; cat stdout; return 1; }
		grep -q '^See `writ help' stderr
	done <<-'END'
		plam
		PLAN
		-x
		plan|--liv|live.yaml
		plan|--live
		plan|-l|live.yaml
		plan|--detailed-exitcode=yes
		plan|--auto-approve
		plan|--format|yaml
		plan|--format
		plan|--allow-remove|some
		plan|--allow-remove|101%
		plan|--allow-remove|-1
		plan|--allow-admin-grants|10%
		plan|--fail-on|guard;removal
		plan|--log|loud
		validate|--live|live.yaml
		apply|--out|x
		apply|--resume|manifests
		show
		schema
		schema|Thing
		help|nothing
		init|--force
		version|--all
		version|x
		help|plan|apply
		--live|live.yaml|plan
	END
	cp all stdout
	: >stderr
	assert_golden usage
}

@test "a variable that was never set is no folder, file or account" {
	for option in live out target format config; do
		ends 64 plan "--$option" "" manifests
		ends 64 plan "--$option=" manifests
		grep -q "error: --$option needs .*, not an empty word" stderr
	done
	ends 64 init ""
	grep -q 'error: init: argument 1 is an empty word' stderr
	ends 64 validate manifests ""
}

@test "a result is not saved over what is read" {
	sha256sum live.yaml manifests/organization.yaml >sums
	ln -s live.yaml other.yaml
	ends 64 plan --out live.yaml --live live.yaml manifests
	grep -q 'error: "live.yaml" is the live organisation; save elsewhere' stderr
	ends 1 plan --live live.yaml --out other.yaml manifests # a link
	ends 64 apply --live live.yaml --auto-approve --format json=live.yaml manifests
	ends 64 plan --live live.yaml --out manifests/organization.yaml manifests/organization.yaml
	grep -q 'is read too; save elsewhere' stderr
	ends 64 plan --live live.yaml --out manifests/organization.yaml manifests
	grep -q 'organization.yaml" is read too; save elsewhere' stderr
	sha256sum -c sums
	ends 0 plan --live live.yaml --out plan.json manifests
	ends 0 plan --live live.yaml --out plan.json manifests
}

@test "lines of --json-into go over nothing that is read, and to no file of another result" {
	sha256sum live.yaml manifests/organization.yaml >sums
	ends 64 plan --json-into live.yaml --live live.yaml manifests
	grep -q 'error: "live.yaml" is the live organisation; save elsewhere' stderr
	ends 64 plan --json-into manifests/organization.yaml --live live.yaml manifests
	ends 64 plan --json-into manifests/lines.yaml --live live.yaml manifests
	ends 64 plan --json-into out --format html=out --live live.yaml manifests
	ends 64 plan --json-into out --out out --live live.yaml manifests
	sha256sum -c sums
	[ ! -e out ] && [ ! -e manifests/lines.yaml ]
}

@test "no file is to hold two results, nor a result and what an option reads" {
	local same="$PWD/out" row
	ends 64 plan --live live.yaml --format html=out --format "sarif=$same" manifests
	grep -qF 'to hold two results, of --format html and of --format sarif; name a file' stderr
	ends 64 plan --live live.yaml --format html=./out --out out manifests
	[ ! -e out ]
	echo before >out
	ends 64 plan --live live.yaml --format html=./out --out out manifests
	[ "$(cat out)" = before ]
	echo key >key && echo roles >roles && echo config >config
	for row in 'plan --sign key --out key' 'plan --roles-from roles --format html=roles' \
		'plan --config config --out config' \
		'plan --sign key --out plan.json --format html=plan.json.sig' \
		'apply --plan out --format json=out'; do
		# shellcheck disable=SC2086 # words
		ends 64 $row --live live.yaml manifests
	done
	grep -q 'error: "out" is read by --plan; save elsewhere' stderr
	[ "$(cat key roles config out)" = $'key\nroles\nconfig\nbefore' ]
	ends 0 plan --live live.yaml --format html=/dev/null --format json=/dev/null manifests
}

# keeps FILE COMMAND...: it does not go over the file.
keeps() {
	local file=$1 before
	before=$(cat "$file")
	ends 64 "${@:2}"
	grep -qF "error: \"$file\" is read by" stderr
	[ "$(cat "$file")" = "$before" ]
}

@test "no result goes over the configuration, wherever it was found, nor over what it names" {
	local name
	unset WRIT_CONFIG XDG_CONFIG_HOME
	export HOME=$PWD
	mkdir -p .config/writ
	printf '%s\n' 'apiVersion: writ/v1' 'kind: Configuration' \
		'organizations:' '  - name: acme' \
		'    orgId: "0123456789ABCDEF01234567@AdobeOrg"' "    live: $PWD/live.yaml" \
		'    server:' '      clientId: abc' '      clientSecret: {file: secret}' \
		'    caFile: roots' '    signers: signers' '    revokedKeys: revoked' \
		'    signPlans: {key: key}' >config.yaml
	chmod 600 config.yaml
	cp config.yaml .config/writ/config.yaml
	for name in secret roots signers revoked key; do
		echo "$name" >"$name"
	done
	keeps .config/writ/config.yaml plan --live live.yaml \
		--out .config/writ/config.yaml manifests
	keeps .config/writ/config.yaml report --format html=.config/writ/config.yaml manifests
	XDG_CONFIG_HOME=$PWD/.config keeps .config/writ/config.yaml plan --live live.yaml \
		--out .config/writ/config.yaml manifests
	HOME=/nowhere WRIT_CONFIG=$PWD/config.yaml keeps config.yaml plan --live live.yaml \
		--out config.yaml manifests
	for name in secret roots signers revoked key; do
		keeps "$name" plan --config config.yaml --format json="$name" manifests
	done
	ends 0 plan --live live.yaml --out elsewhere.json manifests
}

@test "a result is not saved where the next run takes it for a manifest" {
	ends 64 plan --live live.yaml --out manifests/accounts/../plan.json manifests
	grep -q 'error: "manifests/accounts/../plan.json" would be read too; save elsewhere' stderr
	ends 64 validate --format json=manifests/accounts/a.yml manifests
	ends 64 plan --live "$PWD" --out plan.json manifests
	cd manifests
	ends 64 plan --live ../live.yaml --out plan.json
	ends 64 plan --live ../live.yaml --out "$PWD/plan.json" ../manifests/
	[ ! -e plan.json ] && [ ! -e accounts/a.yml ]
	ends 0 plan --live ../live.yaml --out plan.txt
	ends 0 plan --live ../live.yaml --out .plan.json
	mkdir .runs
	ends 0 plan --live ../live.yaml --out .runs/plan.json
	ends 0 validate
}

@test "-- ends the options" {
	mkdir ./--odd
	cp -R manifests/. ./--odd
	ends 0 validate -- --odd
	ends 64 validate --odd
}

@test "--help and -h of a command tell what help does, and nothing is done" {
	ends 0 help apply
	cp stdout told
	for line in '--help' '-h' '--live live.yaml --auto-approve manifests --help'; do
		read -ra words <<<"$line"
		ends 0 apply "${words[@]}"
		cmp stdout told
	done
	ends 1 validate -- --help
	cmp live.yaml "$WRIT_ROOT/tests/data/quickstart/live.yaml"
}

@test "hostile words are shown escaped" {
	ends 64 "$(printf 'pl\033[31man')"
	if grep -q "$(printf '\033')" stderr; then return 1; fi
	ends 64 plan "$(printf -- '--\033[31m')"
	if grep -q "$(printf '\033')" stderr; then return 1; fi
	ends 1 validate "$(printf 'no\033[31mwhere')"
	if grep -q "$(printf '\033')" stderr; then return 1; fi
}

@test "a live path is no manifest" {
	mkdir -p set/deep live
	organization >set/deep/a.yaml
	cp set/deep/a.yaml live/a.yaml
	for pair in 'set/deep/a.yaml set' 'set/deep/a.yaml set/deep/a.yaml' 'set/deep set' \
		'set/deep set/deep/a.yaml' 'set set/deep' 'set ./set/'; do
		# shellcheck disable=SC2086 # two words
		set -- $pair
		ends 64 plan --live "$1" "$2"
		grep -q 'keep live apart from manifests' stderr
	done
	ends 0 plan --live live/a.yaml set
	ends 0 plan --live live set
	mkdir set/.live && cp live/a.yaml set/.live/a.yaml
	ends 0 plan --live set/.live set
}

@test "a path that is not there is told with the one that was meant" {
	ends 1 plan --live live.yaml manifsts
	grep -qx 'writ: error: reading manifsts: No such file or directory; did you mean "manifests"?' stderr
	ends 1 plan --live ./live.yml manifests
	grep -q '; did you mean "./live.yaml"?$' stderr
	ends 0 plan --live live.yaml --out plan.json manifests
	ends 1 apply --live live.yaml --plan plam.json
	grep -q '; did you mean "plan.json"?$' stderr
	ends 1 show plam.json
	grep -q '; did you mean "plan.json"?$' stderr
	ends 1 expiring nothing-like-it
	run ! grep -q 'did you mean' stderr
}

@test "wherever a name is wrong the one that was meant is told" {
	while IFS='|' read -r due line said; do
		# shellcheck disable=SC2086 # words
		ends "$due" $line
		grep -qF -- "did you mean $said" stderr || { cat stderr; return 1; }
	done <<-'END'
		64|plan --target asset-archive --live live.yaml manifests|"asset-archiver"?
		64|plan --target forgoten-script --live live.yaml manifests|"forgotten-script"?
		1|rotate asset-archivr manifests|"asset-archiver"?
		64|validate --explain w0705|"W0705"?
		64|validate --ignore w0705 manifests|"W0705"?
		64|drift acept|"accept"?
		1|why asset-archivr all manifests|"asset-archiver"?
		1|plan --live live.yaml manifest|"manifests"?
	END
}
