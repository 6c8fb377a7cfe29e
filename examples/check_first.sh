#!/usr/bin/env bash
# The two complete programs of first/, as a reader of README.md runs them; and that every example knows --help.
set -uo pipefail
bin=$(cd "${1:?usage: check_first.sh BIN_DIR NAME...}" && pwd) || exit 2
shift
folder=$(mktemp -d) || exit 2
started=()
trap 'for one in "${started[@]}"; do kill "$one" 2>/dev/null; done; wait; rm -rf "$folder"' EXIT
problems=0
problem() {
    printf '%s\n' "$@" >&2
    problems=$((problems + 1))
}
# expect CODE COMMAND...: what it prints on stdout and stderr is in $said
expect() {
    local code=$1 got
    shift
    said=$(timeout 60 "$@" 2>&1)
    got=$?
    ((got == code)) || problem "$*: exit code $got, not $code" "$said"
}
# until COMMAND...: it succeeds, within a minute
until_it() {
    local begin=$SECONDS
    until "$@" >/dev/null 2>&1; do
        ((SECONDS - begin < 60)) || { problem "not within a minute: $*"; return 1; }
        sleep 0.02
    done
}

for name in "$@"; do
    expect 0 "$bin/$name" --help
    grep -q '^usage: ' <<<"$said" || problem "$name --help says no usage:" "$said"
    expect 2 "$bin/$name" --colour
    grep -q '^usage: ' <<<"$said" || problem "$name --colour gives no hint:" "$said"
done

# Nobody listens there.
expect 1 "$bin/first_client" ws://127.0.0.1:1
grep -q '^first_client: connecting to ws://127.0.0.1:1: Connection refused' <<<"$said" ||
    problem "a client without a server:" "$said"
grep -q '/' <<<"${said//ws:\/\//}" && problem "a place in somebody's sources:" "$said"

redis-server --port 0 --unixsocket "$folder/redis.sock" --save '' --appendonly no >"$folder/redis" 2>&1 &
started+=($!)
until_it redis-cli -s "$folder/redis.sock" ping || exit 1
write() { # write PRICE
    redis-cli -s "$folder/redis.sock" HSET tickers:binance BTC/USDT "{\"symbol\":\"BTC/USDT\",\"price\":$1}" >/dev/null
}
write 47000
cd "$folder" || exit 2 # no .env of the reader's
REDIS_HOST=$folder/redis.sock WEBSOCKET_HOST=127.0.0.1 WEBSOCKET_PORT=0 "$bin/first_server" >server 2>err &
server=$!
started+=("$server")
until_it grep -q '^listening on port [0-9]*;' server || { cat err >&2; exit 1; }
port=$(sed -n 's/^listening on port \([0-9]*\);.*/\1/p' server)

# A second server on the same port: one line, with the reason.
expect 1 env WEBSOCKET_HOST=127.0.0.1 WEBSOCKET_PORT="$port" "$bin/first_server"
grep -q '^first_server: WEBSOCKET_PORT: .*Address already in use' <<<"$said" || problem "a port that is taken:" "$said"

timeout 60 "$bin/first_client" "ws://127.0.0.1:$port" >client 2>&1 &
client=$!
started+=("$client")
for ((price = 47001; price < 50000; ++price)); do
    kill -0 "$client" 2>/dev/null || break
    write "$price"
done
wait "$client" || problem "the client fails:" "$(<client)"
[[ $(sed -n 1p client) == "BTC/USDT 47"* ]] || problem "no ticker:" "$(<client)"
[[ $(grep -c '^live: BTC/USDT 47' client) -ge 9 ]] || problem "not nine live updates:" "$(<client)"

kill -TERM "$server"
wait "$server" || problem "the server does not end well:" "$(<err)"
((problems)) && exit 1
echo "the first programs do what README.md says"
