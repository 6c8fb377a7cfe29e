#!/usr/bin/env bash
# Runs every fuzzer of a folder for some seconds: run.sh BIN_DIR SECONDS. Closes with a ctest-like summary.
set -uo pipefail
bin=${1:?usage: run.sh BIN_DIR SECONDS} seconds=${2:-60}
here=$(cd "$(dirname "$0")" && pwd)
total=0 failed=0
for program in "$bin"/fuzz_*; do
    [[ -x $program ]] || continue
    name=${program##*/fuzz_}
    corpus=$bin/../corpus/$name
    mkdir -p "$corpus" "$bin/../findings"
    seeds=()
    [[ -d $here/corpus/$name ]] && seeds=("$here/corpus/$name")
    total=$((total + 1))
    if "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$bin/../findings/$name-" "$corpus" ${seeds[@]+"${seeds[@]}"} >"$bin/../$name.log" 2>&1; then
        echo "fuzz_$name: no finding in $seconds s ($(sed -n 's/^stat::number_of_executed_units: *//p' "$bin/../$name.log") runs)"
    else
        failed=$((failed + 1))
        echo "fuzz_$name: FINDING"
        tail -n 40 "$bin/../$name.log"
    fi
done
echo "$failed fuzzers failed out of $total"
((failed == 0))
