#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a runner needs before the other steps: the programs, and the operator's configuration in a
# place that the checkout does not reach. WRIT_CONFIG_TEXT is the configuration, WRIT_KNOWN_HOSTS
# the keys of the host of the records.
# shellcheck source=examples/ci/scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

for program in writ git jq tar "$site_program"; do
	command -v "$program" >/dev/null || {
		say "$program is not installed on this runner"
		exit 1
	}
done
writ version
if [ -n "${WRIT_CONFIG_TEXT:-}" ]; then
	printf '%s\n' "$WRIT_CONFIG_TEXT" >"$WRIT_HOME/config.yaml"
	chmod 600 "$WRIT_HOME/config.yaml"
	writ validate --log quiet --config "$WRIT_HOME/config.yaml" "$MANIFESTS" \
		>"$WRIT_HOME/said" 2>&1 ||
		grep -F config.yaml "$WRIT_HOME/said" >&2 || :
fi
if [ -n "${WRIT_KNOWN_HOSTS:-}" ]; then
	printf '%s\n' "$WRIT_KNOWN_HOSTS" >"$WRIT_HOME/known_hosts"
	mkdir -p "$HOME/.ssh"
	cat "$WRIT_HOME/known_hosts" >>"$HOME/.ssh/known_hosts"
fi
