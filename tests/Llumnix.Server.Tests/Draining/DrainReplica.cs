using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Draining;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Server.Tests.Draining;

/// <summary>A replica of which only the drains and the role are there.</summary>
internal sealed class DrainReplica : IDrainControl, IDrainLease
{
    private readonly List<Drain> _drains = [];

    public DrainReplica(DrainValueStore store) =>
        Keeper = new DrainKeeper(this, this, store, new FakeTimeProvider(), NullLogger<DrainKeeper>.Instance);

    public DrainKeeper Keeper { get; }

    public string Name => "lease";

    public long? LeadingEpoch { get; set; }

    public Task NextChange => Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken);

    public IReadOnlyList<Drain> Drains => [.. _drains];

    /// <summary>The nodes that are drained.</summary>
    public IEnumerable<string> Nodes => _drains.Select(static drain => drain.Selector.Value);

    /// <summary>The instances that every name could mean; empty: no name is ambiguous.</summary>
    public IReadOnlyList<string> Ambiguity { get; init; } = [];

    public IReadOnlyList<string> ListInstances() => [];

    public IReadOnlyList<string> FindAmbiguity(DrainSelector selector) => Ambiguity;

    public DrainOutcome Drain(DrainSelector selector)
    {
        if (Ambiguity.Count > 0)
        {
            return DrainOutcome.AmbiguousInstance;
        }

        _drains.Add(new Drain(selector));
        return DrainOutcome.InForce;
    }

    public bool UndoDrain(DrainSelector selector) => _drains.RemoveAll(drain => drain.Selector == selector) > 0;

    public void RestoreDrains(IReadOnlyList<Drain> drains)
    {
        _drains.Clear();
        _drains.AddRange(drains);
    }

    public IReadOnlyList<DrainReport> ReportDrains() => throw new NotSupportedException();

    /// <summary>Drains a node, and brings it to the store.</summary>
    public Task<bool> DrainAsync(string node)
    {
        Drain(new DrainSelector(DrainScope.Node, node));
        return LookAsync();
    }

    /// <summary>Looks at the store.</summary>
    public Task<bool> LookAsync() => Keeper.KeepAsync(TestContext.Current.CancellationToken);
}
