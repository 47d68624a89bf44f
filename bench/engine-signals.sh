#!/usr/bin/env bash
# What it costs to read the load of ENGINES (1,000) plain engines every INTERVAL_MS (250): CPU share and memory of the reading process.
# Build first: dotnet build Llumnix.slnx -c Release
set -euo pipefail
cd "$(dirname "$0")/.."
loadgen=bench/Llumnix.LoadGenerator/bin/Release/net10.0/loadgen
engines=${ENGINES:-1000}
port=${PORT:-20000}
ulimit -n "$(ulimit -Hn)"
$loadgen scraped --port "$port" --count "$engines" >/dev/null & responders=$!
trap 'kill $responders 2>/dev/null || true' EXIT
for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done
$loadgen scrape --port "$port" --count "$engines" --interval-ms "${INTERVAL_MS:-250}" --duration "${SECONDS_PER_RUN:-15}"
