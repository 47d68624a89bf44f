#!/usr/bin/env bash
# Makes the pictures of docs/images anew: the console over a live fleet of eight emulated engines, and the report of a simulation. Some 6 minutes; needs Chromium and redis-server.
# Where there is a Grafana (GRAFANA_URL, or grafana-server in PATH), the dashboards as well: docs/dashboard-pictures.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
export LLUMNIX_UPDATE_IMAGES=1
dotnet build tests/Llumnix.WebConsole.Tests -c Release -v quiet -nologo
tests/Llumnix.WebConsole.Tests/bin/Release/net10.0/Llumnix.WebConsole.Tests -class Llumnix.WebConsole.Tests.Demo.LiveDemoTests -class Llumnix.WebConsole.Tests.Demo.ReportPictureTests
if [ -n "${GRAFANA_URL:-}" ] || command -v grafana-server grafana >/dev/null; then
    docs/dashboard-pictures.sh
fi
ls -l docs/images
