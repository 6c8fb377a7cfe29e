#!/usr/bin/env bash
# The living documents and the metrics by public tools, which cmake/setup.sh --docs-tools fetches.
# usage: check.sh openapi|asyncapi|schemathesis|metrics|browser BIN_DIR [RESULTS_DIR]
# Exit codes: 0 fine, 77 skipped (it says why), others not fine.
set -uo pipefail

what=${1:?what to check} bin=${2:?folder of the programs} results=${3:-}
here=$(cd "$(dirname "$0")" && pwd)
tools=${FULLON_DOCS_TOOLS:-$("$here/../../cmake/setup.sh" --print-prefix)/share/fullon_cache_api/docs-tools}

skip() {
    printf 'skipped: %s\n' "$*"
    exit 77
}
need() { # need COMMAND...
    local one
    for one; do
        command -v "$one" >/dev/null 2>&1 || skip "no $one here"
    done
}
have() { # have FILE PACKAGE
    [[ -e $1 ]] || skip "$2 is not here (cmake/setup.sh --docs-tools fetches it where its registry can be reached)"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

case $what in
openapi)
    have "$tools/python/bin/openapi-spec-validator" openapi-spec-validator
    "$bin/write_documents" "$work" && "$tools/python/bin/openapi-spec-validator" "$work/openapi.json"
    ;;
asyncapi)
    need node
    have "$tools/node/node_modules/@asyncapi/parser" @asyncapi/parser
    "$bin/write_documents" "$work" && node "$here/asyncapi.mjs" "$tools/node" "$work/asyncapi.json"
    ;;
schemathesis)
    need redis-server
    have "$tools/python/bin/schemathesis" schemathesis
    # A fixed seed: what fails here fails everywhere. More: SCHEMATHESIS_EXAMPLES=1000 SCHEMATHESIS_SEED=7.
    cd "$work" && "$tools/python/bin/python" "$here/served.py" "$bin/fullon-cache-server" \
        "$tools/python/bin/schemathesis" --config-file "$here/schemathesis.toml" run '{url}/openapi.json' \
        --checks all --phases examples,coverage,fuzzing --continue-on-failure --warnings off \
        --max-examples "${SCHEMATHESIS_EXAMPLES:-40}" --seed "${SCHEMATHESIS_SEED:-1}" \
        --generation-database none ${SCHEMATHESIS_OPTIONS:-}
    ;;
metrics)
    need redis-server
    have "$tools/python/bin/python" prometheus-client
    parse=("$tools/python/bin/python" "$here/../metrics/check_metrics.py")
    "${parse[@]}" "$bin/print_metrics" &&
        "$tools/python/bin/python" "$here/served.py" "$bin/fullon-cache-server" "${parse[@]}" '{url}/metrics'
    ;;
browser)
    need redis-server python3
    python3 "$here/browser.py" "$bin/fullon-cache-server" "${results:-$work}"
    ;;
*)
    echo "check.sh: unknown: $what" >&2
    exit 2
    ;;
esac
