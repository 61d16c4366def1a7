#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every night: what somebody changed beside the manifests. One issue says so; it is rewritten as
# long as there is drift, and closed when there is none.
# shellcheck source=examples/ci/scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

records_open
ends drift --format "json=$results/drift.json" --format "markdown=$results/drift.md" \
	--max-bytes "$comment_bytes" \
	"$MANIFESTS"
case $status in
0) site_issue_close drift: 'No drift is left.' ;;
2) site_issue drift: 'Permissions were changed beside the manifests' "$results/drift.md" &&
	status=0 ;;
esac
exit "$status"
