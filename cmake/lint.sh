#!/usr/bin/env bash
# Runs clang-tidy on this project's own sources: lint.sh CLANG_TIDY BUILD_DIR JOBS [REVISION]
# With a git revision only on what changed since.
set -euo pipefail
tidy=${1:-} build=${2:?usage: lint.sh CLANG_TIDY BUILD_DIR JOBS [REVISION]} jobs=${3:-2} revision=${4:-}
[[ -n $tidy ]] || { echo "lint: no clang-tidy on this machine (make setup)" >&2; exit 1; }
cd "$(dirname "$0")/.."

if [[ -n $revision ]]; then
    mapfile -t sources < <(git diff --name-only --diff-filter=d "$revision" -- 'src/*.cpp' 'tests/*.cpp' 'examples/*.cpp')
else
    mapfile -t sources < <(git ls-files --cached --others --exclude-standard -- 'src/*.cpp' 'tests/*.cpp' 'examples/*.cpp')
fi
wanted=()
for source in ${sources[@]+"${sources[@]}"}; do
    # Only what the build knows, and not Boost's sources.
    [[ $source != src/third_party/* ]] && grep -qF "$PWD/$source\"" "$build/compile_commands.json" && wanted+=("$source")
done
((${#wanted[@]})) || { echo "lint: nothing to do"; exit 0; }
# g++'s warning names are not all clang's.
set +e # grep finds nothing to show where all is well
printf '%s\0' "${wanted[@]}" |
    xargs -0 -n 1 -P "$jobs" "$tidy" --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option 2>&1 |
    grep -vE '^[0-9]+ warnings? generated|^Suppressed |^Use -header-filter'
statuses=("${PIPESTATUS[@]}")
((statuses[1] == 0)) || { echo "lint: clang-tidy found something"; exit 1; }
echo "lint: ${#wanted[@]} files clean"
