using Llumnix.Adapters.Options;
using Llumnix.Scheduling.Policies;
using Llumnix.Server.Options;
using Llumnix.Server.Options.Validation;

namespace Llumnix.Server.Tests.Options;

/// <summary>Builds the input of a parse; every feature is available unless a test says otherwise.</summary>
internal sealed record OptionsInput(params string[] Args)
{
    public static KnownNames Names { get; } = new()
    {
        FullModeMetrics =
        [
            "kv_cache_usage_ratio_projected", "decode_batch_size", "num_waiting_requests", "all_prefills_tokens_num", "kv_cache_hit_len",
            "cache_aware_all_prefills_tokens_num", "num_requests", "all_decodes_tokens_num", "predicted_ttft", "predicted_tpot",
        ],
        LiteModeMetrics = ["num_requests", "num_tokens"],
        FullModePolicies = ["load-balance", "slo", "flood", "round-robin"],
        LiteModePolicies = ["load-balance", "round-robin"],
        ReschedulingPolicies =
        [
            "decode_load", "neutral_load", "prefill_failover", "decode_failover", "neutral_failover",
            "binpacking_mitigation", "binpacking_consolidation",
        ],
        FailoverDomains = ["instance", "node", "instance-unit", "node-unit"],
    };

    public Dictionary<string, string> Environment { get; init; } = [];

    public Dictionary<string, string> Files { get; init; } = [];

    public static OptionsParseResult<SchedulerOptions> Parse(params string[] args) => new OptionsInput(args).Parse();

    public OptionsParseResult<SchedulerOptions> Parse() => SchedulerOptionsParser.Parse(Args, Environment, Names, ReadFile);

    private string ReadFile(string path) => Files.TryGetValue(path, out string? text) ? text : throw new FileNotFoundException();
}
