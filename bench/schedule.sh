#!/usr/bin/env bash
# Measures /schedule on this machine: CPU per request beside a bare endpoint in both modes, what reports cost in lite mode, and the tail
# while statuses are refreshed. Arguments: all (default), lite, tail; compare OTHER_SERVER measures another build's server beside this one's,
# the two alternating for ROUNDS rounds.
# Build first: dotnet build Llumnix.slnx -c Release
. "$(dirname "$0")/common.sh"
built "$loadgen" "$server"
need redis-server redis-cli curl
redis_port=${REDIS_PORT:-16379}
port=${PORT:-8202}
seconds=${SECONDS_PER_RUN:-8}

cluster() { # instances refresh-ms poll-ms
    start_redis "$redis_port"
    start_cms "$redis_port" "$1" "$2"
    start_scheduler "$port" --cms-redis-host 127.0.0.1 --cms-redis-port "$redis_port" --cms-pull-status-interval-ms "$3" --failover-domain node-unit
    until_ok "$port" readyz
    sleep 1
}

lite() { # instances
    endpoints=$(for i in $(seq 0 $(($1 - 1))); do echo -n "10.0.$((i / 250)).$((i % 250)):8000,"; done)
    start_scheduler "$port" --enable-full-mode-scheduling=false --llm-backend-discovery endpoints --llm-backend-endpoints "${endpoints%,}"
    until_ok "$port" readyz
}

load() { # what it is, port, flags
    echo -n "  $1: "
    "$loadgen" schedule --port "$2" --server-pid "$last" --connections 32 --duration "$seconds" "${@:3}"
}

compare() { # the other build's server
    local builds=("$1" "$server") names=(other this) round build instances ids
    for round in $(seq "${ROUNDS:-4}"); do
        for build in 0 1; do
            server=${builds[$build]}
            for instances in 16 1024; do
                cluster $instances 1000 500
                for ids in 0 512; do load "round $round, ${names[$build]} build, $instances instances, $ids token ids" "$port" --token-ids $ids; done
                echo "    $(curl -fs "http://127.0.0.1:$port/metrics" | grep -E '^dotnet_collection_count_total.*generation="0"' || true)"
                stop
            done
        done
    done
}
full_mode() {
    local instances ids
    echo "bare endpoint"
    start "$loadgen" bare >/dev/null
    until_open 8102
    for ids in 0 512 8192; do load "$ids token ids" 8102 --token-ids $ids; done
    stop
    for instances in 16 1024; do
        echo "/schedule at $instances instances"
        cluster $instances 1000 500
        for ids in 0 512 8192; do load "$ids token ids" "$port" --token-ids $ids; done
        stop
    done
}
lite_mode() {
    local instances ids
    for instances in 16 1024; do
        echo "/schedule in lite mode at $instances instances"
        lite $instances
        for ids in 0 512; do load "$ids token ids" "$port" --token-ids $ids; done
        stop
    done
    echo "200 gateways with 500 live requests each, reported every second, 1024 instances"
    lite 1024
    echo -n "  "
    "$loadgen" gateways --port "$port" --server-pid "$last" --duration "$seconds"
    stop
}
tail_of_full_mode() {
    local refresh
    echo "tail at 1024 instances, 2,000 req/s"
    for refresh in 1000 50; do
        cluster 1024 $refresh 50
        for _ in 1 2 3; do load "polled every 50 ms, refreshed every $refresh ms" "$port" --rate 2000; done
        stop
    done
}

case ${1:-all} in
all) full_mode; lite_mode; tail_of_full_mode ;;
lite) lite_mode ;;
tail) tail_of_full_mode ;;
compare) compare "${2:?the path of the other server}" ;;
*) echo "unknown argument: $*" >&2; exit 2 ;;
esac
