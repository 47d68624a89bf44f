using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Fleet;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Llumnix.Cli.Simulate;

/// <summary>Reads scenarios from YAML. Paths in them are relative to the file.</summary>
internal static class ScenarioFile
{
    private static readonly Dictionary<string, SchedulingMode> Modes = new(StringComparer.Ordinal)
    {
        ["neutral"] = SchedulingMode.Neutral, ["pd_batch"] = SchedulingMode.PdBatch, ["pd_staged"] = SchedulingMode.PdStaged,
    };

    /// <summary>The modes' names.</summary>
    public static IReadOnlyCollection<string> ModeNames => Modes.Keys;

    /// <summary>The mode of a name.</summary>
    /// <exception cref="ScenarioException">There is no such mode.</exception>
    public static SchedulingMode ModeOf(string name) => Modes.TryGetValue(name, out SchedulingMode mode)
        ? mode
        : throw new ScenarioException($"unknown mode '{name}'; known: {string.Join(", ", Modes.Keys)}");

    /// <summary>The baseline of a name, such as <c>round-robin</c>.</summary>
    /// <exception cref="ScenarioException">There is no such baseline.</exception>
    public static BaselineKind BaselineOf(string name) => Enum.TryParse(name.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out BaselineKind kind)
        ? kind
        : throw new ScenarioException($"unknown baseline '{name}'; known: round-robin, random, least-requests, power-of-two");

    /// <summary>Reads a file.</summary>
    /// <exception cref="ScenarioException">It cannot be read or used.</exception>
    public static Scenario Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), Path.GetDirectoryName(Path.GetFullPath(path))!, path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="directory">The directory that paths in it are relative to.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="ScenarioException">It cannot be used.</exception>
    public static Scenario Parse(string yaml, string directory, string name)
    {
        ScenarioText text;
        try
        {
            text = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build().Deserialize<ScenarioText>(yaml)
                ?? throw new ScenarioException($"{name}: is empty");
        }
        catch (YamlException exception)
        {
            throw new ScenarioException($"{name}:{exception.Start.Line}: {exception.InnerException?.Message ?? exception.Message}", exception);
        }

        try
        {
            return Convert(text, directory);
        }
        catch (ScenarioException exception)
        {
            throw new ScenarioException($"{name}: {exception.Message}", exception);
        }
    }

    private static Scenario Convert(ScenarioText text, string directory) => Check(new Scenario
    {
        Workload = new WorkloadScenario
        {
            Trace = Resolve(text.Workload.Trace, directory),
            Name = text.Workload.Name,
            Arrivals = text.Workload.Arrivals is { } pattern ? PatternOf(pattern) : null,
            Rates = text.Workload.Rates,
            Requests = text.Workload.Requests,
            DurationSeconds = text.Workload.Duration,
            OthersEvery = text.Workload.OthersEvery,
        },
        Fleet = [.. text.Fleet.Select(group => new EngineGroup
        {
            Count = group.Count,
            InferType = InferTypeNames.TryParse(group.InferType, out InferType type)
                ? type
                : throw new ScenarioException($"unknown infer_type '{group.InferType}'"),
            TtftProfile = Resolve(group.TtftProfile, directory),
            TpotProfile = Resolve(group.TpotProfile, directory),
            KvCapacity = group.KvCapacity,
            MaxBatchedTokens = group.MaxBatchedTokens,
            Noise = group.Noise,
        })],
        SchedulerProfileGroup = text.SchedulerProfileGroup,
        Mode = ModeOf(text.Mode),
        Contestants = [.. text.Contestants.Select(contestant => new Contestant(contestant.Name)
        {
            Flags = contestant.Flags,
            Baseline = contestant.Baseline is { } baseline ? BaselineOf(baseline) : null,
            PrefillEngines = contestant.PrefillEngines,
            ReportIntervalMs = contestant.ReportIntervalMs,
            DoFirstTokensWait = contestant.FirstTokensWait,
            Schedulers = contestant.Schedulers,
            PeerDelayMs = contestant.PeerDelayMs,
            PeerLoss = contestant.PeerLoss,
            ForwardMs = contestant.ForwardMs,
        })],
        TtftSloMs = text.TtftSlo,
        TpotSloMs = text.TpotSlo,
        PushIntervalMs = text.PushIntervalMs,
        DispatchDelayMs = text.DispatchDelayMs,
        AskAgainMs = text.AskAgainMs,
        AskAgainForSeconds = text.AskAgainForS,
        EngineReadDelayMs = text.EngineReadDelayMs,
        KvMetadataDelayMs = text.KvMetadataDelayMs,
        Faults = [.. text.Faults.Select(fault => new FaultScenario
        {
            Kind = Enum.TryParse(fault.Kind, ignoreCase: true, out EngineFaultKind kind)
                ? kind
                : throw new ScenarioException($"unknown fault '{fault.Kind}'; known: unschedulable, crash, silent, drain"),
            Engine = fault.Engine,
            AtSeconds = fault.At,
            DurationSeconds = fault.Duration,
        })],
        Seed = text.Seed,
    });

    /// <summary>Checks a scenario, from a file or from flags.</summary>
    /// <exception cref="ScenarioException">The scenario is invalid.</exception>
    public static Scenario Check(Scenario scenario)
    {
        int engines = scenario.Fleet.Sum(static group => group.Count);
        string? problem =
            scenario.Fleet.Count == 0 || scenario.Fleet.Any(static group => group.Count < 1) ? "fleet needs groups of at least one engine"
            : engines > 10_000 ? "at most 10,000 engines"
            : scenario.Contestants.Count == 0 ? "needs at least one contestant"
            : scenario.Contestants.DistinctBy(static contestant => contestant.Name).Count() < scenario.Contestants.Count ? "contestants need names of their own"
            : scenario.Workload.Rates.Any(static rate => !(rate > 0) || double.IsInfinity(rate)) ? "rates must be above 0"
            : !(scenario.PushIntervalMs >= 0) || !(scenario.DispatchDelayMs >= 0) ? "push_interval_ms and dispatch_delay_ms must not be negative"
            : !(scenario.AskAgainMs is >= 1 and <= 3_600_000) ? "ask_again_ms must be from 1 to 3600000"
            : !(scenario.AskAgainForSeconds is >= 0 and <= 86_400) ? "ask_again_for_s must be from 0 to 86400"
            : scenario.KvMetadataDelayMs is { } delay && !(delay >= 0 && delay <= 60_000) ? "kv_metadata_delay_ms must be from 0 to 60000"
            : scenario.EngineReadDelayMs is { } readDelay && !(readDelay >= 0 && readDelay <= 60_000) ? "engine_read_delay_ms must be from 0 to 60000"
            : scenario.Workload.Requests is < 1 ? "requests must be at least 1"
            : scenario.Workload.OthersEvery is < 1 ? "others_every must be at least 1"
            : scenario.Workload.OthersEvery is not null && scenario.Mode != SchedulingMode.Neutral ? "others_every goes with mode neutral only"
            : scenario.Workload.DurationSeconds is <= 0 ? "duration must be above 0"
            : scenario.Contestants.Any(static contestant => contestant.ReportIntervalMs is { } interval && !(interval is >= 1 and <= 3_600_000))
                ? "report_interval_ms must be from 1 to 3600000"
            : scenario.Contestants.Any(static contestant => contestant.Schedulers is { } schedulers && (schedulers is < 1 or > 4 || (schedulers > 1 && contestant.Baseline is not null)))
                ? "schedulers must be from 1 to 4, and 1 for a baseline"
            : scenario.Contestants.Any(static contestant => contestant.PeerDelayMs is { } peerDelay && !(peerDelay is >= 0 and <= 60_000))
                ? "peer_delay_ms must be from 0 to 60000"
            : scenario.Contestants.Any(static contestant => contestant.PeerLoss is { } loss && !(loss is >= 0 and <= 1))
                ? "peer_loss must be from 0 to 1"
            : scenario.Contestants.Any(static contestant => contestant.ForwardMs is { } forward && !(forward is >= 0 and <= 60_000))
                ? "forward_ms must be from 0 to 60000"
            : scenario.Contestants.Any(static contestant => contestant.ForwardMs is not null && (contestant.Schedulers is null or 1 || contestant.PeerDelayMs is not null))
                ? "forward_ms goes with several schedulers of which one decides, not with peer_delay_ms"
            : scenario.Contestants.Any(contestant => contestant.PrefillEngines is { } prefills && (prefills < 1 || prefills >= engines))
                ? $"prefill_engines must leave both sides at least one of the {engines} engines"
            : scenario.Faults.Any(fault => fault.Engine < 0 || fault.Engine >= engines) ? "a fault names an engine that is not there"
            : scenario.Fleet.Any(static group => (group.TtftProfile is null) != (group.TpotProfile is null)) ? "ttft_profile and tpot_profile go together"
            : scenario.SchedulerProfileGroup is { } group && (group < 0 || group >= scenario.Fleet.Count)
                ? $"scheduler_profile_group {group} is not in the fleet, whose groups are 0 to {scenario.Fleet.Count - 1}"
            : null;
        return problem is null ? scenario : throw new ScenarioException(problem);
    }

    /// <summary>The pattern of a name.</summary>
    /// <exception cref="ScenarioException">There is no such pattern.</exception>
    public static ArrivalPattern PatternOf(string name) => Enum.TryParse(name, ignoreCase: true, out ArrivalPattern pattern)
        ? pattern
        : throw new ScenarioException($"unknown arrivals '{name}'; known: trace, poisson, bursty, diurnal");

    private static string? Resolve(string? path, string directory) => path is null ? null : Path.Combine(directory, path);
}
