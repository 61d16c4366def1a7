#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Planning and applying, with system calls that fail.
# an apply makes many calls, and each that fails is followed by another apply
FAULT_STEP=${FAULT_STEP:-23}
# shellcheck source=tests/fault/calls.bash
. "${WRIT_ROOT:-.}/tests/fault/calls.bash"

converged() {
	again 0 apply --live live.yaml --auto-approve --allow-remove 1 manifests && same live.yaml
}

applied() {
	case $status in
	1) unchanged live.yaml || return ;;
	5) again 0 apply --live live.yaml --resume && same live.yaml || return ;;
	*) same live.yaml || return ;;
	esac
	converged
}

applied_file() {
	case $status in
	1) unchanged live.yaml && again 0 apply --live live.yaml --plan plan.json &&
		same live.yaml || return ;;
	5) again 0 apply --live live.yaml --resume && same live.yaml || return ;;
	*) same live.yaml || return ;;
	esac
	converged
}

prepare quickstart/manifests quickstart/live.yaml
in_folder case plan --live live.yaml --allow-remove 1 --out plan.json manifests >/dev/null
ready
expect apply --live live.yaml --auto-approve --allow-remove 1 manifests
each_fault 'apply of manifests' applied apply --live live.yaml --auto-approve --allow-remove 1 \
	manifests
each_fault 'apply of a plan' applied_file apply --live live.yaml --plan plan.json

planned() {
	[ ! -e case/other.json ] || same other.json || return
	[ "$status" -ne 2 ] || same other.json || return
	again 2 plan --live live.yaml --allow-remove 1 --detailed-exitcode --out other.json \
		manifests && same other.json
}

expect plan --live live.yaml --allow-remove 1 --detailed-exitcode --out other.json manifests
each_fault 'plan --out' planned plan --live live.yaml --allow-remove 1 \
	--detailed-exitcode --out other.json manifests

resumed() {
	[ "$status" -ne 0 ] || same live.yaml || return
	again 0 apply --live live.yaml --resume && same live.yaml && converged
}

prepare quickstart/manifests quickstart/live.yaml
# shellcheck disable=SC2030,SC2031 # of that run alone
(
	writ=${WRIT_FAILPOINT_BIN:-$(dirname "$writ")/failpoint/writ}
	export WRIT_FAILPOINT=apply-before-send:2
	in_folder case apply --live live.yaml --auto-approve --allow-remove 1 manifests
) >/dev/null 2>&1
ready
expect apply --live live.yaml --resume
each_fault 'apply --resume' resumed apply --live live.yaml --resume

plan_tests
