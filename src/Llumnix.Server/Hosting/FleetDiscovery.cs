using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Options;
using Llumnix.Server.Options.Table;
using Llumnix.Server.Telemetry;
using Prometheus;

namespace Llumnix.Server.Hosting;

/// <summary>The scheduler's discovery, for a gateway that finds the same engines by the same flags.</summary>
public sealed class FleetDiscovery
{
    private readonly IDiscoverySource _source;
    private readonly DiscoveryTelemetry _telemetry;

    /// <param name="options">Options without errors.</param>
    /// <param name="sink">Takes the engines.</param>
    /// <param name="factory">Makes the metrics, whose names begin with <c>gateway_discovery_</c>.</param>
    /// <param name="logging">Where the log goes.</param>
    /// <param name="time">The clock.</param>
    public FleetDiscovery(DiscoveryOptions options, IDiscoverySink sink, IMetricFactory factory, ILoggerFactory logging, TimeProvider time)
    {
        _telemetry = new DiscoveryTelemetry(factory, "gateway");
        _source = DiscoverySourceFactory.Make(options, sink, time, logging, _telemetry);
    }

    /// <summary>The flags, without their dashes, each with its description.</summary>
    public static IReadOnlyList<(string Name, string Description)> Flags { get; } = [.. DiscoveryOptionTable.Rows.Select(Describe)];

    /// <summary>The source.</summary>
    public IDiscoverySource Source => _source;

    /// <summary>Reads the flags; neither the scheduler's environment variables nor its configuration file count.</summary>
    /// <param name="args">Flags of <see cref="Flags"/>, as <c>--name=value</c>.</param>
    public static OptionsParseResult<SchedulerOptions> Parse(IReadOnlyList<string> args) => SchedulerOptionsParser.Parse(
        ["--enable-full-mode-scheduling=false", .. args],
        new Dictionary<string, string>(),
        SchedulerProgram.KnownNames,
        BoundedTextFile.Read);

    /// <summary>Brings the gauges up to date. One call at a time.</summary>
    public void ShowGauges() => _telemetry.Show(_source.State);

    private static (string Name, string Description) Describe(OptionDefinition<SchedulerOptions> row)
    {
        string fallback = row.IsSecret ? "" : SchedulerOptionTable.Instance.DefaultOf(row);
        return (row.Name, fallback.Length > 0 ? $"{row.Description} [default: {fallback}]" : row.Description);
    }
}
