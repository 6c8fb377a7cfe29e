#!/usr/bin/env bash
# What a user's file pays: compile time of every public header alone, and of the documentation's 20-line bot.
# compile_times.sh BUILD_DIR [RUNS]: medians of RUNS (5) compilations with that build's flags, in CPU seconds: what
# else the machine does matters least so.
set -euo pipefail
build=${1:?usage: compile_times.sh BUILD_DIR [RUNS]} runs=${2:-5}
root=$(cd "$(dirname "$0")/../.." && pwd)
readonly header_budget=1.0 bot_budget=2.5
export CCACHE_DISABLE=1 LC_ALL=C TIMEFORMAT='%U %S'

# The flags of any file that includes only public headers.
command=$(grep -m 1 '"command":.*public_headers\.dir' "$build/compile_commands.json" |
    sed -E 's/^ *"command": "//; s/",$//; s/\\"/"/g; s/\\\\/\\/g; s/ -o .*//; s/ -M[DTF] ?[^ ]*//g')
[[ -n $command ]] || { echo "compile_times: $build has no header checks" >&2; exit 1; }

compile() { eval "$command -o /dev/null -c '$1'"; }

median() { # median FILE: of `runs` compilations
    local i
    for ((i = 0; i < runs; ++i)); do
        { time compile "$1" >/dev/null 2>&1; } 2>&1
    done | awk '{ print $1 + $2 }' | sort -n | sed -n "$((runs / 2 + 1))p"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
over=0
row() { # row FILE BUDGET NAME
    local mark='' seconds
    if ! compile "$1" >/dev/null 2>&1; then
        printf '%8s  %s\n' - "$3  does not compile"
        over=$((over + 1))
        return
    fi
    seconds=$(median "$1")
    if awk -v a="$seconds" -v b="$2" 'BEGIN { exit !(a > b) }'; then
        mark="  over $2"
        over=$((over + 1))
    fi
    printf '%6.2f s  %s%s\n' "$seconds" "$3" "$mark"
}

row "$root/tests/consumer/main.cpp" "$bot_budget" "a 20-line bot (tests/consumer/main.cpp)"
while read -r header; do
    # These two are allowed to be heavy.
    [[ $header != */beast.hpp && $header != */handle_client.hpp ]] || continue
    printf '#include <%s>\n' "$header" >"$scratch/one.cpp"
    row "$scratch/one.cpp" "$header_budget" "$header"
done < <(cd "$root/include" && find . -name '*.hpp' | sed 's|^\./||' | grep -vE '/(detail|impl)/|/src\.hpp$' | sort)
echo "$over over budget"
