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

# Each library includes only what stands left of it.
libraries=(fullon_log fullon_orm fullon_cache fullon_cache_api)
for ((i = 0; i < ${#libraries[@]}; ++i)); do
    library=${libraries[i]}
    right=$(IFS='|'; echo "${libraries[*]:i+1}")
    [[ -n $right ]] || continue
    mapfile -t sources < <(files "include/$library" "src/$library" "src/$library.cpp" "tests/unit/$library")
    forbid "$library includes a library to its right" "$(include "($right)/")" "${sources[@]}"
done

# The API only reads: it knows the reading half of the caches.
mapfile -t sources < <(files include/fullon_cache_api src/fullon_cache_api)
forbid "fullon_cache_api includes a cache's writer" "$(include 'fullon_cache/(base|tick|account|orders|bot|trades|ohlcv|process|exchange|symbol)_cache\.hpp')" "${sources[@]}"
forbid "fullon_cache_api uses a cache's writer" '(^|[^_a-z])(tick|account|orders|bot|trades|ohlcv|process|exchange|symbol)_cache[^_a-z.]' "${sources[@]}"

# Logic is sans-io: protocol/, and every file whose first line says so.
mapfile -t sources < <(
    files include/fullon_*/protocol
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
mapfile -t sources < <(files include | grep -vE '/impl/|/src\.hpp$')
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
