#!/usr/bin/env bash
# README.md quotes code that is compiled and run: every `quoted from FILE` must stand in FILE as it is quoted.
set -euo pipefail
root=${1:-$(cd "$(dirname "$0")/.." && pwd)}

quotes=0 file='' block='' inside=no
while IFS= read -r line; do
    if [[ $line =~ ^'<!-- quoted from '([^ ]+)' -->'$ ]]; then
        file=${BASH_REMATCH[1]}
    elif [[ -n $file && $inside == no && $line == '```'* ]]; then
        inside=yes block=''
    elif [[ $inside == yes && $line == '```' ]]; then
        # shellcheck disable=SC2076 # a text, no pattern
        if [[ ! $'\n'$(<"$root/$file")$'\n' == *$'\n'"$block"* ]]; then
            echo "README.md: what is quoted from $file does not stand there like this:" >&2
            printf '%s' "$block" >&2
            exit 1
        fi
        quotes=$((quotes + 1)) file='' inside=no
    elif [[ $inside == yes ]]; then
        block+=$line$'\n'
    fi
done <"$root/README.md"
if ((quotes == 0)) || [[ -n $file ]]; then
    echo "README.md: no complete quote found" >&2
    exit 1
fi
echo "$quotes quotes are as in the files"
