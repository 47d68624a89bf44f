#!/usr/bin/env bash
# What several schedulers cost and spare beside one, as tables; some 20 minutes. Arguments: the parts, all by default.
#   cost      /schedule at a scheduler without high availability, at a second one like it (which shows the noise), at a leader that streams to a warm standby, and through
#             the follower, in turn, round after round. Bounds: a leader within 3 % of one without, a follower 0.5 ms more at the median.
#             Each connection sends as soon as it has its answer, and there is one by default: at a given rate several requests that fall together wait for each other, which
#             hides small differences. Two processes of one program differ by several percent for as long as they live, so all are started anew, LAUNCHES times.
#             All processes run all the time, so that each contestant has the same neighbours; but while the leader is asked, the standby works, too, which runs on a machine of its
#             own elsewhere. So one core has the contestants, of which one is asked at a time, and the other core all else: the standby, Redis, and what loads them.
#             PINNED=0 leaves them all on all cores.
#   stream    /schedule at one leader while it has no standby, while it streams to one, and while it has none again, TURNS times. It is the same process all the time, so
#             that the difference between two processes of one program does not count. Shows what the stream adds to a leader; what a leader has besides (a check of its lease, a
#             header, the journal) is in cost alone. In place of the standby runs a scheduler that knows nothing of the leader, so that what asks has the same neighbour all the time
#   restart   failed calls and regret at 200 requests/s when one scheduler is restarted, and when the leader of two is restarted or killed. Calls go round
#             robin, also to a scheduler that has stopped and not started again; once they go only where /readyz says 200, as through a service of Kubernetes
# LAUNCHES, ROUNDS, SECONDS_PER_RUN, CONNECTIONS and RATE (0: as fast as the answers come) are those of cost, TURNS and the last three those of stream, REPEATS the runs of each case of restart.
# Build first: dotnet build bench/Llumnix.LoadGenerator -c Release; dotnet build src/Llumnix.Server -c Release
set -euo pipefail
cd "$(dirname "$0")/.."
loadgen=bench/Llumnix.LoadGenerator/bin/Release/net10.0/loadgen
server=src/Llumnix.Server/bin/Release/net10.0/Llumnix.Server
redis_port=${REDIS_PORT:-16579}
port=${PORT:-8410}
pids=()
records=$(mktemp -d)
on=(); beside=() # what puts a process on its core: the next one, and those that are not compared
stop() { for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; pids=(); }
trap 'stop; rm -rf "$records"' EXIT

start_redis() {
    "${on[@]}" redis-server --port "$redis_port" --save "" --appendonly no --bind 127.0.0.1 >/dev/null & pids+=($!)
    for _ in $(seq 100); do redis-cli -p "$redis_port" ping >/dev/null 2>&1 && return; sleep 0.1; done
    echo "redis-server does not answer on $redis_port" >&2; exit 1
}
scheduler() { # port, one | replica
    local ha=()
    [ "$2" = replica ] && ha=(--ha-mode leader --ha-lease redis --ha-advertise-address "127.0.0.1:$1" --ha-port $(($1 + 100)))
    "${on[@]}" $server --host 127.0.0.1 --port "$1" --cms-redis-host 127.0.0.1 --cms-redis-port "$redis_port" --shutdown-grace-seconds 3 "${ha[@]}" >/dev/null 2>&1 & last=$!
    pids+=("$last")
}
until_ok() { # port path
    for _ in $(seq 200); do curl -fs "http://127.0.0.1:$1/$2" >/dev/null && return; sleep 0.1; done
    echo "no 200 from $2 on $1" >&2; exit 1
}
until_streaming() { # the leader's port
    for _ in $(seq 200); do curl -fs "http://127.0.0.1:$1/metrics" | grep '^scheduler_peer_connected{.*} 1' >/dev/null && return; sleep 0.1; done
    echo "the scheduler on $1 does not stream its placements" >&2; exit 1
}
until_alone() { # the leader's port
    for _ in $(seq 200); do curl -fs "http://127.0.0.1:$1/metrics" | grep '^scheduler_peer_connected{.*} 1' >/dev/null || return 0; sleep 0.1; done
    echo "the scheduler on $1 still streams its placements" >&2; exit 1
}
pair() {
    scheduler "$port" replica; leader=$last; until_ok "$port" leaderz
    on=("${beside[@]}"); scheduler $((port + 1)) replica; follower=$last; until_streaming "$port"
}

cost() {
    local on=() contestants=() beside=() launch
    own_cores
    for launch in $(seq "${LAUNCHES:-12}"); do
        on=("${beside[@]}"); start_redis
        "${on[@]}" $loadgen cms --redis-port "$redis_port" --instances 16 --interval-ms 200 >/dev/null & pids+=($!)
        on=("${contestants[@]}"); pair
        on=("${contestants[@]}"); scheduler $((port + 2)) one; local one=$last
        scheduler $((port + 3)) one
        for i in 0 1 2 3; do until_ok $((port + i)) readyz; done
        "${beside[@]}" $loadgen compare-schedulers \
            --targets "one scheduler:$((port + 2)):$one,another like it:$((port + 3)):$last,leader:$port:$leader,follower:$((port + 1)):$follower" \
            --connections "${CONNECTIONS:-1}" --rounds "${ROUNDS:-10}" --duration "${SECONDS_PER_RUN:-0.7}" --rate "${RATE:-0}" --first-warm-up 5 --records "$records/launch-$launch" || [ -s "$records/launch-$launch" ] # some were not placed: the table says it
        stop
    done
    $loadgen compare-launches "$records"/launch-*
}

own_cores() { # sets the arrays of the part that calls it
    if [ "${PINNED:-1}" = 1 ] && [ "$(nproc)" -ge 2 ]; then contestants=(taskset -c 0); beside=(taskset -c 1); fi
}
stream() {
    local on=() contestants=() beside=() turn
    own_cores
    on=("${beside[@]}"); start_redis
    "${on[@]}" $loadgen cms --redis-port "$redis_port" --instances 16 --interval-ms 200 >/dev/null & pids+=($!)
    on=("${contestants[@]}"); scheduler "$port" replica; leader=$last; until_ok "$port" leaderz
    on=("${beside[@]}")
    # The leader streams for a while first, until its code for that, too, is compiled for good; and a new standby has some seconds to settle before each run.
    beside_a replica; ask_leader "a standby" warm-up 20; end_neighbour
    for turn in $(seq "${TURNS:-15}"); do
        beside_a one; ask_leader "no standby" "turn-$turn" 4; end_neighbour
        beside_a replica; ask_leader "a standby" "turn-$turn" 4; end_neighbour
        beside_a one; ask_leader "no standby again" "turn-$turn" 4; end_neighbour
    done
    stop
    $loadgen compare-launches "$records"/turn-*
}
beside_a() { # one | replica
    scheduler $((port + 1)) "$1"
    if [ "$1" = replica ]; then until_streaming "$port"; else until_ok $((port + 1)) readyz; until_alone "$port"; fi
}
end_neighbour() { kill -KILL "$last"; wait "$last" 2>/dev/null || true; sleep 0.3; }
ask_leader() { # name, file of records, seconds before it
    "${beside[@]}" $loadgen compare-schedulers --targets "$1:$port:$leader" --connections "${CONNECTIONS:-1}" --rounds 1 --duration "${SECONDS_PER_RUN:-2}" --rate "${RATE:-0}" \
        --first-warm-up "$3" --records "$records/one" || [ -s "$records/one" ] # some were not placed: the table says it
    cat "$records/one" >>"$records/$2"
}

restart() {
    echo "200 req/s over 16 modelled instances, busy for 78 % of the time. Calls that failed at first and how, and those that failed at the other scheduler, too, which go round robin;"
    echo "regret: by how many tokens the chosen instance had more to do than the least loaded one, mean of a time."
    echo "| what | requests | failed calls | failed twice | regret before | in the second after | in the worst second after | over all |"
    echo "|---|---|---|---|---|---|---|---|"
    for _ in $(seq "${REPEATS:-2}"); do
        one "one, nothing happens" ""
        one "one, SIGTERM and a new start" TERM
        two "two, nothing happens" ""
        two "two, SIGTERM to the leader and a new start" TERM
        two "the same, calls follow /readyz" TERM --follow-readiness
        two "two, SIGKILL to the leader and a new start" KILL
    done
}
one() { # name signal
    start_redis
    scheduler "$port" one
    $loadgen restart --redis-port "$redis_port" --addresses "127.0.0.1:$port" --name "$1" --signal "$2" --pid "$last" & local load=$!; pids+=("$load")
    if [ -n "$2" ]; then wait "$last" || true; scheduler "$port" one; fi
    wait $load
    stop
}
two() { # name signal flag
    start_redis
    pair
    $loadgen restart --redis-port "$redis_port" --addresses "127.0.0.1:$port,127.0.0.1:$((port + 1))" --name "$1" --signal "$2" --pid "$leader" "${@:3}" & local load=$!; pids+=("$load")
    if [ -n "$2" ]; then wait "$leader" 2>/dev/null || true; scheduler "$port" replica; fi
    wait $load
    stop
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(cost stream restart)
for part in "${parts[@]}"; do
    case $part in
    cost | stream | restart) $part ;;
    *) echo "unknown part $part" >&2; exit 2 ;;
    esac
done
