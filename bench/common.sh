# What the scripts of this folder share, which source it: servers on loopback, and an end that stops all that was started.
# on=(taskset -c 1) puts what is started from then on there; host is where it listens.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
loadgen=$root/bench/Llumnix.LoadGenerator/bin/Release/net10.0/loadgen
attacks=$root/bench/Llumnix.Attacks/bin/Release/net10.0/attacks
server=${SERVER:-$root/src/Llumnix.Server/bin/Release/net10.0/Llumnix.Server}
llumnix=$root/src/Llumnix.Cli/bin/Release/net10.0/llumnix
host=127.0.0.1
on=()
pids=()
folder=$(mktemp -d) # for logs and what is measured; goes at the end

stop() { # all that start has started
    for pid in "${pids[@]}"; do kill -CONT "$pid" 2>/dev/null || true; kill -KILL "$pid" 2>/dev/null || true; done
    [ ${#pids[@]} = 0 ] || wait "${pids[@]}" 2>/dev/null || true
    pids=()
}
finish() { stop; rm -rf "$folder"; }
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

need() { # programs
    local program
    for program in "$@"; do command -v "$program" >/dev/null || { echo "install $program first" >&2; exit 2; }; done
}
built() { # programs
    local program
    for program in "$@"; do [ -x "$program" ] || { echo "build first: dotnet build Llumnix.slnx -c Release" >&2; exit 2; }; done
}
open_files() { # how many are needed
    ulimit -n "$(ulimit -Hn)" || true
    [ "$(ulimit -n)" = unlimited ] || [ "$(ulimit -n)" -ge "$1" ]
}
start() { # a program in the background, whose id is then $last
    "${on[@]}" "$@" & last=$!
    pids+=("$last")
}
until_true() { # what; a command that succeeds when it is there
    local what=$1
    shift
    for _ in $(seq 300); do "${on[@]}" "$@" >/dev/null 2>&1 && return; sleep 0.1; done
    echo "no $what after 30 s" >&2
    tail -n 3 "$folder"/*.log >&2 2>/dev/null || true
    exit 1
}
until_ok() { # port path
    until_true "answer of $2 on $1" curl -fs -o /dev/null "http://$host:$1/$2"
}
until_open() { # port
    until_true "listener on $1" bash -c "exec 3<>/dev/tcp/$host/$1"
}
free_port() { # an arbitrary one below those that the system gives
    local port
    while port=$((RANDOM % 12000 + 20000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

start_redis() { # port
    start redis-server --port "$1" --save "" --appendonly no --bind "$host" --protected-mode no >/dev/null
    until_true "redis-server on $1" redis-cli -h "$host" -p "$1" ping
}
start_cms() { # port of Redis, instances, ms between statuses
    start "$loadgen" cms --redis-port "$1" --instances "$2" --interval-ms "$3" >"$folder/cms.log"
    until_true "status of the instances" grep -q filled "$folder/cms.log"
}
start_scheduler() { # port flags
    start "$server" --host "$host" --port "$1" "${@:2}" >"$folder/$1.log" 2>&1
}
