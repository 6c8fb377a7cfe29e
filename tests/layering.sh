#!/usr/bin/env bash
# Layering test: who may include what. One line per violation; exit code 1 if there is any.
set -uo pipefail
cd "${1:?usage: layering.sh SOURCE_DIR}" || exit 2

violations=0
# forbid WHY PATTERN FILE...: no line of the files may match, comments apart
forbid() {
    local why=$1 pattern=$2 hits
    shift 2
    (($#)) || return 0
    hits=$(grep -nHE -- "$pattern" "$@" | grep -vE '^[^:]+:[0-9]+:[[:space:]]*(//|\*)')
    [[ -n $hits ]] || return 0
    printf '%s:\n%s\n' "$why" "$hits"
    violations=$((violations + $(wc -l <<<"$hits")))
}
files() { # files FOLDER... : sources below those of the folders that exist
    local folder
    for folder; do
        [[ -e $folder ]] && find "$folder" -type f \( -name '*.hpp' -o -name '*.ipp' -o -name '*.cpp' \)
    done
}
include() { printf '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"](%s)' "$1"; }

mapfile -t all < <(files include src examples tests/support tests/unit tests/integration tests/conformance tests/bench)
((${#all[@]})) || { echo "found no sources"; exit 1; }

# Each library includes only what stands left of it, and of that only what is public.
libraries=(fullon_log fullon_coro fullon_orm fullon_cache fullon_cache_api)
for ((i = 0; i < ${#libraries[@]}; ++i)); do
    library=${libraries[i]}
    mapfile -t sources < <(files "include/$library" "src/$library" "src/$library.cpp" "tests/unit/$library")
    others=$(printf '%s\n' "${libraries[@]}" | grep -vx "$library" | paste -sd '|')
    right=$(IFS='|'; echo "${libraries[*]:i+1}")
    [[ -z $right ]] || forbid "$library includes a library to its right" "$(include "($right)/")" "${sources[@]}"
    mapfile -t sources < <(files "include/$library" "src/$library" "src/$library.cpp")
    forbid "$library includes what another library keeps to itself" "$(include "($others)/(detail|impl)/")" "${sources[@]}"
done
mapfile -t sources < <(files src/programs examples)
forbid "a program includes what a library keeps to itself" "$(include '[a-z_]*/(detail|impl)/')" "${sources[@]}"

# Floors of fullon_cache_api, from the ground up: a room includes rooms of lower floors only, and itself. What stands on one
# line is on one floor. Public headers and types/ stand below all of them.
floors=(
    "wire"
    "catalogue net"
    "http metrics stream"
    "cache documents client feed"
    "answers calls"
    "rest compat"
    "session"
    "server"
)
rooms=include/fullon_cache_api/detail
above=$(printf '%s ' "${floors[@]}")
for floor in "${floors[@]}"; do
    for room in $floor; do
        others=$(tr ' ' '\n' <<<"$above" | grep -vx "$room" | grep . | paste -sd '|')
        mapfile -t sources < <(files "$rooms/$room")
        [[ -z $others ]] || forbid "$room includes a room that is not below it" "$(include "fullon_cache_api/detail/($others)/")" "${sources[@]}"
    done
    for room in $floor; do
        above=$(tr ' ' '\n' <<<"$above" | grep -vx "$room" | paste -sd ' ')
    done
done
for room in "$rooms"/*/; do
    grep -qw "$(basename "$room")" <<<"${floors[*]}" || { echo "$room stands on no floor"; violations=$((violations + 1)); }
done
mapfile -t sources < <(files include/fullon_cache_api/types)
forbid "types/ includes a room" "$(include 'fullon_cache_api/detail/')" "${sources[@]}"
while read -r count folder; do
    ((count <= 45)) || { echo "$folder holds $count files"; violations=$((violations + 1)); }
done < <(find include -type f -printf '%h\n' | sort | uniq -c)

# The API only reads: it knows the reading half of the caches.
mapfile -t sources < <(files include/fullon_cache_api src/fullon_cache_api)
forbid "fullon_cache_api includes a cache's writer" "$(include 'fullon_cache/(base|tick|account|orders|bot|trades|ohlcv|process|exchange|symbol)_cache\.hpp')" "${sources[@]}"
forbid "fullon_cache_api uses a cache's writer" '(^|[^_a-z])(tick|account|orders|bot|trades|ohlcv|process|exchange|symbol)_cache[^_a-z.]' "${sources[@]}"

# Logic is sans-io: wire/, types/, and every file whose first line says so.
mapfile -t sources < <(
    files include/fullon_cache_api/detail/wire include/fullon_cache_api/types
    for file in "${all[@]}"; do
        head -n 1 "$file" | grep -qi 'sans-io' && echo "$file"
    done
)
forbid "sans-io code includes Asio, Beast or Boost.Redis" "$(include 'boost/(asio|beast|redis)[/.]')" "${sources[@]}"

# Public headers stay light.
mapfile -t sources < <(files include | grep -vE '/(detail|impl)/|/src\.hpp$|^include/fullon_cache_api/beast\.hpp$')
forbid "public header includes Beast, Boost.Redis or spdlog" "$(include 'boost/(beast|redis)[/.]|spdlog/')" "${sources[@]}"
forbid "public header includes a stream library header" "$(include '(iostream|ostream|sstream|iomanip|fstream)>')" "${sources[@]}"

# Bodies are compiled once: nobody but src.hpp, another body and src/ includes them.
mapfile -t sources < <(files include | grep -vE '\.ipp$|/src\.hpp$')
forbid "a body is included by a header" "$(include '[^>"]*\.ipp')" "${sources[@]}"

forbid "a coroutine is spawned detached" 'asio::detached|[(, ]detached\)' "${all[@]}"

mapfile -t sources < <(files include src)
forbid "using namespace in a library" '^using namespace' "${sources[@]}"
for file in $(files include); do
    case $file in *.hpp) grep -q '^#pragma once' "$file" || forbid "header without #pragma once" . "$file" | head -n 2 ;; esac
    case $file in *.hpp) grep -q '^#pragma once' "$file" || violations=$((violations + 1)) ;; esac
done

if ((violations)); then
    echo "$violations violations"
    exit 1
fi
echo "${#all[@]} files, no violation"
