#!/usr/bin/env bash
# What a scheduler costs a Redis that holds many keys of others. Usage: bench/foreign-keys.sh [keys] [seconds] [scheduler.dll]
# Starts a redis-server and a scheduler on loopback ports and ends both.
. "$(dirname "$0")/common.sh"
need redis-server redis-cli dotnet
keys=${1:-500000}
seconds=${2:-20}
scheduler=${3:-$server.dll}
port=$(free_port)
start_redis "$port"
ask() { redis-cli -p "$port" "$@"; }
ask eval "for i = 1, $keys do redis.call('SET', 'session:' .. i, 'x') end" 0 >/dev/null
for i in $(seq 1 100); do
    ask mset "llumnix:instance_metadata:$i" x "llumnix:instance_status:$i" x >/dev/null
done

start dotnet "$scheduler" --host 127.0.0.1 --port "$(free_port)" --cms-redis-host 127.0.0.1 --cms-redis-port "$port" >"$folder/scheduler.log" 2>&1
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
