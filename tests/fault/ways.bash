# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# At which failpoints of those in the file `points` a process is stopped, and how it then ends.

# ways STEP: "N WAY STATUS", a line each: killed at every STEP-th; and at the first hit of each name
# (of every fourth, but with KILL_STEP=1 of each) it ends itself, and sleeps and goes on.
ways() {
	awk -v step="$1" -v each="$([ "${KILL_STEP:-}" = 1 ] && echo 1 || echo 4)" '
		(NR - 1) % step == 0 { print NR, ":kill", 137 }
		!seen[$0]++ && names++ % each == 0 {
			print NR, ":abort", 134
			print NR, ":sleep", 0
		}' points
}
