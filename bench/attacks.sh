#!/usr/bin/env bash
# Attacks real schedulers on this machine and tells what became of them: memory, log, exit, and the latencies of good clients beside the attack.
#
#   bench/attacks.sh                          all attacks on this build; some 10 minutes
#   bench/attacks.sh --attack websockets      one of them; may be repeated
#   bench/attacks.sh --program before=OLD/llumnix.dll --program after=NEW/llumnix.dll
#                                             two builds in one run, each attack on the one and then on the other
#   bench/attacks.sh --smoke                  small attacks that only show that each of them runs; latencies are not judged
#   bench/attacks.sh --logs FOLDER            keeps the beginning of each scheduler's log
#   bench/attacks.sh list                     what there is
#
# Build first: dotnet build Llumnix.slnx -c Release. Needs Linux and redis-server.
# At the end stand a Markdown table and a verdict. Exit code 0: every scheduler withstood every attack: it lived, served all good requests (p99
# within a second), answered nobody with 500 and wrote no more than 200 log lines; 1: not so; 2: bad arguments.
#
# Everything is on loopback, bounded in count and time, and ends by itself. The scheduler gets 512 MiB (--memory-mib): its heap is bounded to
# three quarters of them, as .NET does in a container of that size, and it is killed when its resident memory is above. Good clients send 200
# requests/s on four connections; a latency counts from when the request was due. The attacker comes from an address of its own.
. "$(dirname "$0")/common.sh"
built "$attacks"
need redis-server
open_files 8192 || echo "only $(ulimit -n) open files: some attacks need 8,192" >&2
case " $* " in
" list ") set -- list ;;
*" --program "* | *" --program="*) set -- run "$@" ;;
*) set -- run --program "this build=$llumnix.dll" "$@" ;;
esac
rm -rf "$folder"
exec "$attacks" "$@"
