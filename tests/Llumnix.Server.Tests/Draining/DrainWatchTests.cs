using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;
using Llumnix.Server.Draining;
using Llumnix.Testing.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Server.Tests.Draining;

public sealed class DrainWatchTests
{
    private static readonly DrainSelector OfA = new(DrainScope.Instance, "a");
    private readonly RecordingLogger<DrainWatch> _log = new();
    private readonly ReportedDrains _drains = new();
    private readonly DrainWatch _watch;

    public DrainWatchTests() => _watch = new DrainWatch(_drains, () => [Of("a"), Of("b")], new FakeTimeProvider(), _log);

    [Fact]
    public void Look_DrainFromItsBeginToItsEnd_OneLineEach()
    {
        Assert.Empty(Look());
        Assert.Equal(["Information: The drain of instance a has begun; instances that get no new requests: 1; requests left there: 3"], Look(Report(OfA, "a", 3)));
        Assert.Empty(Look(Report(OfA, "a", 1)));
        Assert.Equal(["Information: The drain of instance a is done; instances on which nothing is left and which can be taken away: 1"], Look(Report(OfA, "a", 0)));
        Assert.Empty(Look(Report(OfA, "a", 0)));
        Assert.Equal(["Information: The drain of instance a is over: it was undone, or its engine is another process now"], Look());
    }

    [Fact]
    public void Look_AllInstancesDrain_IsToldOnceAndInReadyz()
    {
        DrainReport[] all = [Report(OfA, "a", 1), Report(new DrainSelector(DrainScope.Node, "n"), "b", 1)];
        Assert.Equal(3, Look(all).Length);
        Assert.StartsWith("Warning: all 2 instances are being drained: no request is placed", _log.Lines.Last(), StringComparison.Ordinal);
        Assert.Empty(Look(all));
        Assert.StartsWith("all 2 instances are being drained", _watch.FindWarning(), StringComparison.Ordinal);
        Assert.Contains("Information: Not all instances are being drained any more", Look(all[0]));
        Assert.Null(_watch.FindWarning());
    }

    private static InstanceState Of(string id) => new(AddressOf(id), InstanceHealth.Ok, IsUnreachable: false);

    private static InstanceAddress AddressOf(string id) => new() { InstanceId = id, WireId = id, Host = "10.0.0.1", Port = 8000 };

    private static DrainReport Report(DrainSelector selector, string id, int requests) => new(
        selector, [new DrainingInstance(AddressOf(id), InferType.Neutral, new DrainWork(requests, 0), TimeSpan.Zero, requests, null, requests > 0 ? "requests are left" : null)]);

    private string[] Look(params DrainReport[] reports)
    {
        int before = _log.Lines.Count;
        _drains.Reports = reports;
        _watch.Look();
        return [.. _log.Lines.Skip(before)];
    }

    private sealed class ReportedDrains : IDrainControl
    {
        public IReadOnlyList<DrainReport> Reports { get; set; } = [];

        public IReadOnlyList<Drain> Drains => [];

        public DrainOutcome Drain(DrainSelector selector) => throw new NotSupportedException();

        public bool UndoDrain(DrainSelector selector) => throw new NotSupportedException();

        public IReadOnlyList<string> FindAmbiguity(DrainSelector selector) => [];

        public IReadOnlyList<string> ListInstances() => [];

        public void RestoreDrains(IReadOnlyList<Drain> drains) => throw new NotSupportedException();

        public IReadOnlyList<DrainReport> ReportDrains() => Reports;
    }
}
