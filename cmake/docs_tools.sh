# Public tools that check the living documents, the metrics and the WebSocket; sourced by setup.sh for --docs-tools.
# Nothing here is required: what cannot be had is said, and its check skips itself.

readonly docs_tools=$prefix/share/fullon_cache_api/docs-tools
readonly python_tools=(openapi-spec-validator==0.9.0 prometheus-client==0.22.1 schemathesis==4.32.5)
readonly node_tools=(@asyncapi/parser@3.6.3)

docs_python_is() { [[ $(cat "$docs_tools/python/.tools" 2>/dev/null) == "${python_tools[*]}" ]]; }
docs_websockets_is() { python3 -c 'import websockets' >/dev/null 2>&1 || /usr/bin/python3 -c 'import websockets' >/dev/null 2>&1; }
docs_node_is() { [[ $(cat "$docs_tools/node/.tools" 2>/dev/null) == "${node_tools[*]}" ]]; }

fetch_python_tools() {
    say "fetching ${python_tools[*]}"
    rm -rf "$docs_tools/python"
    python3 -m venv "$docs_tools/python" &&
        timeout 300 "$docs_tools/python/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 20 \
            "${python_tools[@]}" && printf '%s\n' "${python_tools[*]}" >"$docs_tools/python/.tools"
}

fetch_node_tools() {
    say "fetching ${node_tools[*]}"
    rm -rf "$docs_tools/node"
    mkdir -p "$docs_tools/node"
    (
        cd "$docs_tools/node" && printf '{"private":true}\n' >package.json &&
            timeout 300 npm install --silent --ignore-scripts --no-audit --no-fund --fetch-retries=1 "${node_tools[@]}"
    ) >/dev/null 2>&1 && printf '%s\n' "${node_tools[*]}" >"$docs_tools/node/.tools"
}

get_docs_tools() {
    local -a packages=()
    has_command chromium || packages+=(chromium)
    has_command chromedriver || packages+=(chromium-driver)
    python3 -c 'import venv, ensurepip' >/dev/null 2>&1 || packages+=(python3-venv)
    docs_websockets_is || packages+=(python3-websockets)
    has_command node && has_command npm || packages+=(nodejs npm)
    install_packages optional ${packages[@]+"${packages[@]}"}
    hash -r
    mark_prefix
    make_folder "$docs_tools"
    docs_python_is || fetch_python_tools || rm -rf "$docs_tools/python"
    docs_node_is || fetch_node_tools || rm -rf "$docs_tools/node"
    give_to_user "$docs_tools"
    want "openapi-spec-validator, schemathesis, prometheus-client" "check of OpenAPI, the routes and the metrics" docs_python_is
    want "AsyncAPI's parser" "check of AsyncAPI" docs_node_is
    want "Python's package websockets" "check with a WebSocket of another language" docs_websockets_is
    want "chromium and chromedriver" "check of the pages" has_command chromedriver
}
