#!/usr/bin/env bash
# Builds everything and runs every test. Installs what a bare Debian or Ubuntu machine with the .NET SDK lacks.
# Ends with one line, "N passed, N failed", and a matching exit code.
set -uo pipefail
cd "$(dirname "$0")"

updated="" # the list of packages is read once
need() { # program or path, package
    command -v "$1" >/dev/null 2>&1 && return
    [ -e "$1" ] && return
    echo "installing $2 (for $1)"
    local sudo=""
    [ "$(id -u)" = 0 ] || sudo="sudo -n"
    if ! { { [ -n "$updated" ] || $sudo apt-get update -qq; } && updated=yes && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "$2"; } >/dev/null; then
        echo "could not install $2: install it by hand, the tests that need $1 fail without it" >&2
    fi
}
need redis-server redis-server
need etcd etcd-server
need chromium chromium
need promtool prometheus
need go golang-go
need /usr/share/gocode/src/github.com/Masterminds/sprig golang-github-masterminds-sprig-dev
need /usr/share/gocode/src/sigs.k8s.io/yaml golang-k8s-sigs-yaml-dev
need node nodejs
need npm npm
need zsh zsh
npm ci --prefix tests/Llumnix.Cli.Tests/OpenAiClients/Node --no-audit --no-fund --loglevel=error \
    || echo "could not install the openai client: the tests that need it fail" >&2

dotnet build Llumnix.slnx -c Release -v quiet -nologo || { echo "0 passed, 1 failed"; exit 1; }

advisories=$(dotnet list Llumnix.slnx package --vulnerable --include-transitive 2>/dev/null | grep -E '^ +> ' || true)
if [ -n "$advisories" ]; then
    printf 'packages with known advisories:\n%s\n' "$advisories" >&2
    echo "0 passed, 1 failed"
    exit 1
fi

passed=0
failed=0
for project in tests/*.Tests; do
    log=$(mktemp)
    "$project/bin/Release/net10.0/$(basename "$project")" -noColor 2>&1 | tee "$log"
    code=${PIPESTATUS[0]}
    summary=$(grep -Eo 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -n 1)
    rm -f "$log"
    read -r total errors bad skipped <<<"$(sed -E 's/[^0-9]+/ /g' <<<"${summary:-0 1 0 0}")"
    # A run that ends badly without a failed test to show for it is a failure of its own.
    [ $((errors + bad)) -gt 0 ] || [ "$code" = 0 ] || errors=1
    passed=$((passed + total - bad - skipped))
    failed=$((failed + bad + errors + skipped))
done

if dotnet bench/Llumnix.Benchmarks/bin/Release/net10.0/Llumnix.Benchmarks.dll gate; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
