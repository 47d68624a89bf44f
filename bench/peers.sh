#!/usr/bin/env bash
# What schedulers lose that do not know of each other's placements: one idle instance among 16, and 200 requests within 50 ms, over one, two and four schedulers,
# without and with streams between them, and with one that leads. FLAGS are further flags of the schedulers.
# Build first: dotnet build Llumnix.slnx -c Release
. "$(dirname "$0")/common.sh"
built "$loadgen" "$server"
need redis-server redis-cli
redis_port=${REDIS_PORT:-16379}
port=${PORT:-8210}

measure() { # schedulers, none | streams | leader
    start_redis "$redis_port"
    peers=$(for i in $(seq "$1"); do echo -n "127.0.0.1:$((port + 100 + i)),"; done)
    ports=()
    for i in $(seq "$1"); do
        ha=()
        [ "$2" = streams ] && ha=(--ha-mode active-active --ha-port $((port + 100 + i)) --ha-peers "${peers%,}")
        [ "$2" = leader ] && ha=(--ha-mode leader --ha-lease redis --ha-advertise-address "127.0.0.1:$((port + i))" --ha-port $((port + 100 + i)))
        # shellcheck disable=SC2086
        start_scheduler $((port + i)) --cms-redis-host 127.0.0.1 --cms-redis-port "$redis_port" "${ha[@]}" ${FLAGS:-}
        ports+=($((port + i)))
    done
    "$loadgen" burst --redis-port "$redis_port" --ports "${ports[@]}" --rounds "${ROUNDS:-10}"
    stop
}

echo "without streams"; for n in 1 2 4; do measure $n none; done
echo "with streams"; for n in 2 4; do measure $n streams; done
echo "one leads, the others forward to it"; for n in 2 4; do measure $n leader; done
