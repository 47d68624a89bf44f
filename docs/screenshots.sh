#!/usr/bin/env bash
# Makes the pictures of docs/images anew: the console over a live fleet of eight emulated engines, and the report of a simulation. Some 6 minutes; needs Chromium and redis-server.
set -euo pipefail
cd "$(dirname "$0")/.."
export LLUMNIX_UPDATE_IMAGES=1
dotnet build tests/Llumnix.WebConsole.Tests -c Release -v quiet -nologo
tests/Llumnix.WebConsole.Tests/bin/Release/net10.0/Llumnix.WebConsole.Tests -class Llumnix.WebConsole.Tests.Demo.LiveDemoTests -class Llumnix.WebConsole.Tests.Demo.ReportPictureTests
ls -l docs/images
