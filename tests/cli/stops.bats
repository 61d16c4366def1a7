#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What every command does where its configuration, its manifests or its output are not sound: it
# says where, ends with 1 and has changed nothing.

setup() {
	load helper
	common_setup
	git_setup
	quickstart
	git init -q repo
	"$WRIT" snapshot --live live.yaml --snapshot repo/org --commit >/dev/null
	"$WRIT" apply --live live.yaml --auto-approve manifests >/dev/null || [ $? -eq 4 ]
	run=$("$WRIT" log --format json 2>/dev/null | jq -r '.runs[0].run')
	cp -R . ../kept-"$BATS_TEST_NUMBER"
}

# each SAYS < LINES: a command a line, with "|" between words; all end with 1, and standard error
# has SAYS.
each() {
	local says=$1 count=0
	while IFS='|' read -r -a words; do
		run_writ "${words[@]/RUN/$run}"
		if [ "$status" -ne 1 ] || ! grep -q "$says" stderr; then
			echo "writ ${words[*]}: $status, not '$says'"
			cat stdout stderr
			return 1
		fi
		rm -f stdout stderr
		count=$((count + 1))
	done
	[ "$count" -gt 5 ]
	diff -r -x beat -x stdout -x stderr -x config.yaml ../kept-"$BATS_TEST_NUMBER" .
}

@test "a configuration with an error" {
	printf 'apiVersion: writ/v1\nkind: Configuration\norganisations: []\n' >config.yaml
	chmod 600 config.yaml
	each '^config.yaml:3:1: error: unknown key "organisations"' <<-'END'
		validate|--config|config.yaml|manifests
		plan|--config|config.yaml|--live|live.yaml|manifests
		apply|--config|config.yaml|--live|live.yaml|--auto-approve|manifests
		apply|--config|config.yaml|--live|live.yaml|--resume
		import|--config|config.yaml|--live|live.yaml|--out|imported
		snapshot|--config|config.yaml|--live|live.yaml|--snapshot|repo/org
		snapshot|list|--config|config.yaml|--snapshot|repo/org
		drift|--config|config.yaml|--live|live.yaml|--base|repo/org
		drift|revert|--config|config.yaml|--live|live.yaml|--base|repo/org|--out|plan.json
		drift|accept|--config|config.yaml|--live|live.yaml|--base|repo/org|manifests
		restore|--config|config.yaml|--live|live.yaml|--from|repo/org
		why|asset-archiver|--config|config.yaml|--history|--org|acme
		who|storage-administrator|--config|config.yaml|--as-of|HEAD|--org|acme
		log|--config|config.yaml
		log|verify|--config|config.yaml
		undo|RUN|--config|config.yaml|--live|live.yaml
		rotate|asset-archiver|--config|config.yaml|manifests
	END
}

@test "manifests with an error" {
	sed -i 's/^spec:/sped:/' manifests/accounts/template-sync.yaml
	cp -R manifests ../kept-"$BATS_TEST_NUMBER"
	each 'manifests/accounts/template-sync.yaml:4:1: error: unknown key "sped"' <<-'END'
		validate|manifests
		plan|--live|live.yaml|manifests
		plan|--base|repo/org|--live|live.yaml|manifests
		apply|--live|live.yaml|--auto-approve|manifests
		drift|--live|live.yaml|--base|repo/org|manifests
		drift|accept|--live|live.yaml|--base|repo/org|manifests
		why|asset-archiver|all|manifests
		who|storage-administrator|manifests
		expiring|manifests
		rotate|asset-archiver|manifests
	END
}

@test "a file for the output that cannot be written" {
	each 'nowhere/out' <<-'END'
		validate|--format|json=nowhere/out|manifests
		plan|--live|live.yaml|--format|json=nowhere/out|manifests
		plan|--live|live.yaml|--out|nowhere/out|manifests
		snapshot|list|--snapshot|repo/org|--format|json=nowhere/out
		snapshot|diff|repo/org|live.yaml|--format|json=nowhere/out
		drift|--live|live.yaml|--base|repo/org|--format|json=nowhere/out
		drift|revert|--live|live.yaml|--base|repo/org|--out|nowhere/out
		restore|--live|live.yaml|--from|repo/org|--out|nowhere/out
		why|asset-archiver|all|manifests|--format|json=nowhere/out
		who|storage-administrator|manifests|--format|json=nowhere/out
		log|--format|json=nowhere/out
		log|verify|--format|json=nowhere/out
		undo|RUN|--live|live.yaml|--out|nowhere/out
		expiring|--format|json=nowhere/out|manifests
	END
}
