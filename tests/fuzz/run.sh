#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh PROGRAM FOLDER SECONDS: one fuzzer on a copy of its corpus; prints how many inputs it
# tried, or its last words.
set -eu
name=${1##*/}
work=$2/$name
rm -rf "$work"
mkdir -p "$work/corpus"
for corpus in "tests/fuzz/corpus/$name" "tests/fuzz/corpus/fuzz_$name"; do
	if [ -d "$corpus" ]; then cp -R "$corpus/." "$work/corpus/"; fi
done
dict=
if [ -f "tests/fuzz/$name.dict" ]; then dict=-dict=tests/fuzz/$name.dict; fi
leaks=detect_leaks=1
# libgit2 1.5 loses some bytes of a commit that it cannot parse
if [ "$name" = git ]; then leaks=detect_leaks=0; fi
# shellcheck disable=SC2086 # nothing is the point
if ! ASAN_OPTIONS=$leaks "$1" "-max_total_time=$3" -timeout=20 -rss_limit_mb=2048 \
	-print_final_stats=1 \
	"-artifact_prefix=$work/" $dict "$work/corpus" >"$work/log" 2>&1; then
	tail -n 60 "$work/log"
	echo "fuzz $name: FAILED, the input is in $work"
	exit 1
fi
count=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
echo "fuzz $name: $count executions, no crash"
