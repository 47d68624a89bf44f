using System.Text.Json.Nodes;
using Llumnix.Cli.Profiling;

namespace Llumnix.Cli.Tests.Profiling;

public sealed class CellStatisticsTests
{
    [Fact]
    public void Of_OutlierAmongSamples_MedianDoesNotMove()
    {
        CellStatistics statistics = CellStatistics.Of([10, 11, 12, 9, 500]);
        Assert.Equal(11, statistics.P50);
        Assert.Equal(108.4, statistics.Mean, 1e-9);
        Assert.Equal(12 + (0.8 * 488), statistics.P95, 1e-9); // Rank 3.8 of 0..4.
    }

    [Fact]
    public void WriteTo_Row_HasTheNamesOfTables()
    {
        var row = new JsonObject();
        CellStatistics.Of([1.23456]).WriteTo(row);
        Assert.Equal("""{"mean":1.235,"p50":1.235,"p95":1.235,"p99":1.235}""", row.ToJsonString());
    }
}
