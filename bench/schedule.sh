#!/usr/bin/env bash
# Measures /schedule on this machine: CPU per request beside a bare endpoint in both modes, what reports cost in lite mode, and the tail
# while statuses are refreshed. Arguments: all (default), lite, tail; compare OTHER_SERVER measures another build's server beside this one's,
# the two alternating for ROUNDS rounds.
# Build first: dotnet build Llumnix.slnx -c Release
set -euo pipefail
cd "$(dirname "$0")/.."
loadgen=bench/Llumnix.LoadGenerator/bin/Release/net10.0/loadgen
this=src/Llumnix.Server/bin/Release/net10.0/Llumnix.Server
server=$this
redis_port=${REDIS_PORT:-16379}
port=${PORT:-8202}
seconds=${SECONDS_PER_RUN:-8}
pids=()
stop() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; pids=(); }
trap stop EXIT

until_ready() { for _ in $(seq 100); do curl -fs "http://127.0.0.1:$1/$2" >/dev/null && return; sleep 0.1; done; echo "no answer on $1" >&2; exit 1; }
cluster() { # instances refresh-ms poll-ms
    redis-server --port "$redis_port" --save "" --appendonly no --bind 127.0.0.1 >/dev/null & pids+=($!)
    until redis-cli -p "$redis_port" ping >/dev/null 2>&1; do sleep 0.1; done
    $loadgen cms --redis-port "$redis_port" --instances "$1" --interval-ms "$2" >/dev/null & pids+=($!)
    $server --host 127.0.0.1 --port "$port" --cms-redis-host 127.0.0.1 --cms-redis-port "$redis_port" \
        --cms-pull-status-interval-ms "$3" --failover-domain node-unit >/dev/null 2>&1 & server_pid=$!; pids+=($server_pid)
    until_ready "$port" readyz
    sleep 1
}

lite() { # instances
    endpoints=$(for i in $(seq 0 $(($1 - 1))); do echo -n "10.0.$((i / 250)).$((i % 250)):8000,"; done)
    $server --host 127.0.0.1 --port "$port" --enable-full-mode-scheduling=false --llm-backend-discovery endpoints \
        --llm-backend-endpoints "${endpoints%,}" >/dev/null 2>&1 & server_pid=$!; pids+=($server_pid)
    until_ready "$port" readyz
}

only=${1:-all}
if [ "$only" = compare ]; then
for round in $(seq "${ROUNDS:-4}"); do
    for build in other this; do
        if [ $build = other ]; then server=$2; else server=$this; fi
        for instances in 16 1024; do
            cluster $instances 1000 500
            for ids in 0 512; do
                echo -n "  round $round, $build build, $instances instances, $ids token ids: "
                $loadgen schedule --port "$port" --token-ids $ids --server-pid $server_pid --connections 32 --duration "$seconds"
            done
            echo "    $(curl -fs "http://127.0.0.1:$port/metrics" | grep -E '^dotnet_collection_count_total.*generation="0"' || true)"
            stop
        done
    done
done
exit
fi
if [ "$only" = all ]; then
echo "bare endpoint"
$loadgen bare >/dev/null & bare=$!; pids+=($bare)
sleep 2
for ids in 0 512 8192; do echo -n "  $ids token ids: "; $loadgen schedule --port 8102 --token-ids $ids --server-pid $bare --connections 32 --duration "$seconds"; done
stop
for instances in 16 1024; do
    echo "/schedule at $instances instances"
    cluster $instances 1000 500
    for ids in 0 512 8192; do echo -n "  $ids token ids: "; $loadgen schedule --port "$port" --token-ids $ids --server-pid $server_pid --connections 32 --duration "$seconds"; done
    stop
done
fi
if [ "$only" != tail ]; then
for instances in 16 1024; do
    echo "/schedule in lite mode at $instances instances"
    lite $instances
    for ids in 0 512; do echo -n "  $ids token ids: "; $loadgen schedule --port "$port" --token-ids $ids --server-pid $server_pid --connections 32 --duration "$seconds"; done
    stop
done
echo "200 gateways with 500 live requests each, reported every second, 1024 instances"
lite 1024
echo -n "  "; $loadgen gateways --port "$port" --server-pid $server_pid --duration "$seconds"
stop
fi
[ "$only" = lite ] && exit
echo "tail at 1024 instances, 2,000 req/s"
for refresh in 1000 50; do
    cluster 1024 $refresh 50
    for _ in 1 2 3; do echo -n "  polled every 50 ms, refreshed every $refresh ms: "; $loadgen schedule --port "$port" --server-pid $server_pid --connections 32 --rate 2000 --duration "$seconds"; done
    stop
done
