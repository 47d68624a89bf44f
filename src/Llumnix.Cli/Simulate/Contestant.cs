using System.Text.Json.Serialization;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Simulate;

/// <summary>One of the compared ways to schedule.</summary>
/// <param name="Name">Its name in the report.</param>
internal sealed record Contestant(string Name)
{
    /// <summary>The name of one that has neither a name nor a baseline.</summary>
    public const string DefaultName = "load-balance";

    /// <summary>The scheduler's flags; empty: its defaults.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>A baseline instead of the scheduler.</summary>
    public BaselineKind? Baseline { get; init; }

    /// <summary>Engines that prefill, the rest decodes; null: as the fleet says.</summary>
    public int? PrefillEngines { get; init; }

    /// <summary>Number of schedulers, 1 to 4, among which requests are divided at random.</summary>
    public int Schedulers { get; init; } = 1;

    /// <summary>
    /// Time that word of a placement takes from one scheduler to another, milliseconds, in addition to the batch interval; null: they do not tell each other.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? PeerDelayMs { get; init; }

    /// <summary>Share of the batches among schedulers that are lost, 0 to 1.</summary>
    public double PeerLoss { get; init; }

    /// <summary>
    /// Time that a follower adds to a question and its answer, milliseconds: the first of the schedulers decides, and the others forward to it; null: all decide.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ForwardMs { get; init; }

    /// <summary>Share of the reads of engines' metrics that get no answer, 0 to 1.</summary>
    public double ReadLoss { get; init; }

    /// <summary>Time between two reports of gateways, milliseconds, 1 or above; null: 1000, or none where statuses come from the CMS.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ReportIntervalMs { get; init; }

    /// <summary>Whether first tokens wait for the next report of all requests, instead of being reported within 20 ms.</summary>
    public bool DoFirstTokensWait { get; init; }

    /// <summary>Whether its flags say from which tables latencies are predicted.</summary>
    [JsonIgnore]
    public bool NamesTables => Sets("--latency-profiles") || Sets("--ttft-profiling-data-path") || Sets("--tpot-profiling-data-path");

    /// <summary>The files of latencies that its flags name.</summary>
    [JsonIgnore]
    public IEnumerable<string> Tables =>
        from position in Enumerable.Range(0, Flags.Count)
        let parts = Flags[position].Split('=', 2)
        where parts[0].Replace('_', '-') is "--latency-profiles" or "--ttft-profiling-data-path" or "--tpot-profiling-data-path"
        let path = parts.Length == 2 ? parts[1] : Flags.ElementAtOrDefault(position + 1)
        where path is not null
        select path;

    /// <summary>Whether its flags include this one, as <c>--flag=value</c> or <c>--flag value</c>.</summary>
    /// <param name="flag">The flag, dashes included.</param>
    public bool Sets(string flag) => Flags.Any(given => NameOf(given) == flag);

    /// <summary>The name of a flag, dashes included, from how it is given.</summary>
    public static string NameOf(string given) => given.Split('=')[0].Replace('_', '-');
}
