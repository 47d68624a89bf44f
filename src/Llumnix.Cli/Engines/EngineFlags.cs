using System.CommandLine;
using System.Net;
using Llumnix.Adapters.Etcd;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Adapters.Options.Table;
using Llumnix.Adapters.Redis;
using Llumnix.Cli.Options;
using Llumnix.Simulation.Engines;

namespace Llumnix.Cli.Engines;

/// <summary>The options of <c>llumnix engine</c>. What they have to do with each other is in <see cref="EngineFlagRules"/>.</summary>
internal static class EngineFlags
{
    internal static readonly Option<int> Count = new Option<int>("--count") { Description = "Engines in this process.", DefaultValueFactory = _ => 1 }
        .Check(static value => value is >= 1 and <= 1024, "from 1 to 1024 engines");

    internal static readonly Option<string> InferType = Choice("--infer-type", "What they are deployed to do.", "neutral", "prefill", "decode");

    internal static readonly Option<int> Port = new Option<int>("--port") { Description = "Port of the first engine, the others follow; 0: any free ports.", DefaultValueFactory = _ => 8100 }
        .Check(static value => value is >= 0 and <= IPEndPoint.MaxPort, $"a port, from 0 to {IPEndPoint.MaxPort}");

    internal static readonly Option<string> Host = Address(
        "--host", "Address to listen on.", static text => HostName.IsAddress(text) ? null : $"must be an IP address, not {RefusedValue.Quote(text)}");

    internal static readonly Option<string> AdvertisedIp = Address(
        "--advertised-ip",
        "Address that the CMS tells.",
        static text => Uri.CheckHostName(text) == UriHostNameType.Unknown ? $"must be an IP address or the name of a host, not {RefusedValue.Quote(text)}" : null);

    internal static readonly Option<string?> CmsRedis = Store(
        "--cms-redis", "The CMS, host:port[,password=...]; without a password, that of LLUMNIX_CMS_REDIS_PASSWORD counts. None: nothing is published.", RedisAddress.FindProblem);

    internal static readonly Option<string?> DiscoveryRedis = Store("--discovery-redis", "The Redis of discovery, host:port[,password=...].", RedisAddress.FindProblem);

    internal static readonly Option<string?> DiscoveryEtcd = Store("--discovery-etcd", "The etcd of discovery, host:port[,host:port...].", FindEtcdProblem);

    internal static readonly Option<string> Model = new("--model") { Description = "The model that discovery names; empty: any.", DefaultValueFactory = _ => "" };

    internal static readonly Option<string?> PrefillTable =
        InputFile.CreateOption("--ttft-profiling-data-path", "JSON table of prefill times; none: an H200 with Llama-3.1-8B FP8.");

    internal static readonly Option<string?> DecodeTable = InputFile.CreateOption("--tpot-profiling-data-path", "JSON table of decode step times; together with the other.");

    internal static readonly Option<int> KvCapacity =
        new Option<int>("--kv-capacity") { Description = "KV capacity of each engine in tokens.", DefaultValueFactory = _ => new EngineConfiguration().KvCapacityTokens }
            .Check(
                static value => new EngineConfiguration { KvCapacityTokens = value }.TotalBlocks >= 1,
                FormattableString.Invariant($"{new EngineConfiguration().BlockSize} tokens, one block, or more"));

    internal static readonly Option<string> Served = Checked(
        new Option<string>("--served-models") { Description = "Names that /v1/models lists, separated by commas.", DefaultValueFactory = _ => "emulated" },
        static text => ModelsOf(text).Length == 0 ? "names no model" : null);

    internal static readonly Option<string> Face =
        Choice("--metrics-face", "As which engine they tell their load: /metrics of vLLM, or /metrics and /v1/loads of SGLang.", "vllm", "sglang");

    internal static readonly Option<string> Fault = Choice("--metrics-fault", "How what they tell of their load fails.", "none", "error", "garbage", "slow", "frozen");

    internal static readonly Option<int> Ranks =
        new Option<int>("--data-parallel-size") { Description = "Data-parallel ranks behind each engine's port; above 1 neutral and without --cms-redis.", DefaultValueFactory = _ => 1 }
            .Check(static value => value is >= 1 and <= 64, "from 1 to 64 ranks");

    internal static readonly Option<string?> ApiKey = Checked(
        new Option<string?>("--api-key")
        {
            Description = "API key that the engines ask for, as vLLM under /v1, or as SGLang everywhere but at /health and /metrics; without it 401. None: anybody is served.",
        },
        static key => key.Length == 0 || key.AsSpan().ContainsAnyExceptInRange('!', '~') ? "must be printable ASCII characters without spaces, and not empty" : null);

    /// <summary>The names in a value of <see cref="Served"/>.</summary>
    internal static string[] ModelsOf(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static string? FindEtcdProblem(string text)
    {
        string[] members = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string? refused = members.Length == 0 ? text : members.FirstOrDefault(static member => !EtcdEndpoint.IsEndpoint(member));
        return refused is null ? null : $"must be host:port, http://host:port or https://host:port, separated by commas, not {RefusedValue.QuotePart(refused, text)}";
    }

    private static Option<string?> Store(string name, string description, Func<string, string?> findProblem) =>
        Checked(new Option<string?>(name) { Description = description }, findProblem);

    private static Option<string> Address(string name, string description, Func<string, string?> findProblem) =>
        Checked(new Option<string>(name) { Description = description, DefaultValueFactory = _ => "127.0.0.1" }, findProblem);

    /// <summary>An option with a few values, the first of which is its standard.</summary>
    private static Option<string> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0] };
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    private static TOption Checked<TOption>(TOption option, Func<string, string?> findProblem)
        where TOption : Option
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [.., var token] && findProblem(token.Value) is { } problem)
            {
                result.AddError($"{option.Name} {problem}");
            }
        });
        return option;
    }
}
