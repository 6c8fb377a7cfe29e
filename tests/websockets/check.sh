#!/usr/bin/env bash
# Our server and our client against a WebSocket in another language: Python's package websockets.
# usage: check.sh server|client BIN_DIR
# Exit codes: 0 fine, 77 skipped (it says why), others not fine.
set -uo pipefail

what=${1:?server or client} bin=$(cd "${2:?folder of the programs}" && pwd) || exit 2
here=$(cd "$(dirname "$0")" && pwd)

skip() {
    printf 'skipped: %s\n' "$*"
    exit 77
}
[[ $what != server ]] || command -v redis-server >/dev/null || skip "no redis-server here"
# The distribution's package is seen by the distribution's Python, which need not be the first one.
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import websockets' >/dev/null 2>&1; then
        PYTHONPATH=$here/../docs exec "$python" "$here/$what.py" "$bin"
    fi
done
skip "no python3 with the package websockets here (cmake/setup.sh --docs-tools fetches it)"
