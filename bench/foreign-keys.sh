#!/usr/bin/env bash
# What a scheduler costs a Redis that holds many keys of others. Usage: bench/foreign-keys.sh [keys] [seconds] [scheduler.dll]
# Starts a redis-server and a scheduler on loopback ports and ends both.
set -euo pipefail
keys=${1:-500000}
seconds=${2:-20}
scheduler=${3:-$(dirname "$0")/../src/Llumnix.Server/bin/Release/net10.0/Llumnix.Server.dll}
port=$((20000 + RANDOM % 10000))
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$folder"' EXIT

redis-server --port "$port" --bind 127.0.0.1 --save "" --dir "$folder" >/dev/null &
redis=$!
ask() { redis-cli -p "$port" "$@"; }
until ask ping >/dev/null 2>&1; do kill -0 "$redis"; sleep 0.1; done
ask eval "for i = 1, $keys do redis.call('SET', 'session:' .. i, 'x') end" 0 >/dev/null
for i in $(seq 1 100); do
    ask mset "llumnix:instance_metadata:$i" x "llumnix:instance_status:$i" x >/dev/null
done

dotnet "$scheduler" --host 127.0.0.1 --port $((port + 1)) --cms-redis-host 127.0.0.1 --cms-redis-port "$port" >"$folder/log" 2>&1 &
sleep 5
# Processor time of the server in microseconds, and the calls of a command.
processor() { ask info cpu | tr -d '\r' | awk -F: '/^used_cpu_(user|sys):/ { sum += $2 } END { printf "%d", sum * 1000000 }'; }
calls() { ask info commandstats | tr -d '\r' | sed -n "s/^cmdstat_$1:calls=\([0-9]*\),.*/\1/p"; }
before=$(processor)
scans=$(calls scan)
sleep "$seconds"
after=$(processor)
awk -v k="$keys" -v c="$((after - before))" -v s="$seconds" -v n="$(($(calls scan) - ${scans:-0}))" \
    'BEGIN { printf "%d foreign keys: %.1f %% of a core of redis-server, %.0f SCAN/s\n", k, c / s / 10000, n / s }'
