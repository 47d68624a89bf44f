#!/usr/bin/env bash
# What gateways notice of changes of the leader: three schedulers over Redis (or etcd: STORE=etcd), 500 requests a second through the two followers,
# each sent once more when it fails. Arguments: the cases, all by default.
#   term kill pause store delete   one machine, all on loopback
#   partition                      two network namespaces, which need root: the leader is cut off from Redis and the followers
#   cost                           /schedule at the leader, through a follower, and at a scheduler without a lease
# Build first: dotnet build Llumnix.slnx -c Release
. "$(dirname "$0")/common.sh"
built "$loadgen" "$server"
store=${STORE:-redis}
need curl "$([ "$store" = etcd ] && echo etcd || echo redis-server)"
store_port=${STORE_PORT:-16479}
port=${PORT:-8310}
rate=${RATE:-500}
hub=(ip netns exec llumnix-hub) apart=(ip netns exec llumnix-leader)
trap 'finish; ip netns del llumnix-hub 2>/dev/null || true; ip netns del llumnix-leader 2>/dev/null || true' EXIT

start_store() {
    rm -rf "$folder/etcd"
    if [ "$store" = etcd ]; then
        start etcd --data-dir "$folder/etcd" --listen-client-urls "http://$host:$store_port" --advertise-client-urls "http://$host:$store_port" \
            --listen-peer-urls "http://127.0.0.1:$((store_port + 1))" --initial-advertise-peer-urls "http://127.0.0.1:$((store_port + 1))" \
            --initial-cluster "default=http://127.0.0.1:$((store_port + 1))" >/dev/null 2>&1
        until_ok "$store_port" health
    else
        start_redis "$store_port"
    fi
    store_host=$host store_pid=$last
}
scheduler() { # port, lease
    start_scheduler "$1" --enable-full-mode-scheduling=false --llm-backend-discovery endpoints \
        --llm-backend-endpoints 10.0.0.1:8000,10.0.0.2:8000,10.0.0.3:8000,10.0.0.4:8000 --shutdown-grace-seconds 3 \
        --ha-lease "${2:-$store}" --discovery-redis-host "$store_host" --discovery-redis-port "$store_port" \
        --discovery-etcd-endpoints "$store_host:$store_port" --ha-advertise-address "$host:$1"
    until_ok "$1" readyz
}
three() {
    start_store
    scheduler "$port"; leader=$last
    until_ok "$port" leaderz
    scheduler $((port + 1))
    scheduler $((port + 2))
    sleep 1
}
run() { # name seconds; what happens is on standard input
    echo -n "$store, $1: "
    start "$loadgen" failover --addresses "$host:$((port + 1)),$host:$((port + 2))" --rate "$rate" --duration "$2"
    bash -s
    wait "$last"
    stop
}
partition() {
    if ! ip netns add llumnix-hub 2>/dev/null; then echo "no network namespaces here"; return; fi
    ip netns add llumnix-leader
    ip link add llx0 netns llumnix-hub type veth peer name llx1 netns llumnix-leader
    "${hub[@]}" ip addr add 10.77.0.1/24 dev llx0; "${hub[@]}" ip link set llx0 up; "${hub[@]}" ip link set lo up
    "${apart[@]}" ip addr add 10.77.0.2/24 dev llx1; "${apart[@]}" ip link set llx1 up; "${apart[@]}" ip link set lo up
    on=("${hub[@]}") host=10.77.0.1; start_store
    on=("${apart[@]}") host=10.77.0.2; scheduler "$port"; until_ok "$port" leaderz
    on=("${hub[@]}") host=10.77.0.1; scheduler $((port + 1)); scheduler $((port + 2))
    run "the leader cut off for 10 s" 20 <<<"sleep 5; ${hub[*]} ip link set llx0 down; sleep 10; ${hub[*]} ip link set llx0 up"
    on=() host=127.0.0.1
    ip netns del llumnix-hub; ip netns del llumnix-leader
}
cost() {
    local round
    for round in $(seq "${ROUNDS:-3}"); do
        three
        load "round $round, at the leader" "$port" --connections 8 --rate 1000
        load "round $round, through a follower" $((port + 1)) --connections 8 --rate 1000
        load "round $round, at the leader, as fast as it goes" "$port" --connections 16 --server-pid "$leader"
        stop
        scheduler "$port" none
        load "round $round, without a lease" "$port" --connections 8 --rate 1000
        load "round $round, without a lease, as fast as it goes" "$port" --connections 16 --server-pid "$last"
        stop
    done
}
load() { # what it is, port, flags
    echo -n "$1: "
    "$loadgen" schedule --port "$2" --warm-up 2 --duration "${SECONDS_PER_RUN:-5}" "${@:3}"
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
    partition | cost) $case ;;
    *) echo "unknown case $case" >&2; exit 2 ;;
    esac
done
