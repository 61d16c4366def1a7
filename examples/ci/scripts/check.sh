#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Any pull request, also one of a fork: what can be said of it without a secret. The manifests are
# validated, and planned against the committed snapshot. Findings and changes stand on their lines.
# shellcheck source=examples/ci/scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

unset WRIT_CONFIG
# shellcheck disable=SC2046 # words, one an option
ends validate $(site_formats validate) "$MANIFESTS"
site_report validate
[ "$status" -eq 0 ] || exit "$status"
if ! snapshot_into "$WRIT_HOME/base.d"; then
	say "no snapshot is committed at $RECORDS_BRANCH: the manifests are valid, and nothing is planned"
	exit 0
fi
# shellcheck disable=SC2046
ends plan --base "$WRIT_HOME/base.d" --out "$results/plan.json" --format "html=$results/plan.html" \
	$(site_formats plan) "HEAD:$MANIFESTS"
site_report validate plan
exit "$status"
