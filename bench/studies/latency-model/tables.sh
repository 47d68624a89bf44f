#!/bin/sh
# Writes the wrong tables of the study: the built-in estimate h20-qwen3-32b-estimate (PolynomialLatencyModel) times a factor.
set -eu
cd "$(dirname "$0")"
mkdir -p tables
ttft() {
    awk -v f="$1" 'BEGIN {
        print "{\n  \"metadata\": { \"model\": \"Qwen3-32B\", \"description\": \"the estimate for one H20 times " f "\" },\n  \"results\": ["
        for (n = 16; n <= 16384; n *= 2)
            printf "    { \"tokens_num\": %d, \"p50\": %.4f }%s\n", n, f * (15 + 0.55 * n + 8.9e-6 * n * n), n < 16384 ? "," : ""
        print "  ]\n}" }' > "tables/ttft-$1.json"
}
tpot() {
    awk -v f="$1" 'BEGIN {
        print "{\n  \"metadata\": { \"model\": \"Qwen3-32B\", \"description\": \"the estimate for one H20 times " f "\" },\n  \"results\": ["
        batches = split("1 2 4 8 16 32 48 64 96 128", batch); contexts = split("8 128 512 1024 2048 4096 8192 16384", context)
        for (b = 1; b <= batches; b++) for (c = 1; c <= contexts; c++)
            printf "    { \"batch_size\": %d, \"tokens_per_request\": %d, \"p50\": %.4f }%s\n", batch[b], context[c],
                f * (22 + 0.3 * batch[b] + 8.7e-5 * batch[b] * context[c]), b < batches || c < contexts ? "," : ""
        print "  ]\n}" }' > "tables/tpot-$1.json"
}
for factor in 0.3 0.7 1.0 1.3; do ttft "$factor"; done
for factor in 0.7 0.85 1.0 1.3; do tpot "$factor"; done
