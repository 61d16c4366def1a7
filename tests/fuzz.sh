#!/bin/sh
# fuzz.sh SECONDS PROGRAM: one fuzzer, from a copy of its kept corpus, so that the tree stays as it is.
set -eu
seconds=$1 program=$2
name=${program##*/}
work=$program.work

rm -rf "$work"
mkdir -p "$work/corpus"
if [ -d "tests/fuzz/corpus/$name" ]; then cp -R "tests/fuzz/corpus/$name/." "$work/corpus/"; fi
set --
if [ -f "tests/fuzz/$name.dict" ]; then set -- "-dict=tests/fuzz/$name.dict"; fi

if ! "$program" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
	-print_final_stats=1 -artifact_prefix="$work/" "$@" "$work/corpus" >"$work/log" 2>&1; then
	tail -n 60 "$work/log"
	echo "fuzz $name: FAILED; the input is in $work"
	exit 1
fi
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log")
echo "fuzz $name: ${runs:?no executions were counted} executions, no crash"
