#!/usr/bin/env bash
# Measures `llumnix serve` on this machine beside a bare YARP reverse proxy: same engines, same load, taking turns. CPU per event and per
# request, added time to the first event, memory with 5,000 open streams. Arguments: a shape (single, groups, fast, short) or memory; default all.
# Build first: dotnet build Llumnix.slnx -c Release
. "$(dirname "$0")/common.sh"
built "$loadgen" "$llumnix"
streams=${STREAMS:-5000}
engines=http://127.0.0.1:8110,http://127.0.0.1:8111
# Two sockets for each stream.
open_files $((2 * streams + 500)) || { echo "too few open files allowed: $(ulimit -n)" >&2; exit 1; }
servers() {
    start "$loadgen" engine --port 8110 --count 2 >/dev/null
    start "$loadgen" proxy --port 8120 --engines $engines >/dev/null; proxy=$last
    start "$llumnix" serve --port 8130 --engines $engines --drain-timeout 0 >/dev/null; gateway=$last
    for port in 8110 8120 8130; do until_open $port; done
    sleep 1
}

only=${1:-all}
if [ "$only" != memory ]; then
    servers
    "$loadgen" compare --proxy-pid "$proxy" --gateway-pid "$gateway" --rounds "${ROUNDS:-5}" --duration "${SECONDS_PER_RUN:-6}" --shape "${only/#all/}"
    stop
fi
if [ "$only" = memory ] || [ "$only" = all ]; then
    servers
    echo "YARP"; "$loadgen" hold --streams "$streams" --port 8120 --server-pid "$proxy"
    echo "serve"; "$loadgen" hold --streams "$streams" --port 8130 --server-pid "$gateway"
fi
