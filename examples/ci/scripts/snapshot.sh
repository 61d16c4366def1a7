#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once, and whenever somebody wants it: the organisation as it is, committed to the branch of the
# snapshots.
# shellcheck source=examples/ci/scripts/lib.sh
. "$(dirname -- "$0")/lib.sh"

records_open
ends snapshot --commit
exit "$status"
