#!/usr/bin/env bash
# What the console costs a scheduler and a browser, as tables; some 20 minutes, most of them of latency and watching. Arguments: the parts, all by default.
#   latency   /schedule at a scheduler without a console, at a second one like it (which shows the noise), at one with a console that nobody watches, and at one whose console
#             two clients watch, in turn, round after round, at 16 instances. Bound: watched within 3 % of the first one. As in ha-cost.sh, a connection sends as soon as it has its
#             answer, and all processes are started anew, LAUNCHES times: two processes of one program differ by more than 3 % for as long as they live.
#   watching  /schedule at one scheduler with a console while nobody watches it, while two clients do, and while nobody does again, TURNS times. It is the same process all the
#             time, so that the difference between two processes of one program does not count. Bound: watched within 3 % of unwatched. Takes a core for the server and one for all else.
#   fleet     CPU and memory of the last three at 1,000 instances without requests. Bounds: 5 % of a core and 40 MB more than the first one.
#   page      CPU of a browser that shows the fleet of 16 and of 1,000 instances, with nothing else to do.
# LAUNCHES, ROUNDS, SECONDS_PER_RUN, WARM_UP (seconds of load for each scheduler before the first round, in which it compiles its code for good), CONNECTIONS and RATE (0: as fast as the
# answers come) are those of latency, TURNS and the last five those of watching, SECONDS_PER_FLEET those of fleet and page,
# INSTANCES and SETTLE (seconds before it) those of fleet, FLEETS the instances of page. CLIENTS=chromium has two visible tabs of a Chromium watch in
# latency, watching and fleet instead of two streams. A person's browser is on another machine; here it gets a core of its own, and everything else the others
# (SEPARATION=cores, the default from 4 cores on), or only the time that nothing else wants (SEPARATION=idle, with fewer), or neither (SEPARATION=none).
# Build first: dotnet build bench/Llumnix.LoadGenerator -c Release; dotnet build src/Llumnix.Server -c Release
set -euo pipefail
cd "$(dirname "$0")/.."
loadgen=bench/Llumnix.LoadGenerator/bin/Release/net10.0/loadgen
server=${SERVER:-src/Llumnix.Server/bin/Release/net10.0/Llumnix.Server}
redis_port=${REDIS_PORT:-16779}
port=${PORT:-8610}
pids=()
profile=$(mktemp -d)
records=$(mktemp -d)
stop() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; pids=(); }
trap 'stop; rm -rf "$profile" "$records"' EXIT
beside=()
browser=()
of_server=()
if [ "${CLIENTS:-streams}" = chromium ]; then
    last=$(($(nproc) - 1))
    case ${SEPARATION:-$([ "$last" -ge 3 ] && echo cores || echo idle)} in
    cores) beside=(taskset -c "0-$((last - 1))") browser=(taskset -c "$last") ;;
    idle) browser=(chrt -i 0) ;;
    none) ;;
    *) echo "unknown SEPARATION=$SEPARATION" >&2; exit 2 ;;
    esac
fi

until_ok() { for _ in $(seq 200); do curl -fs "http://127.0.0.1:$1/$2" >/dev/null && return; sleep 0.1; done; echo "no 200 from $2 on $1" >&2; exit 1; }
scheduler() { # port, flags
    "${beside[@]}" "${of_server[@]}" "$server" --host 127.0.0.1 --port "$1" --cms-redis-host 127.0.0.1 --cms-redis-port "$redis_port" "${@:2}" >/dev/null 2>&1 & last=$!; pids+=("$last")
    until_ok "$1" readyz
}
connections() { ss -Htn state established "sport = :$1" | wc -l; }
chromium_tabs() { # tabs, address
    rm -rf "${profile:?}/"*
    # The debugging port keeps a browser without a window running, and opens more tabs, which are all visible.
    "${browser[@]}" chromium --headless --no-sandbox --disable-gpu --remote-debugging-port=0 --window-size=1440,900 --user-data-dir="$profile" "$2" >/dev/null 2>&1 & pids+=($!)
    for _ in $(seq 200); do [ -s "$profile/DevToolsActivePort" ] && break; sleep 0.1; done
    for _ in $(seq 2 "$1"); do curl -fs -X PUT "http://127.0.0.1:$(head -1 "$profile/DevToolsActivePort")/json/new?$2" >/dev/null; done
}
watch() { # console's port
    before_watch=${#pids[@]}
    if [ "${CLIENTS:-streams}" = chromium ]; then
        chromium_tabs 2 "http://127.0.0.1:$1/console"
    else
        for _ in 1 2; do "${beside[@]}" curl -sN "http://127.0.0.1:$1/admin/events" -o /dev/null & pids+=($!); done
    fi
    for _ in $(seq 200); do [ "$(connections "$1")" -ge 2 ] && break; sleep 0.1; done
    [ "$(connections "$1")" -ge 2 ] || { echo "nobody watches $1" >&2; exit 1; }
    sleep 5
}
fleet_of() { # instances, ms between statuses
    "${beside[@]}" redis-server --port "$redis_port" --save "" --appendonly no --bind 127.0.0.1 >/dev/null & pids+=($!)
    for _ in $(seq 100); do redis-cli -p "$redis_port" ping >/dev/null 2>&1 && break; sleep 0.1; done
    "${beside[@]}" $loadgen cms --redis-port "$redis_port" --instances "$1" --interval-ms "$2" >/dev/null & pids+=($!)
}
start() { # instances, ms between statuses
    fleet_of "$1" "$2"
    scheduler "$port"; none=$last
    scheduler $((port + 1)) --enable-console --console-port $((port + 101)); unwatched=$last
    scheduler $((port + 2)) --enable-console --console-port $((port + 102)); watched=$last
    watch $((port + 102))
}

latency() {
    local launch
    for launch in $(seq "${LAUNCHES:-12}"); do
        fleet_of 16 200
        scheduler "$port"; local first=$last
        scheduler $((port + 3)); local second=$last
        scheduler $((port + 1)) --enable-console --console-port $((port + 101)); unwatched=$last
        scheduler $((port + 2)) --enable-console --console-port $((port + 102)); watched=$last
        watch $((port + 102))
        "${beside[@]}" $loadgen compare-schedulers \
            --targets "no console:$port:$first,another like it:$((port + 3)):$second,console:$((port + 1)):$unwatched,console watched by two:$((port + 2)):$watched" \
            --connections "${CONNECTIONS:-1}" --rounds "${ROUNDS:-10}" --duration "${SECONDS_PER_RUN:-0.7}" --rate "${RATE:-0}" \
            --first-warm-up "${WARM_UP:-10}" --records "$records/launch-$launch" || [ -s "$records/launch-$launch" ] # some were not placed: the table says it
        stop
    done
    $loadgen compare-launches "$records"/launch-*
}

watching() {
    local of_server=() beside=("${beside[@]}") browser=("${browser[@]}") turn watched
    if [ "$(nproc)" -ge 2 ]; then of_server=(taskset -c 0) beside=(taskset -c 1); browser+=("${beside[@]}"); fi
    fleet_of 16 200
    scheduler "$port" --enable-console --console-port $((port + 101)); watched=$last
    watch $((port + 101)); ask "two watch" warm-up "${WARM_UP:-20}"; stop_watching
    for turn in $(seq "${TURNS:-15}"); do
        ask "nobody watches" "turn-$turn" 2
        watch $((port + 101)); ask "two watch" "turn-$turn" 2; stop_watching
        ask "nobody watches again" "turn-$turn" 2
    done
    stop
    $loadgen compare-launches "$records"/turn-*
}
stop_watching() {
    local watchers=("${pids[@]:before_watch}")
    pids=("${pids[@]:0:before_watch}")
    kill "${watchers[@]}"; wait "${watchers[@]}" 2>/dev/null || true
    for _ in $(seq 200); do [ "$(connections $((port + 101)))" -eq 0 ] && return; sleep 0.1; done
    echo "somebody still watches" >&2; exit 1
}
ask() { # name, file of records, seconds before it
    "${beside[@]}" $loadgen compare-schedulers --targets "$1:$port:$watched" --connections "${CONNECTIONS:-1}" --rounds 1 --duration "${SECONDS_PER_RUN:-2}" --rate "${RATE:-0}" \
        --first-warm-up "$3" --records "$records/one" || [ -s "$records/one" ] # some were not placed: the table says it
    cat "$records/one" >>"$records/$2"
}

cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print 1000 * ($12 + $13) / hz }' "/proc/$1/stat"; }
memory_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
fleet() {
    local instances=${INSTANCES:-1000}
    start "$instances" 1000
    # Until the looks, two a second, are compiled for good.
    sleep "${SETTLE:-60}"
    local seconds=${SECONDS_PER_FLEET:-30} before=() pid
    for pid in $none $unwatched $watched; do before+=("$(cpu_ms "$pid")"); done
    sleep "$seconds"
    echo "$instances instances whose statuses change once in a second, no requests, over $seconds s:"
    echo "| scheduler | cores | memory MB |"
    echo "|---|---|---|"
    local names=("no console" console "console watched by two") i=0
    for pid in $none $unwatched $watched; do
        echo "| ${names[$i]} | $(awk -v a="${before[$i]}" -v b="$(cpu_ms "$pid")" -v s="$seconds" 'BEGIN { printf "%.4f", (b - a) / 1000 / s }') | $(($(memory_kb "$pid") / 1024)) |"
        i=$((i + 1))
    done
    stop
}

browser_cpu_ms() { local sum=0 pid; for pid in $(pgrep -f -- "--user-data-dir=$profile"); do sum=$(awk -v a="$sum" -v b="$(cpu_ms "$pid" 2>/dev/null || echo 0)" 'BEGIN { print a + b }'); done; echo "$sum"; }
page() {
    local seconds=${SECONDS_PER_FLEET:-30} instances before
    echo "A browser with one tab, over $seconds s:"
    echo "| page | cores |"
    echo "|---|---|"
    for instances in ${FLEETS:-0 16 1000}; do
        if [ "$instances" -gt 0 ]; then
            fleet_of "$instances" $((instances > 16 ? 1000 : 200))
            scheduler "$port" --enable-console --console-port $((port + 101))
            chromium_tabs 1 "http://127.0.0.1:$((port + 101))/console"
        else
            chromium_tabs 1 about:blank
        fi
        sleep 10
        before=$(browser_cpu_ms)
        sleep "$seconds"
        echo "| $([ "$instances" -gt 0 ] && echo "the fleet of $instances instances" || echo "an empty page") | $(awk -v a="$before" -v b="$(browser_cpu_ms)" -v s="$seconds" 'BEGIN { printf "%.3f", (b - a) / 1000 / s }') |"
        stop
    done
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(latency watching fleet page)
for part in "${parts[@]}"; do
    case $part in
    latency | watching | fleet | page) $part ;;
    *) echo "unknown part $part" >&2; exit 2 ;;
    esac
done
