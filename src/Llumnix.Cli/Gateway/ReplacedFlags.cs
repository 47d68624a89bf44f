using Llumnix.Adapters.Options.Table;

namespace Llumnix.Cli.Gateway;

/// <summary>Flags of the Go gateway that this one does not have: some are refused, with what to do instead; others have nothing left to set.</summary>
internal static class ReplacedFlags
{
    private const string ByEngine = "the engines tokenize and apply chat templates here; leave it out";
    private const string ByParser = "the engines parse this here (vLLM has a flag of the same name); leave it out";
    private const string Batch = "the batch API is not built; run a batch client against /v1/chat/completions";
    private const string Fallback = "a fallback that answers 429 is followed by the next one; leave it out";

    /// <summary>Their rows.</summary>
    internal static IReadOnlyList<OptionDefinition<GatewayFlags>> Rows { get; } =
    [
        Switch(Ignored("enable-full-mode-scheduling", "The schedulers' own flag.")),
        Ignored("wait-queue-threads", "Requests that wait take no thread."),
        Ignored("wait-queue-interval", "Requests that wait are placed when there is room."),
        Switch(Ignored("logtostderr", "Logs always go to the console.")),
        Refused("tokenizer-name", ByEngine),
        Refused("tokenizer-path", ByEngine),
        Refused("chat-template", ByEngine),
        Refused("max-model-len", ByEngine),
        Refused("tool-call-parser", ByParser),
        Refused("reasoning-parser", ByParser),
        Switch(Refused("fallback-retry-queue-enabled", Fallback)),
        Refused("fallback-retry-queue-size", Fallback),
        Refused("fallback-retry-worker-size", Fallback),
        Refused("fallback-retry-max-count", Fallback),
        Refused("fallback-retry-init-delay-ms", Fallback),
        Refused("fallback-retry-max-delay-ms", Fallback),
        Refused("batch-oss-path", Batch),
        Refused("batch-oss-endpoint", Batch),
        Refused("batch-redis-addrs", Batch),
        Refused("batch-redis-username", Batch),
        Refused("batch-redis-password", Batch) with { IsSecret = true },
        Refused("batch-redis-retry-times", Batch),
        Refused("batch-parallel", Batch),
        Refused("batch-lines-per-shard", Batch),
        Refused("batch-request-timeout", Batch),
        Refused("batch-request-retry-times", Batch),
        Switch(Refused("enable-log-input", "prompts are not logged; leave it out")),
        Switch(Refused("enable-pprof", "use dotnet-trace; leave it out")),
    ];

    private static OptionDefinition<GatewayFlags> Ignored(string name, string reason) =>
        new() { Name = name, Group = "Compatibility (accepted, no effect)", Kind = "text", Description = reason, IsIgnored = true };

    private static OptionDefinition<GatewayFlags> Refused(string name, string advice) =>
        new() { Name = name, Group = "Compatibility (refused unless empty, false or 0)", Kind = "text", Description = Sentence(advice), Refusal = advice };

    private static OptionDefinition<GatewayFlags> Switch(OptionDefinition<GatewayFlags> row) => row with { IsBoolean = true, Kind = "boolean" };

    private static string Sentence(string advice) => $"{char.ToUpperInvariant(advice[0])}{advice[1..]}.";
}
