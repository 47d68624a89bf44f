#!/usr/bin/env bash
# Lays out the tree that an image adds to its base: layout.sh DIR [scheduler|engine|gateway]...   (scheduler and engine when none is named)
#   scheduler   DIR/usr/local/bin/scheduler, over DIR/opt/llumnix/scheduler
#   engine      DIR/usr/local/bin/llumnix, over DIR/opt/llumnix/engine
#   gateway     DIR/usr/local/bin/llumnix, over DIR/opt/llumnix/gateway: without the store that only `llumnix demo` needs
# RID picks the platform (linux-x64, linux-arm64; this machine's when unset). ARTIFACTS is a folder that keeps what is compiled, for the next time.
# The Dockerfiles run this script, and so do the tests.
set -euo pipefail
[ $# -gt 0 ] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
mkdir -p "$1"
tree=$(cd "$1" && pwd)
shift
if [ -n "${ARTIFACTS:-}" ]; then mkdir -p "$ARTIFACTS"; ARTIFACTS=$(cd "$ARTIFACTS" && pwd); fi
[ $# -gt 0 ] || set -- scheduler engine
cd "$(dirname "$0")/../.."

case "$(uname -m)" in aarch64|arm64) machine=linux-arm64 ;; *) machine=linux-x64 ;; esac
rid=${RID:-$machine}
# What is built here stays apart from the checkout's own bin and obj.
artifacts=${ARTIFACTS:-}
if [ -z "$artifacts" ]; then
    artifacts=$(mktemp -d)
    trap 'rm -rf "$artifacts"' EXIT
fi

lay() { # name project program [property]...
    local app="$tree/opt/llumnix/$1" program="$3"
    dotnet publish "src/$2" -c Release -r "$rid" --no-self-contained --artifacts-path "$artifacts" -o "$app" -p:RunAnalyzers=false -v quiet -nologo "${@:4}"
    mkdir -p "$tree/usr/local/bin"
    ln -sfn "../../../opt/llumnix/$1/$program" "$tree/usr/local/bin/$program"
    cp LICENSE "$app/"
    rm -f "$app/Llumnix.Server" "$app/web.config"
}

for part in "$@"; do
    case "$part" in
        scheduler) lay scheduler Llumnix.Server scheduler ;;
        engine) lay engine Llumnix.Cli llumnix ;;
        gateway) lay gateway Llumnix.Cli llumnix -p:WithoutDemoStore=true ;;
        *) echo "unknown part '$part': scheduler, engine or gateway" >&2; exit 2 ;;
    esac
done

# Everybody may read, only the owner could write: the images run as somebody else, on a root file system that is read-only.
find "$tree" -type d -exec chmod 755 {} +
find "$tree" -type f -exec chmod u=rw,go=r {} +
for part in "$@"; do
    case "$part" in scheduler) chmod 755 "$tree/opt/llumnix/scheduler/scheduler" ;; *) chmod 755 "$tree/opt/llumnix/$part/llumnix" ;; esac
done
