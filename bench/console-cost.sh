#!/usr/bin/env bash
# What the console costs a scheduler, as tables; some 3 minutes. Arguments: the parts, all by default.
#   latency   /schedule at a scheduler without a console, at one with a console that nobody watches, and at one whose console two clients watch, in turn,
#             round after round, at 16 instances. Bound: watched within 3 % of the first one.
#   fleet     CPU and memory of the same three at 1,000 instances without requests. Bounds: 5 % of a core and 40 MB more than the first one.
# ROUNDS, SECONDS_PER_RUN and RATE are those of latency, SECONDS_PER_FLEET those of fleet. CLIENTS=chromium has two browsers watch instead of two streams.
# Build first: dotnet build bench/Llumnix.LoadGenerator -c Release; dotnet build src/Llumnix.Server -c Release
set -euo pipefail
cd "$(dirname "$0")/.."
loadgen=bench/Llumnix.LoadGenerator/bin/Release/net10.0/loadgen
server=src/Llumnix.Server/bin/Release/net10.0/Llumnix.Server
redis_port=${REDIS_PORT:-16779}
port=${PORT:-8610}
pids=()
profile=$(mktemp -d)
stop() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; pids=(); }
trap 'stop; rm -rf "$profile"' EXIT

until_ok() { for _ in $(seq 200); do curl -fs "http://127.0.0.1:$1/$2" >/dev/null && return; sleep 0.1; done; echo "no 200 from $2 on $1" >&2; exit 1; }
scheduler() { # port, flags
    $server --host 127.0.0.1 --port "$1" --cms-redis-host 127.0.0.1 --cms-redis-port "$redis_port" "${@:2}" >/dev/null 2>&1 & last=$!; pids+=("$last")
    until_ok "$1" readyz
}
watch() { # console's port
    for tab in 1 2; do
        if [ "${CLIENTS:-streams}" = chromium ]; then
            # The debugging port keeps a browser without a window running.
            chromium --headless --no-sandbox --disable-gpu --remote-debugging-port=0 --user-data-dir="$profile/$tab" "http://127.0.0.1:$1/console" >/dev/null 2>&1 & pids+=($!)
        else
            curl -sN "http://127.0.0.1:$1/admin/events" -o /dev/null & pids+=($!)
        fi
    done
    for _ in $(seq 100); do [ "$(ss -Htn state established "sport = :$1" | wc -l)" -ge 2 ] && break; sleep 0.1; done
    [ "$(ss -Htn state established "sport = :$1" | wc -l)" -ge 2 ] || { echo "nobody watches $1" >&2; exit 1; }
    sleep 3
}
start() { # instances, ms between statuses
    redis-server --port "$redis_port" --save "" --appendonly no --bind 127.0.0.1 >/dev/null & pids+=($!)
    for _ in $(seq 100); do redis-cli -p "$redis_port" ping >/dev/null 2>&1 && break; sleep 0.1; done
    $loadgen cms --redis-port "$redis_port" --instances "$1" --interval-ms "$2" >/dev/null & pids+=($!)
    scheduler "$port"; none=$last
    scheduler $((port + 1)) --enable-console --console-port $((port + 101)); unwatched=$last
    scheduler $((port + 2)) --enable-console --console-port $((port + 102)); watched=$last
    watch $((port + 102))
}

latency() {
    start 16 200
    $loadgen compare-schedulers --targets "no console:$port:$none,console:$((port + 1)):$unwatched,console watched by two:$((port + 2)):$watched" \
        --rounds "${ROUNDS:-12}" --duration "${SECONDS_PER_RUN:-2}" --rate "${RATE:-1000}"
    stop
}

cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{ print 1000 * ($14 + $15) / hz }' "/proc/$1/stat"; }
memory_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
fleet() {
    start 1000 1000
    sleep 10
    local seconds=${SECONDS_PER_FLEET:-30} before=() pid
    for pid in $none $unwatched $watched; do before+=("$(cpu_ms "$pid")"); done
    sleep "$seconds"
    echo "1,000 instances whose statuses change once in a second, no requests, over $seconds s:"
    echo "| scheduler | cores | memory MB |"
    echo "|---|---|---|"
    local names=("no console" console "console watched by two") i=0
    for pid in $none $unwatched $watched; do
        echo "| ${names[$i]} | $(awk -v a="${before[$i]}" -v b="$(cpu_ms "$pid")" -v s="$seconds" 'BEGIN { printf "%.3f", (b - a) / 1000 / s }') | $(($(memory_kb "$pid") / 1024)) |"
        i=$((i + 1))
    done
    stop
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(latency fleet)
for part in "${parts[@]}"; do
    case $part in
    latency | fleet) $part ;;
    *) echo "unknown part $part" >&2; exit 2 ;;
    esac
done
