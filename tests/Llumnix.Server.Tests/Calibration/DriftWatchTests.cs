using Llumnix.Scheduling.Calibration;
using Llumnix.Server.Calibration;
using Llumnix.Testing.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Server.Tests.Calibration;

public sealed class DriftWatchTests
{
    private readonly RecordingLogger<DriftWatch> _log = new();
    private readonly DriftWatch _watch;
    private IReadOnlyList<TableErrorFigures> _tables = [];

    public DriftWatchTests() => _watch = new DriftWatch(() => new CalibrationFigures([], _tables), new FakeTimeProvider(), _log);

    [Fact]
    public void Look_InstanceDriftsAndComesBack_OneLineEach()
    {
        Assert.Empty(Look(Of("a", 1)));
        Assert.Equal(
            ["Instance a (decode × 1.25) has step times more than 15% from those of the profiling table (--latency-correction)"],
            Look(Of("a", 1.25, isDrifted: true)));
        Assert.Empty(Look(Of("a", 1.3, isDrifted: true)));
        Assert.Equal(["Instance a (decode × 1.02) has the step times of the profiling table again"], Look(Of("a", 1.02)));
        Assert.Empty(Look());
    }

    [Fact]
    public void Look_CorrectionIsWithheld_OneLine() => Assert.Equal(
        ["Instance a (decode × 1.25) is not corrected: the table has lately been nearer to the measured step times"],
        Look(Of("a", 1.25, isWithheld: true)));

    [Fact]
    public void Look_ManyDrift_OneLineForAll()
    {
        string line = Assert.Single(Look([.. Enumerable.Range(0, 100).Select(i => Of($"e{i}", 2, isDrifted: true))]));
        Assert.StartsWith("100 instances, such as e0 (decode × 2.00), e1 (decode × 2.00), e2 (decode × 2.00), ", line, StringComparison.Ordinal);
    }

    private static TableErrorFigures Of(string id, double ratio, bool isDrifted = false, bool isWithheld = false) =>
        new(id, "neutral", "decode", ratio, isDrifted, isWithheld, IsFitted: false);

    private string[] Look(params TableErrorFigures[] tables)
    {
        int before = _log.Lines.Count;
        _tables = tables;
        _watch.Look();
        return [.. _log.Lines.Skip(before).Select(static line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])];
    }
}
