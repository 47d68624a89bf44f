#!/usr/bin/env bash
# Makes pictures of the Grafana dashboards (deploy/base/monitoring/dashboards) in docs/images, from eight emulated engines under load with a scheduler that moves requests, and a gateway.
# Some 6 minutes. Needs redis-server, prometheus, chromium and jq, and a Grafana, which is one of these:
#   GRAFANA_URL=http://host:3000 with GRAFANA_AUTH=user:password   a running one that reaches this machine at PROMETHEUS_URL (http://127.0.0.1:19090); the dashboards are put into
#                                                                  it, as is a data source "llumnix-pictures". Anonymous readers must be allowed to see them.
#   grafana-server (or `grafana server`) in PATH                   one is started for this, with a folder of its own (GRAFANA_HOME, /usr/share/grafana by default, has its files)
set -euo pipefail
cd "$(dirname "$0")/.."
dashboards=deploy/base/monitoring/dashboards
seconds=${SECONDS_OF_LOAD:-240}
work=$(mktemp -d)
pids=()
trap 'for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"' EXIT
fail() { echo "$*" >&2; exit 1; }
run() { "$@" >>"$work/log" 2>&1 & pids+=($!); }
until_ok() { for _ in $(seq 300); do curl -fs -o /dev/null "$1" && return; sleep 0.2; done; tail -5 "$work/log" >&2; fail "no answer from $1"; }
for program in redis-server prometheus chromium jq; do command -v "$program" >/dev/null || fail "$program is missing: apt-get install it"; done
starts=()
if [ -z "${GRAFANA_URL:-}" ]; then
    if command -v grafana-server >/dev/null; then starts=(grafana-server); elif command -v grafana >/dev/null; then starts=(grafana server); else fail "no Grafana: set GRAFANA_URL, or put grafana-server into PATH"; fi
fi

[ -n "${SKIP_BUILD:-}" ] || dotnet build src/Llumnix.Cli -c Release -v quiet -nologo
llumnix() { src/Llumnix.Cli/bin/Release/net10.0/llumnix "$@"; }
redis=127.0.0.1:19079
run redis-server --port 19079 --bind 127.0.0.1 --save "" --appendonly no
for _ in $(seq 100); do redis-cli -p 19079 ping >/dev/null 2>&1 && break; sleep 0.1; done
run llumnix engine --count 8 --port 19100 --kv-capacity 40000 --cms-redis "$redis" --discovery-redis "$redis"
until_ok http://127.0.0.1:19107/health
run llumnix scheduler --port 19010 --cms-redis-host 127.0.0.1 --cms-redis-port 19079 --colocated-rescheduling-mode --rescheduling-policies neutral_load \
    --rescheduling-interval-ms 500 --rescheduling-neutral-load-threshold 0.4 --rescheduling-load-balance-threshold 0.1
until_ok http://127.0.0.1:19010/readyz
run llumnix gateway --port 19020 --scheduler-endpoints 127.0.0.1:19010 --llm-backend-discovery redis --discovery-redis-host 127.0.0.1 --discovery-redis-port 19079
until_ok http://127.0.0.1:19020/readyz
cat >"$work/prometheus.yml" <<YAML
global: {scrape_interval: 5s}
scrape_configs:
  - {job_name: scheduler, static_configs: [{targets: ["127.0.0.1:19010"], labels: {pod: scheduler-0}}]}
  - {job_name: gateway, static_configs: [{targets: ["127.0.0.1:19020"], labels: {pod: gateway-0}}]}
  - {job_name: engines, static_configs: [{targets: [$(seq -s, -f '"127.0.0.1:%g"' 19100 19107)]}]}
YAML
run prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" --web.listen-address="${PROMETHEUS_LISTEN:-127.0.0.1:19090}"
prometheus=${PROMETHEUS_URL:-http://127.0.0.1:19090}
until_ok "$prometheus/-/ready"

if [ ${#starts[@]} -gt 0 ]; then
    mkdir -p "$work/provisioning/datasources" "$work/provisioning/dashboards"
    sed "s|url: .*|url: $prometheus|" deploy/base/monitoring/datasources.yml >"$work/provisioning/datasources/all.yml"
    sed "s|path: .*|path: $PWD/$dashboards|" deploy/base/monitoring/dashboards.yml >"$work/provisioning/dashboards/all.yml"
    export GF_PATHS_PROVISIONING=$work/provisioning GF_PATHS_DATA=$work/grafana GF_PATHS_LOGS=$work/grafana-log GF_SERVER_HTTP_ADDR=127.0.0.1 GF_SERVER_HTTP_PORT=19030
    export GF_AUTH_ANONYMOUS_ENABLED=true GF_AUTH_ANONYMOUS_ORG_ROLE=Viewer GF_ANALYTICS_REPORTING_ENABLED=false GF_ANALYTICS_CHECK_FOR_UPDATES=false
    run "${starts[@]}" --homepath "${GRAFANA_HOME:-/usr/share/grafana}"
    GRAFANA_URL=http://127.0.0.1:19030
fi
until_ok "$GRAFANA_URL/api/health"
if [ ${#starts[@]} -eq 0 ]; then
    api() { curl -fsS -o /dev/null ${GRAFANA_AUTH:+-u "$GRAFANA_AUTH"} -H 'Content-Type: application/json' "$@"; }
    api -X DELETE "$GRAFANA_URL/api/datasources/uid/llumnix-pictures" 2>/dev/null || true
    api "$GRAFANA_URL/api/datasources" -d "{\"name\":\"llumnix-pictures\",\"uid\":\"llumnix-pictures\",\"type\":\"prometheus\",\"access\":\"proxy\",\"url\":\"$prometheus\"}"
    for file in "$dashboards"/*.json; do
        jq '{overwrite: true, dashboard: (del(.id) | walk(if type == "object" and .type? == "prometheus" and has("uid") then .uid = "llumnix-pictures" else . end))}' "$file" |
            api "$GRAFANA_URL/api/dashboards/db" -d @-
    done
fi

body() { jq -cn --arg text "$(head -c $((RANDOM % 4000 + 100)) /dev/zero | tr '\0' 'a' | fold -w 4 | tr '\n' ' ')" '{model: "emulated", stream: true, max_tokens: 200, messages: [{role: "user", content: $text}]}'; }
client() { while :; do body | curl -sN -o /dev/null http://127.0.0.1:19020/v1/chat/completions -H 'Content-Type: application/json' -d @- || sleep 1; done; }
for _ in $(seq 24); do client & pids+=($!); done
sleep "$seconds"
for file in "$dashboards"/*.json; do
    name=$(basename "$file" .json)
    # Virtual time lets the panels load and draw.
    chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/chromium" --window-size=1600,1400 --virtual-time-budget=30000 \
        --screenshot="$PWD/docs/images/dashboard-$name.png" "$GRAFANA_URL/d/llumnix-$name?kiosk&from=now-${seconds}s&to=now" >>"$work/log" 2>&1
    [ -s "docs/images/dashboard-$name.png" ] || fail "no picture of $name"
done
ls -l docs/images/dashboard-*.png
