#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0

setup() {
	load helper
	common_setup
	umask 022
	unset WRIT_CONFIG
	quickstart
}

@test "a configuration with every key is valid" {
	cp "$WRIT_ROOT/tests/data/config/full.yaml" full.yaml
	ends 0 validate --config full.yaml manifests
}

@test "every mistake in a configuration has its id and its place" {
	cp -R "$WRIT_ROOT/tests/data/bad-config" bad
	: >all
	for file in $(cd bad && echo *); do
		run_writ validate --config "bad/$file" manifests
		mistaken "$file" "bad/$file"
	done
	if [ "${GOLDEN:-}" = 1 ]; then cp all "$WRIT_ROOT/tests/cli/golden/config-bad"; fi
	diff -u "$WRIT_ROOT/tests/cli/golden/config-bad" all
}

@test "a file that others may write, or that is none, is not trusted" {
	cp "$WRIT_ROOT/tests/data/config/full.yaml" full.yaml
	for mode in 664 646 620; do
		chmod "$mode" full.yaml
		ends 1 validate --config full.yaml manifests
		grep -q '^full.yaml:1:1: error: .*may be written by others.*\[E0807\]' stderr
	done
	mkfifo fifo
	ends 1 validate --config fifo manifests
	grep -q '^fifo:1:1: error: .*not a regular file.*\[E0807\]' stderr
	ends 1 validate --config missing.yaml manifests
	grep -q 'reading the configuration: opening missing.yaml: No such file' stderr
}

@test "an organisation with live needs no orgId; of any other what there is is told" {
	printf '%s\n' 'apiVersion: writ/v1' 'kind: Configuration' 'organizations:' \
		'  - name: acne' '    live: live.yaml' '  - name: other' '    live: b.yaml' \
		>config.yaml
	chmod 600 config.yaml
	ends 1 plan --config config.yaml manifests
	grep -qF 'config.yaml has no organisation "acme"; did you mean "acne"?' stderr
	sed -i s/acne/lab/ config.yaml
	ends 1 plan --config config.yaml manifests
	grep -qF 'config.yaml has no organisation "acme"; it has "lab", "other"' stderr
	sed -i 's/provider: file/provider: adobe\n  orgId: 0123456789ABCDEF01234567@AdobeOrg/' \
		manifests/organization.yaml
	ends 1 plan --config config.yaml manifests
	grep -qF 'config.yaml has no organisation "acme"; it has "lab", "other"' stderr
	ends 0 plan --live live.yaml --config config.yaml manifests
	sed -i s/lab/acme/ config.yaml
	ends 0 plan --live live.yaml --config config.yaml manifests
	sed -i -e s/adobe/file/ -e /orgId/d manifests/organization.yaml
	ends 0 plan --config config.yaml manifests
}

@test "live of a configuration serves provider file, wherever the configuration is" {
	export HOME="$BATS_TEST_TMPDIR/home"
	unset XDG_CONFIG_HOME
	mkdir -p "$HOME/.config/writ"
	printf '%s\n' 'apiVersion: writ/v1' 'kind: Configuration' 'organizations:' \
		'  - name: acme' '    orgId: 0123456789ABCDEF01234567@AdobeOrg' \
		"    live: $PWD/live.yaml" \
		>"$HOME/.config/writ/config.yaml"
	chmod 600 "$HOME/.config/writ/config.yaml"
	ends 0 plan --live live.yaml --format json manifests
	cp stdout told
	ends 0 plan --format json manifests
	diff <(jq .changes told) <(jq .changes stdout)
	ends 0 apply --auto-approve --allow-remove 1 manifests
	ends 0 plan --detailed-exitcode manifests
	# What --live names needs no configuration, so a bad one that nobody named is not read.
	chmod 666 "$HOME/.config/writ/config.yaml"
	ends 0 plan --live live.yaml manifests
	ends 1 plan manifests
	grep -q E0807 stderr
}

@test "a manifest in place of a configuration is one error, however many documents it has" {
	acme live.yaml </dev/null
	acme two.yaml <<-'END'
		---
		apiVersion: writ/v1
		kind: AccessBundle
		metadata: {name: b}
		spec: {}
	END
	ends 1 validate --config two.yaml live.yaml
	[ "$(grep -c 'error:' stderr)" -eq 1 ]
	grep -q '^two.yaml:2:7: error: this is a manifest of kind Organization, not an operator.s conf' \
		stderr
}
