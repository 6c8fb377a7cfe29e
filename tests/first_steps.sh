#!/usr/bin/env bash
# The first commands on a machine that has little: `make` without column, setup.sh without rights to install.
set -uo pipefail
source_dir=${1:?usage: first_steps.sh SOURCE_DIR}
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
problems=0
problem() {
    printf '%s\n' "$@" >&2
    problems=$((problems + 1))
}

# Every command of this machine but these.
mkdir "$folder/bin"
for one in /usr/bin/* /bin/*; do
    case ${one##*/} in
        column | sudo | su | ninja | npm | clang* | ccache* | gcovr*) ;;
        *) ln -sf "$one" "$folder/bin/" ;;
    esac
done

said=$(cd "$source_dir" && PATH=$folder/bin make --no-print-directory 2>&1) || problem "make alone fails:" "$said"
for target in demo test setup check; do
    grep -qE "^  make $target +[a-z]" <<<"$said" || problem "make alone does not list $target:" "$said"
done

# As a user without rights, with a Boost and a Catch2 that need no unpacking.
if ! command -v apt-get >/dev/null || { ((EUID == 0)) && ! command -v setpriv >/dev/null; }; then
    echo "skipped: neither apt-get nor a way to be another user"
    exit $((problems > 0))
fi
mkdir -p "$folder"/prefix/{include/boost,include/catch2,lib/cmake/Boost-9.9.9,lib/cmake/Catch2}
echo '#define BOOST_VERSION 999999' >"$folder/prefix/include/boost/version.hpp"
touch "$folder"/prefix/{include/catch2/catch_test_macros.hpp,lib/cmake/Boost-9.9.9/BoostConfig.cmake}
touch "$folder/prefix/lib/cmake/Catch2/Catch2Config.cmake"
cp "$source_dir"/cmake/*.sh "$folder/" # which that user can read
as_user=()
((EUID != 0)) || as_user=(setpriv --reuid 65534 --regid 65534 --clear-groups)
setup() {
    said=$(cd / && HOME=$folder CMAKE_PREFIX_PATH='' PATH=$folder/bin timeout 60 "${as_user[@]}" \
        "$folder/setup.sh" --prefix "$folder/prefix" "$@" 2>&1 </dev/null)
}
line() { grep -cE "^    su -c 'apt-get update && apt-get install -y .*ninja-build.*'\$" <<<"$said"; }

setup
code=$?
((code == 1)) || problem "setup.sh ends with $code, not 1:" "$said"
(($(line) == 1)) || problem "not one line to paste:" "$said"
! grep -qE 'clang|gcovr|ccache' <<<"$said" || problem "speaks of tools that no build needs:" "$said"
setup --tools
(($(line) == 1)) || problem "--tools: not one line to paste:" "$said"
grep -qE "apt-get install .*gcovr.* clang" <<<"$said" || problem "--tools does not ask for them:" "$said"
setup --colour
code=$?
((code == 2)) || problem "a wrong option ends with $code, not 2:" "$said"

((problems)) && exit 1
echo "make and setup.sh say what to do"
