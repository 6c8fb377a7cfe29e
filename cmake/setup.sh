#!/usr/bin/env bash
# Installs, or unpacks into a private prefix, whatever the build needs and this machine lacks.
#
# Distribution packages come from the system's own apt. Where the distribution's Boost and Catch2 are too old
# (Debian 12), Debian 13's Boost headers and the backport of Catch2 are unpacked into a private prefix, through
# a temporary apt configuration that uses the mirror already set up here and leaves the system's own alone.

set -euo pipefail
export LC_ALL=C # the words of apt are read below

readonly min_boost=108600 min_gcc=12 min_clang=15 min_cmake=3.25
readonly preferred_clang=19 # the newest of Debian 12: one clang-format, hence one format, on every machine

usage() {
    cat <<'TEXT'
usage: cmake/setup.sh [--prefix DIR] [--tools] [--docs-tools] [--print-prefix] [--help]

Installs what the build needs and is missing; asks nothing; does nothing when nothing is missing.
Run it as root, or as a user who may use sudo (only package installation needs it). Without these rights it prints the
line that an administrator can paste.

  --prefix DIR     private prefix for what the distribution has too old
                   (default: ${XDG_CACHE_HOME:-$HOME/.cache}/fullon_cache_api/prefix)
  --tools          also what no build needs, as far as it can be had: clang (sanitizers, fuzzers), clang-format,
                   clang-tidy, ccache, gcovr, Google Benchmark
  --docs-tools     the same, and what checks the living documents: validators, a property-based tester, Chromium
  --print-prefix   print the private prefix, for CMAKE_PREFIX_PATH, and do nothing else
  --help           this text

Exit code: 0 all that is required is there; 1 something required could not be had; 2 wrong usage.
TEXT
}

say() { printf 'setup: %s\n' "$*"; }
complain() { printf 'setup: %s\n' "$*" >&2; }

# Under `sudo cmake/setup.sh` the prefix belongs to the caller, who will build, not to root.
default_prefix() {
    local home=${HOME:-/root}
    if [[ $EUID == 0 && -n ${SUDO_USER:-} && $SUDO_USER != root ]]; then
        home=$(getent passwd "$SUDO_USER" | cut -d: -f6)
        printf '%s/.cache/fullon_cache_api/prefix\n' "$home"
    else
        printf '%s/fullon_cache_api/prefix\n' "${XDG_CACHE_HOME:-$home/.cache}"
    fi
}

prefix='' print_only=no tools_wanted=no docs_tools_wanted=no
while (($#)); do
    case $1 in
    --prefix)
        (($# > 1)) && [[ -n $2 ]] || { complain "--prefix needs a folder"; exit 2; }
        prefix=$2
        shift
        ;;
    --prefix=?*) prefix=${1#--prefix=} ;;
    --print-prefix) print_only=yes ;;
    --tools) tools_wanted=yes ;;
    --docs-tools) tools_wanted=yes docs_tools_wanted=yes ;;
    -h | --help) usage; exit 0 ;;
    *) complain "unknown argument: $1"; usage >&2; exit 2 ;;
    esac
    shift
done
[[ -n $prefix ]] || prefix=$(default_prefix)
[[ $prefix == /* ]] || prefix=$PWD/$prefix
prefix=${prefix%/}
if [[ $print_only == yes ]]; then
    printf '%s\n' "$prefix"
    exit 0
fi

# ---- what is here -------------------------------------------------------------------------------------------

# Folders in which CMake will look, in its order.
IFS=':;' read -r -a search <<<"${CMAKE_PREFIX_PATH:-}"
search=("${search[@]}" "$prefix" /usr/local /usr)

has_command() { command -v "$1" >/dev/null 2>&1; }

has_file() { # has_file GLOB: below one of the folders
    local root found
    for root in "${search[@]}"; do
        [[ -n $root ]] || continue
        for found in "$root"/$1; do
            [[ -e $found ]] && return 0
        done
    done
    return 1
}

version_at_least() { # version_at_least HAVE WANT
    [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

has_gcc() { has_command g++ && version_at_least "$(g++ -dumpfullversion -dumpversion)" "$min_gcc"; }
has_cmake() { has_command cmake && version_at_least "$(cmake --version | sed -n '1s/.* //p')" "$min_cmake"; }

has_boost_in() { # has_boost_in ROOT: new enough headers and the CMake package
    local line config
    [[ -r $1/include/boost/version.hpp ]] || return 1
    line=$(grep -E '^#define BOOST_VERSION [0-9]+' "$1/include/boost/version.hpp") || return 1
    line=${line#\#define BOOST_VERSION }
    ((${line%%[!0-9]*} >= min_boost)) || return 1
    for config in "$1"/lib/cmake/Boost-*/BoostConfig.cmake "$1"/lib/*/cmake/Boost-*/BoostConfig.cmake; do
        [[ -e $config ]] && return 0
    done
    return 1
}

has_catch2_in() { # a Catch2 of version 3: version 2 has no such header
    local config
    [[ -r $1/include/catch2/catch_test_macros.hpp ]] || return 1
    for config in "$1"/lib/cmake/Catch2/Catch2Config.cmake "$1"/lib/*/cmake/Catch2/Catch2Config.cmake \
        "$1"/share/cmake/Catch2/Catch2Config.cmake; do
        [[ -e $config ]] && return 0
    done
    return 1
}

in_some_root() { # in_some_root TEST
    local root
    for root in "${search[@]}"; do
        [[ -n $root ]] && "$1" "$root" && return 0
    done
    return 1
}

# What is made under sudo belongs to the user all the same.
give_to_user() { # give_to_user PATH...
    [[ $EUID != 0 || -z ${SUDO_UID:-} ]] || chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$@"
}
make_folder() { # make_folder DIR: and those above that are missing
    local folder=$1 first=''
    while [[ ! -e $folder ]]; do
        first=$folder
        folder=$(dirname "$folder")
    done
    mkdir -p "$1"
    [[ -z $first ]] || give_to_user "$first"
}
mark_prefix() { # as this script's own
    make_folder "$prefix"
    [[ -e $prefix/.fullon_cache_api ]] || { : >"$prefix/.fullon_cache_api" && give_to_user "$prefix/.fullon_cache_api"; }
}

has_boost() { in_some_root has_boost_in; }
has_catch2() { in_some_root has_catch2_in; }

has_clang_tool() { # has_clang_tool NAME: any version from min_clang on, also when it stands outside PATH's names
    local version
    for version in $(seq 30 -1 "$min_clang"); do
        has_command "$1-$version" && return 0
    done
    has_command "$1" && version_at_least "$("$1" --version | grep -oE '[0-9]+\.[0-9.]+' | head -n 1)" "$min_clang"
}
has_clang() { has_clang_tool clang++; }
has_clang_rt() {
    local found
    for found in /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a; do
        [[ -e $found ]] && return 0
    done
    return 1
}

# ---- getting it ---------------------------------------------------------------------------------------------

work='' # temporary folder
policy_written=no
finish() {
    local code=$?
    trap - EXIT
    [[ $policy_written == no ]] || as_root rm -f /usr/sbin/policy-rc.d || true
    [[ -z $work ]] || rm -rf "$work" || true
    exit "$code"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# Whether packages can be installed; sudo is asked once, in the way that as_root() uses it.
rights=''
may_install() {
    if [[ -z $rights ]]; then
        rights=no
        if [[ $EUID == 0 ]] || { has_command sudo && sudo env true; }; then
            rights=yes
        fi
    fi
    [[ $rights == yes ]]
}
as_root() {
    if [[ $EUID == 0 ]]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

updated=no
apt_update() { # once, and only when something is missing
    [[ $updated == no ]] && may_install || return 0
    updated=yes
    say "reading the package lists"
    as_root apt-get -q -o DPkg::Lock::Timeout=300 update >/dev/null ||
        complain "apt-get update failed; going on with the package lists that are here"
}

available() { # available PACKAGE: apt has something to install
    local candidate
    candidate=$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p')
    [[ -n $candidate && $candidate != '(none)' ]]
}

apt_install() {
    as_root apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install "$@" </dev/null
}

# Packages such as redis-server start a service as they are installed; only the binary is wanted here.
forbid_services() {
    [[ ! -e /usr/sbin/policy-rc.d ]] || return 0
    policy_written=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee /usr/sbin/policy-rc.d >/dev/null
    as_root chmod 755 /usr/sbin/policy-rc.d
}

to_paste=() # what an administrator has to install

install_packages() { # install_packages required|optional PACKAGE...: never fails; the end of the script looks
    local kind=$1 package
    local -a wanted=()
    shift
    (($#)) || return 0
    if ! has_command apt-get; then
        complain "no apt-get here; install by hand ($kind): $*"
        return 0
    fi
    if ! may_install; then
        to_paste+=("$@")
        return 0
    fi
    apt_update
    for package; do
        if available "$package"; then
            wanted+=("$package")
        else
            complain "apt offers no package $package"
        fi
    done
    ((${#wanted[@]})) || return 0
    forbid_services || return 0
    say "installing ($kind): ${wanted[*]}"
    if ! apt_install "${wanted[@]}"; then
        complain "together they failed; trying one by one"
        for package in "${wanted[@]}"; do
            apt_install "$package" || complain "could not install $package"
        done
    fi
}

distribution() { (. /etc/os-release 2>/dev/null && printf '%s %s\n' "${ID:-unknown}" "${VERSION_CODENAME:-unknown}"); }

# The package of a Boost that is new enough in the distribution itself, or nothing.
distribution_boost() {
    local package version
    for package in libboost-dev $(apt-cache pkgnames libboost1. | grep -E '^libboost1\.[0-9]+-dev$' | sort -V -r); do
        version=$(apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
        version=${version#*:}
        if [[ $version == [0-9]* ]] && version_at_least "${version%%[-+~]*}" 1.86; then
            printf '%s\n' "$package"
            return
        fi
    done
}

distribution_catch2() {
    local package version
    for package in catch2 libcatch2-dev; do
        version=$(apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
        if [[ $version == 3.* ]]; then
            printf '%s\n' "$package"
            return
        fi
    done
}

# "URI KEYRING" of the Debian archive this system already uses; the keyring may be missing.
debian_source() {
    local codename=$1 uri file keyring=''
    uri=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CODENAME) $(COMPONENT)' 'Identifier: Packages' |
        awk -v suite="$codename" '($2 == suite || $3 == suite) && $4 == "main" { print $1; exit }')
    [[ -n $uri ]] || return 1
    uri=${uri%/}
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
        [[ -r $file ]] && grep -qF "$uri" "$file" || continue
        # Both notations; in a .sources file the stanza that names this URI.
        keyring=$(awk -v uri="$uri" -v RS= 'index($0, uri) && match(tolower($0), /signed-by[:=][ \t]*[^] \t\n]+/) {
            value = substr($0, RSTART, RLENGTH); sub(/^[^:=]*[:=][ \t]*/, "", value); print value; exit }' "$file")
        [[ -z $keyring ]] || break
    done
    if [[ $keyring != /* || ! -r $keyring ]]; then
        keyring=/usr/share/keyrings/debian-archive-keyring.gpg
        [[ -r $keyring ]] || keyring=''
    fi
    printf '%s %s\n' "$uri" "$keyring"
}

# Fills the private prefix on Debian 12. All or nothing: built beside its place, then moved there.
unpack_prefix() {
    local codename=$1 source uri keyring options package stage old
    source=$(debian_source "$codename") || {
        complain "found no Debian mirror in the apt sources of this system"
        return 1
    }
    read -r uri keyring <<<"$source"
    if [[ -e $prefix && ! -e $prefix/.fullon_cache_api && -n $(ls -A "$prefix" 2>/dev/null) ]]; then
        complain "$prefix is neither empty nor made by this script: choose another with --prefix"
        return 1
    fi

    options="target=Packages"
    [[ -z $keyring ]] || options+=" signed-by=$keyring"
    work=$(mktemp -d)
    mkdir -p "$work"/{state/lists/partial,cache/archives/partial,debs,none}
    : >"$work/state/status"
    printf 'deb [%s] %s %s main\n' "$options" "$uri" trixie "$options" "$uri" "$codename-backports" >"$work/sources.list"
    # Read after the system's configuration, so that its proxies still hold.
    cat >"$work/apt.conf" <<TEXT
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "$work/none";
Dir::Etc::preferences "$work/preferences";
Dir::Etc::preferencesparts "$work/none";
Dir::State "$work/state";
Dir::State::status "$work/state/status";
Dir::Cache "$work/cache";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
TEXT
    say "fetching Boost and Catch2 for $prefix"
    (
        cd "$work/debs"
        apt-get -q -c "$work/apt.conf" update >/dev/null
        apt-get -q -c "$work/apt.conf" download libboost1.88-dev/trixie "libcatch2-dev/$codename-backports"
    ) || {
        complain "could not fetch Boost and Catch2"
        return 1
    }

    make_folder "$(dirname "$prefix")"
    stage=$prefix.new.$$
    old=$prefix.old.$$
    rm -rf "$stage"
    mkdir "$stage"
    for package in "$work"/debs/*.deb; do
        dpkg-deb -x "$package" "$stage" || { rm -rf "$stage"; return 1; }
    done
    # No `usr` level: the prefix itself is what goes into CMAKE_PREFIX_PATH.
    mv "$stage"/usr/* "$stage"/
    rm -rf "${stage:?}/usr" "${stage:?}/share/doc"
    (cd "$work/debs" && ls -- *.deb) >"$stage/.fullon_cache_api"
    if ! has_boost_in "$stage" || ! has_catch2_in "$stage"; then
        complain "the fetched packages hold no usable Boost and Catch2: $(tr '\n' ' ' <"$stage/.fullon_cache_api")"
        rm -rf "$stage"
        return 1
    fi
    give_to_user "$stage"
    [[ ! -e $prefix ]] || mv "$prefix" "$old"
    mv "$stage" "$prefix"
    rm -rf "$old" "$work"
    work=''
}

# ---- documentation pages --------------------------------------------------------------------------------------

readonly documentation=$prefix/share/fullon_cache_api/documentation
readonly swagger_ui=swagger-ui-dist-5.35.0 redoc=redoc-2.5.4
readonly swagger_ui_sum=1b8e891893404ea4c3558b6a87e2a3e494e7eedba41168c2ece5800a391a6ea6
readonly redoc_sum=44922df4d0eb45c1b066c09ec251e6bd9bd7ded16bc69e87613337b9d911a56e

has_documentation() { [[ -e $documentation/.$swagger_ui && -e $documentation/.$redoc ]]; }

# Swagger UI and Redoc, from their npm packages, with their licences. The build does without them.
fetch_documentation() {
    local stage=$documentation.new.$$ package file
    work=$(mktemp -d)
    say "fetching $swagger_ui and $redoc for the documentation pages"
    (cd "$work" && timeout 120 npm pack --silent --fetch-retries=1 "${swagger_ui%-*}@${swagger_ui##*-}" "${redoc%-*}@${redoc##*-}") \
        >/dev/null 2>&1 || { complain "npm could not fetch them"; return 1; }
    (cd "$work" && sha256sum --check --quiet - <<<"$swagger_ui_sum  $swagger_ui.tgz
$redoc_sum  $redoc.tgz") || { complain "they are not what they should be"; return 1; }
    mark_prefix
    make_folder "$(dirname "$documentation")"
    rm -rf "$stage"
    mkdir -p "$stage"/{docs,redoc}
    for package in "$swagger_ui" "$redoc"; do
        mkdir "$work/$package"
        tar -xzf "$work/$package.tgz" -C "$work/$package" || return 1
        : >"$stage/.$package"
    done
    for file in swagger-ui-bundle.js swagger-ui.css swagger-ui-bundle.js.LICENSE.txt LICENSE NOTICE; do
        cp "$work/$swagger_ui/package/$file" "$stage/docs/" || return 1
    done
    for file in bundles/redoc.standalone.js bundles/redoc.standalone.js.LICENSE.txt LICENSE; do
        cp "$work/$redoc/package/$file" "$stage/redoc/" || return 1
    done
    chmod -R u=rwX,go=rX "$stage"
    give_to_user "$stage"
    rm -rf "$documentation" "$work"
    work=''
    mv "$stage" "$documentation"
}

# ---- one thing after the other ------------------------------------------------------------------------------

required=()
optional=()

has_command make || required+=(make)
has_gcc || required+=(g++)
has_cmake || required+=(cmake)
has_command ninja || required+=(ninja-build)
has_file 'include/openssl/ssl.h' || required+=(libssl-dev)
has_file 'include/fmt/core.h' || required+=(libfmt-dev)
has_file 'include/spdlog/spdlog.h' || required+=(libspdlog-dev)
has_file 'include/CLI/CLI.hpp' || required+=(libcli11-dev)
redis_was_here=yes
has_command redis-server || { required+=(redis-server) && redis_was_here=no; }
install_packages required ${required[@]+"${required[@]}"}

if [[ $redis_was_here == no ]] && has_command redis-server && has_command systemctl; then
    as_root systemctl disable redis-server >/dev/null 2>&1 || true # it would start at the next boot
fi

if ! has_boost || ! has_catch2; then
    if has_command apt-get; then
        apt_update
        read -r id codename <<<"$(distribution)"
        boost_package=$(distribution_boost)
        catch2_package=$(distribution_catch2)
        if [[ -n $boost_package && -n $catch2_package ]]; then
            packages=()
            has_boost || packages+=("$boost_package")
            has_catch2 || packages+=("$catch2_package")
            install_packages required "${packages[@]}"
        elif [[ $id == debian && $codename == bookworm ]]; then
            unpack_prefix "$codename" || true
        elif ! may_install; then # without package lists nothing is known of either
            has_boost || to_paste+=(libboost-dev)
            has_catch2 || to_paste+=(catch2)
        fi
    fi
fi

declare -A clang_packages=()
if [[ $tools_wanted == yes ]]; then
    has_command ccache || optional+=(ccache)
    has_command gcovr || optional+=(gcovr)
    has_file 'include/benchmark/benchmark.h' || optional+=(libbenchmark-dev)
    has_clang || clang_packages[clang]=clang
    has_clang_rt || clang_packages[rt]=libclang-rt
    has_clang_tool clang-format || clang_packages[format]=clang-format
    has_clang_tool clang-tidy || clang_packages[tidy]=clang-tidy
fi
if ((${#clang_packages[@]})) && has_command apt-cache; then
    apt_update
    version=$preferred_clang
    available "clang-$version" ||
        version=$(apt-cache pkgnames clang- | sed -n 's/^clang-\([0-9][0-9]*\)$/\1/p' | sort -n | tail -n 1)
    if [[ -n $version ]] && ((version >= min_clang)); then
        for package in "${clang_packages[@]}"; do
            [[ $package == libclang-rt ]] && package+=-$version-dev || package+=-$version
            optional+=("$package")
        done
        # Its symbolizer makes sanitizer reports readable.
        has_command "llvm-symbolizer-$version" || optional+=("llvm-$version")
    else
        optional+=(clang-$preferred_clang)
    fi
fi
install_packages optional ${optional[@]+"${optional[@]}"}
hash -r

# Where the registry cannot be reached it is not asked again for a day: every build comes by here.
documentation_tried=$prefix/share/fullon_cache_api/.documentation-tried
if ! has_documentation && has_command npm && [[ -z $(find "$documentation_tried" -mmin -1440 2>/dev/null) ]]; then
    fetch_documentation || {
        rm -rf "$documentation".new.*
        mark_prefix
        make_folder "$(dirname "$documentation_tried")"
        : >"$documentation_tried"
        give_to_user "$documentation_tried"
    }
fi

# ---- what could not be had ----------------------------------------------------------------------------------

failed=no
need() { # need WHAT TEST...
    local what=$1
    shift
    "$@" && return 0
    complain "MISSING (required): $what"
    failed=yes
}
want() { # want WHAT FOR TEST...
    local what=$1 purpose=$2
    shift 2
    "$@" || complain "missing (optional): $what; without it: no $purpose"
}

need "make" has_command make
need "g++ >= $min_gcc" has_gcc
need "cmake >= $min_cmake" has_cmake
need "ninja" has_command ninja
need "OpenSSL headers" has_file 'include/openssl/ssl.h'
need "fmt" has_file 'include/fmt/core.h'
need "spdlog" has_file 'include/spdlog/spdlog.h'
need "CLI11" has_file 'include/CLI/CLI.hpp'
need "redis-server" has_command redis-server
need "Boost >= 1.86 (headers and CMake package; found nowhere in: ${search[*]})" has_boost
need "Catch2 >= 3 (found nowhere in: ${search[*]})" has_catch2
if [[ $tools_wanted == yes ]]; then
    want "ccache" "fast rebuilds" has_command ccache
    want "clang >= $min_clang" "builds with clang" has_clang
    want "clang's runtime library" "fuzzing" has_clang_rt
    want "clang-format" "'make format' and format check" has_clang_tool clang-format
    want "clang-tidy" "'make lint'" has_clang_tool clang-tidy
    want "gcovr" "'make coverage'" has_command gcovr
    want "Swagger UI and Redoc (npm packages)" "interactive documentation pages (plain ones instead)" has_documentation
    want "Google Benchmark" "'make bench'" has_file 'include/benchmark/benchmark.h'
fi

if [[ $docs_tools_wanted == yes ]]; then
    . "$(dirname "${BASH_SOURCE[0]}")/docs_tools.sh"
    get_docs_tools
fi

if ((${#to_paste[@]})); then
    line="apt-get update && apt-get install -y --no-install-recommends ${to_paste[*]}"
    complain "neither root nor a user of sudo; paste this line where you may, then begin again:"
    has_command sudo && line="sudo sh -c '$line'" || line="su -c '$line'"
    printf '    %s\n' "$line" >&2
fi
if [[ $failed == yes ]]; then
    complain "the build will not work until the required parts above are there"
    exit 1
fi
say "all that is required is here"
