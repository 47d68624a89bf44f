#!/usr/bin/env bash
# What a what-if costs the scheduler in whose process it is played, as a table; some 2 minutes: 1,000 instances, a history full of requests (REQUESTS, at most 20,000 are played), and
# /schedule at RATE before, while a what-if of all of them is played, and after it. PLAYED tells the length of the middle part: it ends before the what-if does (30 s).
# Build first: dotnet build bench/Llumnix.LoadGenerator -c Release; dotnet build src/Llumnix.Server -c Release
. "$(dirname "$0")/common.sh"
built "$loadgen" "$server"
need redis-server redis-cli curl jq
redis_port=${REDIS_PORT:-16879}
port=${PORT:-8710}
requests=${REQUESTS:-20000}
rate=${RATE:-200}
part=${PLAYED:-20}
start_redis "$redis_port"
start_cms "$redis_port" "${INSTANCES:-1000}" 1000
start_scheduler "$port" --cms-redis-host 127.0.0.1 --cms-redis-port "$redis_port" --enable-console --console-port $((port + 1)) --decision-history "$requests"
scheduler=$last
until_ok "$port" readyz
admin=http://127.0.0.1:$((port + 1))/admin/what-if

peak() { # file: writes the largest resident set, in MB, until it is gone
    local most=0 now
    while [ -e "$1.on" ]; do
        now=$(awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$scheduler/status")
        [ "$now" -gt "$most" ] && most=$now && echo "$most" >"$1"
        sleep 0.1
    done
}
load() { # name
    local file=$folder/peak; touch "$file.on"
    peak "$file" & local watching=$!
    local line; line=$("$loadgen" schedule --port "$port" --rate "$rate" --connections 8 --warm-up 1 --duration "$part" --server-pid "$scheduler")
    rm "$file.on"; wait "$watching"
    echo "| $1 | $(sed -E 's/.*p50 ([0-9]+) µs  p99 ([0-9]+) µs  p99.9 ([0-9]+) µs.*, ([0-9.]+) cores.*/\1 µs | \2 µs | \3 µs | \4/' <<<"$line") | $(cat "$file") MB |"
}

# Fills the history within the minutes that a what-if looks at.
"$loadgen" schedule --port "$port" --rate 2000 --connections 16 --warm-up 1 --duration $((requests / 2000 + 1)) >/dev/null
sleep 5
echo "| /schedule at $rate/s | p50 | p99 | p99.9 | cores | largest resident set |"
echo "|---|---|---|---|---|---|"
load before
curl -fsS -o /dev/null -X POST "$admin" -H 'Content-Type: application/json' -d "{\"overrides\": {\"scheduling-policy\": \"${POLICY:-round-robin}\"}, \"minutes\": 60, \"seeds\": 10}"
load "while a what-if is played"
echo "during: $(curl -fs "$admin" | jq -c '.run | {state, progress}')" >&2
for _ in $(seq 60); do [ "$(curl -fs "$admin" | jq -r .run.state)" = running ] || break; sleep 1; done
curl -fs "$admin" | jq -c '.run | {state, error, input: .result.input, notes: .result.notes[-1]}' >&2
load after
sleep "${REST:-30}"
echo "| ${REST:-30} s later, without load | | | | | $(awk '/^VmRSS/ { print int($2 / 1024) }' "/proc/$scheduler/status") MB |"
