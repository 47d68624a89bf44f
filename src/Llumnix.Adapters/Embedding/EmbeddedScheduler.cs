using System.Security.Cryptography;
using Llumnix.Adapters.EngineSignals;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Extensions;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Embedding;

/// <summary>
/// A scheduler over plain engines, for a program that asks it by calls. It reads the engines' own metrics, and counts what it has placed until it is
/// released. Thread-safe.
/// </summary>
public sealed class EmbeddedScheduler : IAsyncDisposable
{
    private readonly EmbeddedSchedulerOptions _options;
    private readonly EngineStatusSource _statuses;

    /// <summary>Makes a scheduler that reads nothing until it is run or told engines.</summary>
    /// <param name="options">The options.</param>
    /// <param name="extensions">Metrics and policies in addition to the built-in ones.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">Where its log goes.</param>
    /// <exception cref="ArgumentException">An option cannot be used, such as a policy or a metric that is unknown; the message lists the known ones.</exception>
    public EmbeddedScheduler(
        EmbeddedSchedulerOptions options, ExtensionSet<FullModeInstance> extensions, TimeProvider time, ILoggerFactory logging)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Seed, nameof(options));
        _options = options;
        MetricCatalogue<FullModeInstance> metrics = FullModeMetrics.Catalogue(added: extensions.Metrics);
        Scheduler = new FullModeScheduler(
            new FullModePolicies(metrics, added: extensions.Policies).Build(options.Policy, options.Policies),
            new FullModeOptions
            {
                Failover = new FailoverOptions { InstanceStaleness = options.EngineStatus.Staleness },
                Ledger = new LedgerOptions { IsReconciled = true },
                AreStaleInstancesLastResort = true,
            },
            time,
            new Random(options.Seed != 0 ? options.Seed : RandomNumberGenerator.GetInt32(int.MaxValue)));
        _statuses = new EngineStatusSource(options.EngineStatus, Scheduler, time, logging);
    }

    /// <summary>Places requests. Each placement must be released at its end; it counts as load until then, for ten minutes at most.</summary>
    public FullModeScheduler Scheduler { get; }

    /// <summary>The engines and how their load is known.</summary>
    public EngineStatusState Engines => _statuses.State;

    /// <summary>Replaces the list of engines and begins to read those that are new. One call at a time.</summary>
    /// <param name="engines">The whole fleet, each id once; engines are read over HTTP without TLS.</param>
    public void SetEngines(IReadOnlyList<DiscoveredInstance> engines) => _statuses.Synchronize(engines);

    /// <summary>Takes over the engines of the options, and keeps the scheduler's view fresh until it is cancelled. One call.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task RunAsync(CancellationToken cancellation)
    {
        if (_options.Engines.Count > 0)
        {
            SetEngines([.. _options.Engines.Select(static engine => engine.ToInstance(InferType.Neutral)).DistinctBy(static engine => engine.Id)]);
        }

        return _statuses.RunAsync(cancellation);
    }

    /// <summary>Ends the reading of engines.</summary>
    public ValueTask DisposeAsync() => _statuses.DisposeAsync();
}
