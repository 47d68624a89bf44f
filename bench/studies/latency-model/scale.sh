#!/bin/sh
# Makes the wrong tables of the study from right ones: scale.sh TTFT.json TPOT.json
set -eu
cd "$(dirname "$0")"
mkdir -p tables
scale() { jq --argjson f "$3" '.results |= map(.p50 *= $f)' "$1" > "tables/$2-$3.json"; }
for factor in 0.3 0.7 1.3; do scale "$1" ttft "$factor"; done
for factor in 0.7 0.85 1.3; do scale "$2" tpot "$factor"; done
