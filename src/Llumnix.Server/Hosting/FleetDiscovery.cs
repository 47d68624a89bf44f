using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Options;
using Llumnix.Server.Options.Table;
using Llumnix.Server.Options.Validation;
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

    /// <summary>The source.</summary>
    public IDiscoverySource Source => _source;

    /// <summary>The rows of the flags.</summary>
    /// <param name="title">Heading in help texts.</param>
    /// <param name="get">Gets the options of discovery.</param>
    /// <param name="set">Returns the program's options with those replaced.</param>
    public static IReadOnlyList<OptionDefinition<TOptions>> Rows<TOptions>(
        string title, Func<TOptions, DiscoveryOptions> get, Func<TOptions, DiscoveryOptions, TOptions> set) =>
        DiscoveryOptionTable.Make(title, get, set);

    /// <summary>The forbidden combinations among the flags.</summary>
    /// <param name="assigned">A program's options.</param>
    /// <param name="options">The options of discovery in them.</param>
    public static IEnumerable<OptionProblem> FindErrors<TOptions>(AssignedOptions<TOptions> assigned, DiscoveryOptions options)
    {
        var scheduler = new SchedulerOptions { Mode = new ModeOptions { IsFull = false }, Discovery = options };
        return from rule in CombinationRules.Errors
               where DiscoveryOptionTable.Rows.Any(row => row.Name == rule.Option) && rule.IsBroken(scheduler)
               select assigned.Problem(rule.Option, rule.Message);
    }

    /// <summary>Brings the gauges up to date. One call at a time.</summary>
    public void ShowGauges() => _telemetry.Show(_source.State);
}
