#!/usr/bin/env bash
# What a decision costs in two builds, which take turns in one run: medians of the shortest batches, and their ratio.
# Arguments: the paths of two Llumnix.Benchmarks.dll, before and after. ROUNDS: how often each has its turn (5). CASES: only those with this part in
# their names.
set -euo pipefail
before=$1
after=$2
times=$(mktemp -d)
trap 'rm -rf "$times"' EXIT
for _ in $(seq "${ROUNDS:-5}"); do
    dotnet "$before" times "${CASES:-}" >>"$times/before"
    dotnet "$after" times "${CASES:-}" >>"$times/after"
done

medians() { sort -t "$(printf '\t')" -k1,1 -k2,2n "$1" | awk -F '\t' '{ values[$1] = values[$1] " " $2 }
    END { for (name in values) { n = split(values[name], v, " "); print name "\t" v[int((n + 1) / 2)] } }' | sort; }
printf '%-32s %10s %10s %7s\n' decision "before ns" "after ns" ratio
join -t "$(printf '\t')" <(medians "$times/before") <(medians "$times/after") |
    awk -F '\t' '{ printf "%-32s %10d %10d %7.2f\n", $1, $2, $3, $3 / $2 }'
