#!/usr/bin/env bash
# What it costs a scheduler to know the load of 1,000 engines, while 200 requests/s are placed: without any reading, by the CMS, and by reading each engine's own
# full page of metrics (about 200 series) every 250 ms. The three take turns on the same machine; some 3.5 minutes, and the build before that.
#
#   bench/engine-signals.sh            measures and compares with the bounds
#   bench/engine-signals.sh --smoke    one short round with few engines, that only shows that everything runs; builds nothing and compares nothing
#
# At the end stand a Markdown table with the median of all rounds, and a verdict. Exit code 0: the scheduler that reads engines uses at most 0.4 cores and at most
# 60 MiB more than with the CMS, and the p99 of decisions, as the scheduler's own histogram tells it, is at most one bucket above the larger one of the other two;
# 1: not so, or something failed; 2: bad arguments. /schedule's p99 is told and not judged: the server of the pages, which is not there otherwise, takes its share of it.
#
# Environment: ENGINES, INTERVAL_MS (of reading), CMS_INTERVAL_MS (statuses are written and polled), RATE, ROUNDS, WARM_UP and SECONDS_PER_RUN.
# Needs .NET's SDK, redis-server, redis-cli and curl. Everything is on loopback and is stopped at the end.
. "$(dirname "$0")/common.sh"
export LC_ALL=C
smoke=false
case "$#:${1:-}" in
0:) ;;
1:--smoke) smoke=true ;;
*) echo "unknown argument: $*" >&2; exit 2 ;;
esac
need redis-server redis-cli curl
if $smoke; then
    engines=${ENGINES:-20} rounds=1 warm_up=0.5 seconds=3
    built "$loadgen" "$server"
else
    engines=${ENGINES:-1000} rounds=${ROUNDS:-3} warm_up=${WARM_UP:-5} seconds=${SECONDS_PER_RUN:-15}
    for project in bench/Llumnix.LoadGenerator src/Llumnix.Server; do dotnet build "$root/$project" -c Release -v quiet -nologo >&2; done
fi
interval=${INTERVAL_MS:-250} cms_interval=${CMS_INTERVAL_MS:-500} rate=${RATE:-200} day=86400000
open_files $((4 * engines)) || true

start "$loadgen" engines --count "$engines" >"$folder/engines"
until_true "address of an engine" grep -q . "$folder/engines"
# They stay from round to round.
always=("${pids[@]}") pids=()
trap 'pids+=("${always[@]}"); finish' EXIT
found=(--status-source engines --llm-backend-discovery endpoints --llm-backend-endpoints "$(cat "$folder/engines")")

start_reading() { # source
    local flags redis_port
    port=$(free_port)
    case $1 in
    nothing) flags=("${found[@]}" --engine-metrics-interval-ms $day --engine-metrics-stale-ms $day) ;;
    engines) flags=("${found[@]}" --engine-metrics-interval-ms "$interval") ;;
    CMS)
        redis_port=$(free_port)
        start_redis "$redis_port"
        start_cms "$redis_port" "$engines" "$cms_interval"
        flags=(--cms-redis-host 127.0.0.1 --cms-redis-port "$redis_port" --cms-pull-status-interval-ms "$cms_interval") ;;
    esac
    start_scheduler "$port" "${flags[@]}"
    until_ok "$port" readyz
}
metrics() { curl -fs "http://127.0.0.1:$port/metrics" >"$folder/$1"; echo "read_at $EPOCHREALTIME" >>"$folder/$1"; }
# What a counter has grown by between the two pages, all its series together, and per second.
grown() {
    awk -v name="$1" 'index($0, name) == 1 { sum[FILENAME] += $NF } $1 == "read_at" { at[FILENAME] = $2 }
        END { n = sum[ARGV[2]] - sum[ARGV[1]]; printf "%d %.0f", n, n / (at[ARGV[2]] - at[ARGV[1]]) }' "$folder/before" "$folder/after"
}
# The bound in µs below which 99 of 100 decisions between the pages lie.
decision_p99() {
    awk -F'le="|"} ' '/^request_full_mode_schedule_duration_milliseconds_bucket/ { if (FILENAME == ARGV[1]) before[$2] = $3; else { le[++n] = $2; count[n] = $3 - before[$2] } }
        END { for (i = 1; i <= n; i++) if (count[i] >= 0.99 * count[n]) { print le[i] == "+Inf" ? 1000000 : 1000 * le[i]; exit } }' "$folder/before" "$folder/after"
}

for round in $(seq "$rounds"); do
    for source in nothing CMS engines; do
        start_reading $source
        load=("$loadgen" schedule --port "$port" --server-pid "$last" --connections 8 --rate "$rate" --warm-up 0)
        "${load[@]}" --duration "$warm_up" >"$folder/line" || { cat "$folder/line" "$folder/$port.log" >&2; exit 1; }
        metrics before
        "${load[@]}" --duration "$seconds" >"$folder/line" || { cat "$folder/line" "$folder/$port.log" >&2; exit 1; }
        metrics after
        per_second=$(grown scheduler_engine_reads_total | cut -d ' ' -f 2)
        failed=$(grown scheduler_engine_read_failures_total | cut -d ' ' -f 1)
        echo "round $round, $source: $(cat "$folder/line"), p99 of decisions below $(decision_p99) µs, $per_second reads/s, $failed failed" >&2
        # source, p50 and p99 of /schedule and p99 of decisions in µs, cores, MiB, reads/s, failed reads
        sed -E "s/.* p50 ([0-9]+) .* p99 ([0-9]+) .* ([0-9.]+) cores, ([0-9]+) MiB.*/$source \1 \2 $(decision_p99) \3 \4 $per_second $failed/" "$folder/line" >>"$folder/measured"
        stop
    done
done

echo "$engines engines, every $interval ms; CMS every $cms_interval ms; $rate requests/s; $rounds x $seconds s"
echo
awk -v smoke=$smoke -v due="$((engines * 1000 / interval))" '
function median(key, column,    n, i, j, v, t) {
    n = count[key]
    for (i = 1; i <= n; i++) v[i] = value[key, column, i]
    for (i = 2; i <= n; i++) for (j = i; j > 1 && v[j - 1] > v[j]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
    return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
NF != 8 { print "not understood: " $0 > "/dev/stderr"; bad = 1; exit }
{ k = ++count[$1]; for (c = 2; c <= 8; c++) value[$1, c, k] = $c }
END {
    if (bad) exit 1
    split("nothing CMS engines", sources)
    print "| read | /schedule p50 | p99 | p99 beside nothing read | decision p99 below | cores | working set | reads/s | failed |"
    print "|---|---|---|---|---|---|---|---|---|"
    for (s = 1; s <= 3; s++) {
        k = sources[s]
        printf "| %s | %d µs | %d µs | %.2f | %d µs | %.2f | %d MiB | %d | %d |\n", k, median(k, 2), median(k, 3), median(k, 3) / median("nothing", 3), median(k, 4), median(k, 5), median(k, 6), median(k, 7), median(k, 8)
    }
    if (smoke == "true") exit 0
    other = median("nothing", 3) > median("CMS", 3) ? median("nothing", 3) : median("CMS", 3)
    decision = median("nothing", 4) > median("CMS", 4) ? median("nothing", 4) : median("CMS", 4)
    ratio = median("engines", 3) / other; cores = median("engines", 5); more = median("engines", 6) - median("CMS", 6)
    reads = median("engines", 7)
    if (reads < 0.9 * due) { printf "\nNOT measured: %d of %d reads/s; is the machine busy with something else?\n", reads, due; exit 1 }
    kept = cores <= 0.4 && more <= 60 && median("engines", 4) <= 2.5 * decision
    printf "\n%s: %.2f cores (at most 0.4), %d MiB more than with the CMS (at most 60), p99 of decisions %.1f times that of the others (at most 2.5, one bucket); p99 of /schedule %.2f times\n", kept ? "within the bounds" : "NOT within the bounds", cores, more, median("engines", 4) / decision, ratio
    exit !kept
}' "$folder/measured"
