#!/usr/bin/env bash
# The long runs, one after the other: nightly.sh BIN_DIR FUZZ_BIN_DIR. Each ends in its own time; a summary at the end.
# NIGHTLY_PROPERTY_SECONDS, NIGHTLY_SERVICES_SECONDS, NIGHTLY_SOAK_SECONDS, NIGHTLY_FAULT_SECONDS (at most), FUZZ_SECONDS (each
# fuzzer),
# NIGHTLY_CONAN_SECONDS, NIGHTLY_BENCH_SECONDS, NIGHTLY_COVERAGE_SECONDS (at most); 0 leaves a part out.
set -uo pipefail
bin=${1:?usage: nightly.sh BIN_DIR FUZZ_BIN_DIR} fuzz_bin=${2:?usage: nightly.sh BIN_DIR FUZZ_BIN_DIR}
here=$(cd "$(dirname "$0")" && pwd)
property=${NIGHTLY_PROPERTY_SECONDS:-1800} soak=${NIGHTLY_SOAK_SECONDS:-600} faults=${NIGHTLY_FAULT_SECONDS:-3600}
shrink=${PROPERTY_SHRINK_SECONDS:-600} services=${NIGHTLY_SERVICES_SECONDS:-3600}
fuzz=${FUZZ_SECONDS:-1800} conan=${NIGHTLY_CONAN_SECONDS:-5400} bench=${NIGHTLY_BENCH_SECONDS:-3600}
coverage=${NIGHTLY_COVERAGE_SECONDS:-7200}
unset PROPERTY_SECONDS PROPERTY_SHRINK_SECONDS # `make coverage` runs the same program, for its usual time
logs=$bin/../nightly
mkdir -p "$logs"
summary=() failed=0

# run NAME LIMIT COMMAND...: with everything it says in a file; killed after LIMIT seconds.
run() {
    local name=$1 limit=$2 begin=$SECONDS outcome=passed
    shift 2
    echo "== $name"
    timeout --kill-after=30 "$limit" "$@" >"$logs/$name.log" 2>&1
    local code=$?
    if ((code != 0)); then
        outcome="FAILED ($code$( ((code == 124)) && echo ", not done in $limit s"))"
        failed=$((failed + 1))
        tail -n 60 "$logs/$name.log"
    fi
    summary+=("$(printf '%-10s %6d s  %s' "$name" $((SECONDS - begin)) "$outcome")")
}

if ((property > 0)); then
    run property $((property + shrink + 300)) \
        env PROPERTY_SECONDS="$property" PROPERTY_SHRINK_SECONDS="$shrink" "$bin/property_tests"
    grep ' schedules of ' "$logs/property.log"
fi
if ((services > 0)); then
    run services $((services + 300)) env SERVICES_SECONDS="$services" "$bin/services_tests"
    grep ' elements, ' "$logs/services.log"
fi
if ((soak > 0)); then
    run soak $((soak + 300)) "$bin/soak" "$soak"
    grep -E 'MiB|^soak' "$logs/soak.log"
fi
if ((faults > 0)) && [[ -x $bin/fault_tests ]]; then
    run faults "$faults" "$bin/fault_tests" '[.nightly]' --allow-running-no-tests
fi
if ((fuzz > 0)); then
    count=$(find "$fuzz_bin" -name 'fuzz_*' -type f -perm -u+x | wc -l)
    run fuzzers $((count * (fuzz + 120) + 60)) "$here/fuzz/run.sh" "$fuzz_bin" "$fuzz"
    grep '^fuzz_' "$logs/fuzzers.log"
fi
if ((conan > 0)); then
    run conan "$conan" make -C "$here/.." conan
    grep -E '^(skipped:|conan: .* passed)' "$logs/conan.log"
fi
if ((bench > 0)); then
    run bench "$bench" make -C "$here/.." bench
fi
if ((coverage > 0)); then
    run coverage "$coverage" make -C "$here/.." coverage
    grep -E '^(lines|branches)' "$logs/coverage.log"
fi

echo "== nightly"
((${#summary[@]} == 0)) || printf '%s\n' "${summary[@]}"
echo "$failed parts failed out of ${#summary[@]}; what they said: $logs"
((failed == 0))
