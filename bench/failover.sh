#!/usr/bin/env bash
# What gateways notice of changes of the leader: three schedulers over Redis (or etcd: STORE=etcd), 500 requests a second through the two followers,
# each sent once more when it fails. Arguments: the cases, all by default.
#   term kill pause store delete   one machine, all on loopback
#   partition                      two network namespaces, which need root: the leader is cut off from Redis and the followers
#   cost                           /schedule at the leader, through a follower, and at a scheduler without a lease
# Build first: dotnet build Llumnix.slnx -c Release
set -euo pipefail
cd "$(dirname "$0")/.."
loadgen=bench/Llumnix.LoadGenerator/bin/Release/net10.0/loadgen
server=src/Llumnix.Server/bin/Release/net10.0/Llumnix.Server
store=${STORE:-redis}
store_port=${STORE_PORT:-16479}
port=${PORT:-8310}
rate=${RATE:-500}
folder=$(mktemp -d)
pids=()
stop() {
    for pid in "${pids[@]}"; do kill -CONT "$pid" 2>/dev/null || true; kill -KILL "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true; pids=()
}
finish() { stop; ip netns del llumnix-hub 2>/dev/null || true; ip netns del llumnix-leader 2>/dev/null || true; rm -rf "$folder"; }
trap finish EXIT

start_store() { # prefix...
    if [ "$store" = etcd ]; then
        "$@" etcd --data-dir "$folder/etcd" --listen-client-urls "http://${store_host:-127.0.0.1}:$store_port" --advertise-client-urls "http://${store_host:-127.0.0.1}:$store_port" \
            --listen-peer-urls "http://127.0.0.1:$((store_port + 1))" --initial-advertise-peer-urls "http://127.0.0.1:$((store_port + 1))" \
            --initial-cluster "default=http://127.0.0.1:$((store_port + 1))" >/dev/null 2>&1 & store_pid=$!
    else
        "$@" redis-server --port "$store_port" --save "" --appendonly no --bind "${store_host:-127.0.0.1}" --protected-mode no >/dev/null & store_pid=$!
    fi
    pids+=("$store_pid")
    for _ in $(seq 100); do
        if [ "$store" = etcd ]; then "$@" curl -fs "http://${store_host:-127.0.0.1}:$store_port/health" >/dev/null && break
        else "$@" redis-cli -h "${store_host:-127.0.0.1}" -p "$store_port" ping >/dev/null 2>&1 && break; fi
        sleep 0.1
    done
}
scheduler() { # host port prefix...
    local host=$1 own=$2; shift 2
    "$@" $server --host "$host" --port "$own" --enable-full-mode-scheduling=false --llm-backend-discovery endpoints \
        --llm-backend-endpoints 10.0.0.1:8000,10.0.0.2:8000,10.0.0.3:8000,10.0.0.4:8000 --shutdown-grace-seconds 3 \
        --ha-lease "${lease:-$store}" --discovery-redis-host "${store_host:-127.0.0.1}" --discovery-redis-port "$store_port" \
        --discovery-etcd-endpoints "${store_host:-127.0.0.1}:$store_port" --ha-advertise-address "$host:$own" >"$folder/$own.log" 2>&1 & last=$!
    pids+=("$last")
    for _ in $(seq 100); do "$@" curl -fs "http://$host:$own/readyz" >/dev/null && break; sleep 0.1; done
}
until_leading() { # host prefix...
    local host=$1; shift
    for _ in $(seq 100); do "$@" curl -fs "http://$host:$port/leaderz" >/dev/null && return; sleep 0.1; done
    echo "the first scheduler does not lead" >&2; exit 1
}
three() {
    rm -rf "$folder/etcd"
    start_store
    scheduler 127.0.0.1 "$port"; leader=$last
    until_leading 127.0.0.1
    scheduler 127.0.0.1 $((port + 1))
    scheduler 127.0.0.1 $((port + 2))
    sleep 1
}
run() { # name seconds; what happens is on standard input
    echo -n "$store, $1: "
    $loadgen failover --addresses "127.0.0.1:$((port + 1)),127.0.0.1:$((port + 2))" --rate "$rate" --duration "$2" & local load=$!
    bash -s
    wait $load
    stop
}

cases=("$@")
[ ${#cases[@]} -gt 0 ] || cases=(none term kill pause store delete partition cost)
for case in "${cases[@]}"; do
    case $case in
    none) three; run "nothing happens" 10 <<<"" ;;
    term) three; run "SIGTERM to the leader" 10 <<<"sleep 5; kill -TERM $leader" ;;
    kill) three; run "SIGKILL to the leader" 12 <<<"sleep 5; kill -KILL $leader" ;;
    pause) three; run "SIGSTOP to the leader for 10 s" 20 <<<"sleep 5; kill -STOP $leader; sleep 10; kill -CONT $leader" ;;
    store) three; run "the store killed" 12 <<<"sleep 5; kill -KILL $store_pid" ;;
    delete)
        three
        if [ "$store" = etcd ]; then
            delete="curl -fs http://127.0.0.1:$store_port/v3/kv/deleterange -d '{\"key\":\"$(echo -n /llumnix/lease/llumnix-scheduler | base64)\"}' >/dev/null"
        else
            delete="redis-cli -p $store_port del llumnix:lease:llumnix-scheduler >/dev/null"
        fi
        run "the lease's key deleted three times" 12 <<<"sleep 2; for _ in 1 2 3; do sleep 2; $delete; done" ;;
    partition)
        hub="ip netns exec llumnix-hub"
        if ! ip netns add llumnix-hub 2>/dev/null; then echo "no network namespaces here"; continue; fi
        ip netns add llumnix-leader
        ip link add llx0 netns llumnix-hub type veth peer name llx1 netns llumnix-leader
        $hub ip addr add 10.77.0.1/24 dev llx0; $hub ip link set llx0 up; $hub ip link set lo up
        ip netns exec llumnix-leader ip addr add 10.77.0.2/24 dev llx1
        ip netns exec llumnix-leader ip link set llx1 up; ip netns exec llumnix-leader ip link set lo up
        store_host=10.77.0.1
        rm -rf "$folder/etcd"
        # shellcheck disable=SC2086
        { start_store $hub; scheduler 10.77.0.2 "$port" ip netns exec llumnix-leader; until_leading 10.77.0.2 ip netns exec llumnix-leader; scheduler 10.77.0.1 $((port + 1)) $hub; scheduler 10.77.0.1 $((port + 2)) $hub; }
        echo -n "$store, the leader cut off for 10 s: "
        $hub $loadgen failover --addresses "10.77.0.1:$((port + 1)),10.77.0.1:$((port + 2))" --rate "$rate" --duration 20 & load=$!
        sleep 5; $hub ip link set llx0 down; sleep 10; $hub ip link set llx0 up
        wait $load
        stop; unset store_host
        ip netns del llumnix-hub; ip netns del llumnix-leader ;;
    cost)
        for round in $(seq "${ROUNDS:-3}"); do
            three
            echo -n "round $round, at the leader: "; $loadgen schedule --port "$port" --connections 8 --warm-up 2 --duration 5 --rate 1000
            echo -n "round $round, through a follower: "; $loadgen schedule --port $((port + 1)) --connections 8 --warm-up 2 --duration 5 --rate 1000
            echo -n "round $round, at the leader, as fast as it goes: "; $loadgen schedule --port "$port" --connections 16 --server-pid "$leader" --warm-up 2 --duration 5
            stop
            lease=none; scheduler 127.0.0.1 "$port"; unset lease
            echo -n "round $round, without a lease: "; $loadgen schedule --port "$port" --connections 8 --warm-up 2 --duration 5 --rate 1000
            echo -n "round $round, without a lease, as fast as it goes: "; $loadgen schedule --port "$port" --connections 16 --server-pid "$last" --warm-up 2 --duration 5
            stop
        done ;;
    *) echo "unknown case $case" >&2; exit 2 ;;
    esac
done
