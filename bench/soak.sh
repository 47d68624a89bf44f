#!/usr/bin/env bash
# Schedules for very long and looks for what is left over: 10 million requests in each mode through the real scheduler in this process, with a
# clock of their own, while instances join, leave and restart, releases get lost, repeated and reordered, and gateways report and vanish; then
# a scheduler with its HTTP face over a real Redis, whose fleet is replaced again and again. Some minutes; it ends by itself.
#
#   bench/soak.sh [--schedules N] [--rounds N] [--mode full|lite|both] [--seed N]
#   bench/soak.sh gateway [REQUESTS]
#
# The second form sends requests (100,000 unless given) through `llumnix gateway` with a scheduler, Redis and emulated engines. Every tenth client
# goes early; Redis is killed and comes back empty, then the scheduler is killed and comes back. Exit code 0: every request had an answer or an error
# in OpenAI's shape, memory and threads of the gateway were flat, and every account ended at zero.
#
# Build first: dotnet build Llumnix.slnx -c Release. Needs redis-server. Exit code 0: memory was flat, every account ended at zero, and the
# metrics page has as many series as in the beginning; 1: not so.
. "$(dirname "$0")/common.sh"
built "$attacks"
need redis-server
rm -rf "$folder"
if [ "${1:-}" = gateway ]; then
    exec "$attacks" soak-gateway --program "$llumnix.dll" --requests "${2:-100000}"
else
    exec "$attacks" soak "$@"
fi
