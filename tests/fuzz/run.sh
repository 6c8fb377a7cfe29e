#!/usr/bin/env bash
# Runs every fuzzer of a folder for some seconds, as many side by side as there are processors: run.sh BIN_DIR SECONDS.
# Closes with a ctest-like summary.
set -uo pipefail
bin=${1:?usage: run.sh BIN_DIR SECONDS} seconds=${2:-60}
here=$(cd "$(dirname "$0")" && pwd)
export bin seconds here

one() {
    local name=${1##*/fuzz_}
    local corpus=$bin/../corpus/$name seeds=()
    mkdir -p "$corpus" "$bin/../findings"
    [[ -d $here/corpus/$name ]] && seeds=("$here/corpus/$name")
    if "$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$bin/../findings/$name-" "$corpus" ${seeds[@]+"${seeds[@]}"} >"$bin/../$name.log" 2>&1; then
        echo "fuzz_$name: no finding in $seconds s ($(sed -n 's/^stat::number_of_executed_units: *//p' "$bin/../$name.log") runs)"
    else
        printf 'fuzz_%s: FINDING\n%s\n' "$name" "$(tail -n 40 "$bin/../$name.log")"
    fi
}
export -f one

programs=()
for program in "$bin"/fuzz_*; do
    [[ -x $program ]] && programs+=("$program")
done
if ((${#programs[@]} == 0)); then
    echo "no fuzzers in $bin" >&2
    exit 1
fi
said=$(mktemp)
printf '%s\0' "${programs[@]}" | xargs -0 -r -n 1 -P "${FUZZ_JOBS:-$(nproc)}" bash -c 'one "$1"' _ | tee "$said"
good=$(grep -c ': no finding in ' "$said")
rm -f "$said"
echo "$((${#programs[@]} - good)) fuzzers failed out of ${#programs[@]}"
((good == ${#programs[@]}))
