using Llumnix.Scheduling.Instances;
using Llumnix.Server.Calibration;
using Llumnix.Testing.Fleet;
using Llumnix.Testing.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Server.Tests.Calibration;

public sealed class MissingTablesWatchTests
{
    private readonly RecordingLogger<MissingTablesWatch> _log = new();
    private readonly MissingTablesWatch _watch;
    private IReadOnlyList<InstanceSnapshot> _instances = [];

    public MissingTablesWatchTests() => _watch = new MissingTablesWatch(() => new ClusterSnapshot(_instances, 0, 0), new FakeTimeProvider(), _log);

    [Fact]
    public void Look_InstanceWithoutTables_IsToldOnceForEachTimeThatItComes()
    {
        Assert.Empty(Look(("a", "h20"), ("b", "default"), ("c", null)));
        Assert.StartsWith("Instance d: no class of --latency-profiles names it", Assert.Single(Look(("a", "h20"), ("d", "none"))), StringComparison.Ordinal);
        Assert.Empty(Look(("d", "none")));
        Assert.Empty(Look());
        Assert.Single(Look(("d", "none")));
    }

    [Fact]
    public void Look_ManyAtOnce_OneLineForAll() => Assert.StartsWith(
        "100 instances, such as e0, e1, e2: no class",
        Assert.Single(Look([.. Enumerable.Range(0, 100).Select(static i => ($"e{i}", (string?)"none"))])),
        StringComparison.Ordinal);

    private string[] Look(params (string Id, string? Class)[] instances)
    {
        int before = _log.Lines.Count;
        _instances = [.. instances.Select(static of => Snapshot(Readings.Of(of.Id), of.Class))];
        _watch.Look();
        return [.. _log.Lines.Skip(before).Select(static line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])];
    }

    private static InstanceSnapshot Snapshot(InstanceReading reading, string? latencyClass) => new(
        reading.Metadata, reading.Status, default, default, InstanceHealth.Ok, false, TimeSpan.Zero, latencyClass);
}
