#!/usr/bin/env bash
# `conan create` for real, with a program that uses the package:
# run.sh WORK_DIR [static|shared|header_only]...
# The client is the one on PATH, or it comes from PyPI into WORK_DIR/venv. It keeps everything below WORK_DIR,
# and never asks a registry of Conan packages: recipes/ wraps what cmake/setup.sh installed.
# JOBS: compilers at a time; CONAN_SECONDS: at most, for each package.
# Exit codes: 0 fine, 77 skipped (it says why), others not fine.
set -euo pipefail

readonly client=conan==2.34.0
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
mkdir -p "${1:?usage: run.sh WORK_DIR [static|shared|header_only]...}"
work=$(cd "$1" && pwd)
shift
(($#)) || set -- static
limit=${CONAN_SECONDS:-1800}

skip() {
    printf 'skipped: %s\n' "$*"
    exit 77
}
fail() {
    printf 'conan: %s\n' "$*" >&2
    exit 1
}

for kind; do
    [[ $kind =~ ^(static|shared|header_only)$ ]] || { echo "run.sh: unknown: $kind" >&2; exit 2; }
done

# ---- the client --------------------------------------------------------------------------------------------

is_conan2() { [[ $("$1" --version 2>/dev/null) == "Conan version 2."* ]]; }

export CONAN_HOME=$work/home # before the first call: even --version writes there
if is_conan2 conan; then
    conan=conan
else
    venv=$work/venv conan=$work/venv/bin/conan
    if [[ $(cat "$venv/.client" 2>/dev/null) != "$client" ]] || ! is_conan2 "$conan"; then
        command -v python3 >/dev/null || skip "no conan 2 here, and no python3 to get it with"
        rm -rf "$venv"
        timeout 120 python3 -m venv "$venv" >"$work/client.log" 2>&1 ||
            skip "no conan 2 here, and python3 cannot make a venv for it ($work/client.log)"
        timeout 300 "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 20 \
            "$client" >"$work/client.log" 2>&1 ||
            skip "no conan 2 here, and pip could not get $client ($work/client.log)"
        printf '%s\n' "$client" >"$venv/.client"
    fi
    is_conan2 "$conan" || skip "$conan does not run"
fi
echo "conan: $("$conan" --version)"

# ---- its home ----------------------------------------------------------------------------------------------

# The compiler is $CXX, where that is set: the client would look at $CC first, and nothing here is C.
[[ -z ${CXX:-} ]] || unset CC
mkdir -p "$CONAN_HOME/profiles"
printf '{"remotes": []}\n' >"$CONAN_HOME/remotes.json"
"$conan" profile detect --force >"$work/profile.log" 2>&1 || { cat "$work/profile.log"; fail "no profile"; }
[[ $("$conan" remote list 2>/dev/null) != *http* ]] || fail "there is a registry that could be asked"

# Where cmake/setup.sh looks, in its order. The build itself gets these folders from the recipes alone.
roots=$(tr ';' ':' <<<"${CMAKE_PREFIX_PATH:-}"):$("$project/cmake/setup.sh" --print-prefix):/usr/local:/usr
export FULLON_CONAN_ROOTS=$roots
unset CMAKE_PREFIX_PATH

if command -v ccache >/dev/null; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
    export CCACHE_BASEDIR=$CONAN_HOME CCACHE_NOHASHDIR=1 # every build stands in a folder of a new name
fi

# What is tested is the recipe, not the optimiser.
settings=(-s build_type=Debug -s compiler.cppstd=20
    -c tools.cmake.cmaketoolchain:generator=Ninja
    -c "tools.cmake.cmaketoolchain:extra_variables={'CMAKE_CXX_FLAGS_DEBUG': '-O0'}"
    -c "tools.cmake.cmake_layout:test_folder=$work/test_package"
    -c "tools.build:jobs=${JOBS:-$(nproc)}")

"$conan" remove '*' --confirm >/dev/null 2>&1 || fail "cannot empty $CONAN_HOME"
rm -rf "$work/test_package"
"$conan" export "$here/recipes/installed" >"$work/recipes.log" 2>&1 ||
    { cat "$work/recipes.log"; fail "no common part of the recipes"; }
for dependency in boost openssl fmt spdlog; do
    options=()
    [[ $dependency != boost ]] || options=(-o '&:header_only=True') # what the recipe asks for
    timeout 120 "$conan" create "$here/recipes/$dependency" --no-remote "${settings[@]}" \
        ${options[@]+"${options[@]}"} >"$work/recipes.log" 2>&1 ||
        { cat "$work/recipes.log"; fail "no package of $dependency"; }
done

# ---- the packages ------------------------------------------------------------------------------------------

# check KIND LOG: the package is what it says, and its parts came from Conan.
check() {
    local kind=$1 log=$2 target packaged
    packaged=$(grep -F 'package(): Packaged' "$log" || true)
    case $kind in
    static) [[ $packaged == *" 7 '.a' files"* && $packaged != *".so"* ]] ;;
    shared) [[ $packaged == *" 7 '.so' files"* && $packaged != *"'.a' file"* ]] ;;
    header_only) [[ $packaged == *"'.ipp' files"* && $packaged != *"'.a' file"* && $packaged != *".so"* ]] ;;
    esac || fail "the $kind package has other files: $packaged"
    for target in Boost::headers OpenSSL::SSL OpenSSL::Crypto fmt::fmt spdlog::spdlog; do
        grep -qF "declared '$target'" "$log" || fail "$kind: $target is not Conan's"
    done
    [[ $kind == header_only ]] || grep -qE "^-- Boost [0-9.]+ \($CONAN_HOME/" "$log" ||
        fail "$kind: the libraries' Boost is not Conan's"
}

for kind; do
    options=()
    [[ $kind == static ]] || options=(-o "&:$kind=True")
    begin=$SECONDS
    timeout --kill-after=30 "$limit" "$conan" create "$project" --no-remote "${settings[@]}" \
        ${options[@]+"${options[@]}"} 2>&1 | tee "$work/$kind.log" || fail "$kind failed ($work/$kind.log)"
    check "$kind" "$work/$kind.log"
    echo "conan: $kind passed, $((SECONDS - begin)) s"
done
