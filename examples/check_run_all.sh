#!/usr/bin/env bash
# run_all: its words and exit codes, with examples that pass, fail, hang and are not there.
set -uo pipefail
run_all=${1:?usage: check_run_all.sh RUN_ALL BIN_DIR}
bin=${2:?usage: check_run_all.sh RUN_ALL BIN_DIR}
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
problems=0

# expect CODE [ARGUMENT...]: what it prints is in $said
expect() {
    local code=$1 got
    shift
    said=$("$run_all" "$@" 2>"$folder/err")
    got=$?
    complaint=$(<"$folder/err")
    ((got == code)) && return
    printf 'run_all %s: exit code %d, not %d:\n%s\n%s\n' "$*" "$got" "$code" "$said" "$complaint" >&2
    problems=$((problems + 1))
}
# has TEXT PATTERN: a line of it is like this
has() {
    grep -qE -- "$2" <<<"$1" && return
    printf 'no line like "%s" in:\n%s\n' "$2" "$1" >&2
    problems=$((problems + 1))
}
has_not() {
    grep -qE -- "$2" <<<"$1" || return 0
    printf 'a line like "%s" in:\n%s\n' "$2" "$1" >&2
    problems=$((problems + 1))
}

# Real ones, in the order asked for, each once.
expect 0 --bin "$bin" library_usage basic_usage 'basic_*'
has "$said" '^2 of [0-9]+ examples, in /'
has "$(sed -n 2p <<<"$said")" '^ok      library_usage +[0-9]+\.[0-9] s$'
has "$(sed -n 3p <<<"$said")" '^ok      basic_usage +[0-9]+\.[0-9] s$'
has "$(tail -n 1 <<<"$said")" '^2 of 2 passed$'

# In their places others that pass, fail, hang and crash; the rest is not there.
mkdir "$folder/bin"
place() { # NAME COMMAND
    printf '#!/bin/sh\n%s\n' "$2" >"$folder/bin/$1"
    chmod +x "$folder/bin/$1"
}
place basic_usage 'echo all is well'
place library_usage 'echo on stdout; echo on stderr >&2; exit 3'
place pattern_queues 'echo before; exec sleep 60'
place pattern_pubsub "trap '' TERM; kill -SEGV \$\$"
expect 1 --bin "$folder/bin" --timeout 1 library_usage pattern_queues pattern_pubsub demo basic_usage
has "$said" '^FAILED  library_usage +[0-9.]+ s  exit code 3$'
has "$said" '^        \| on stdout$'
has "$said" '^        \| on stderr$'
has "$said" '^FAILED  pattern_queues +1\.[0-9] s  not done after 1 s$'
has "$said" '^        \| before$'
has "$said" '^FAILED  pattern_pubsub +[0-9.]+ s  ended by signal 11$'
has "$said" '^FAILED  demo +[0-9.]+ s  not there: '
has "$said" '^ok      basic_usage '
has_not "$said" 'all is well' # what passed is not shown
has "$(tail -n 1 <<<"$said")" '^1 of 5 passed; FAILED: library_usage pattern_queues pattern_pubsub demo$'

# Without a selection: every example that there is.
expect 1 --bin "$folder/bin" --timeout 1
count=$(find "$(dirname "$0")" -maxdepth 1 -name '*.cpp' | wc -l)
has "$(tail -n 1 <<<"$said")" "^1 of $count passed; FAILED: "

# A wrong name runs nothing, not even the right ones.
expect 2 --bin "$folder/bin" basic_usage no_such_example
has "$complaint" "^run_all: there is no example 'no_such_example'; there are: basic_usage demo "
has_not "$said" .
expect 2 --colour
has "$complaint" "^run_all: unknown option '--colour'"
expect 2 --timeout soon basic_usage
has "$complaint" "^run_all: --timeout: 'soon' is not a number"
expect 2 --bin
has "$complaint" '^run_all: --bin: a value must follow'
expect 2 --bin "$folder/nowhere"
has "$complaint" "^run_all: --bin: there is no folder '.*/nowhere'"

expect 0 --help
has "$said" '^usage: run_all '
expect 0 --list
has "$said" '^basic_usage +A client reads '
has "$(wc -l <<<"$said")" "^$count\$"

# SIGTERM ends the example too, and says how far it came.
place pattern_queues "echo \$\$ >'$folder/pid'; exec sleep 60"
"$run_all" --bin "$folder/bin" basic_usage pattern_queues >"$folder/out" &
runner=$!
for ((i = 0; i < 1000; ++i)); do
    [[ -s $folder/pid ]] && break
    sleep 0.01
done
begin=$SECONDS
kill -TERM "$runner"
wait "$runner"
code=$?
has "$((SECONDS - begin))" '^[0-9]$' # and not the 60 of the example
has "$code" '^130$'
has "$(<"$folder/out")" '^interrupted; 1 passed, 0 failed until then$'
if kill -0 "$(<"$folder/pid")" 2>/dev/null; then
    echo "the example goes on after run_all" >&2
    problems=$((problems + 1))
fi

((problems)) && { echo "$problems problems" >&2; exit 1; }
echo "run_all does what it says"
