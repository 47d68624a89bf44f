using Llumnix.Simulation.Traces;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Traces;

public sealed class MooncakeTraceFormatTests
{
    [Fact]
    public void Read_Row_TakesLengthsAndContentIds()
    {
        RequestArrival arrival = Assert.Single(Read(
            """{"timestamp": 27000, "input_length": 1030, "output_length": 500, "hash_ids": [0, 17, 18446744073709551615]}""").Arrivals);

        Assert.Equal((TimeSpan.Zero, 1030, 500), (arrival.Offset, arrival.PromptTokens, arrival.OutputTokens));
        Assert.Equal([0UL, 17, ulong.MaxValue], arrival.ContentIds.ToArray());
    }

    [Fact]
    public void Read_RowsOfOneTick_AreSpreadEvenlyInsideIt() =>
        Assert.Equal([0, 1000, 2000, 3000, 4500], ReadOffsets(0, 0, 0, 3000, 3000));

    [Fact]
    public void Read_ShortTick_IsSpreadUpToTheNextTimestamp() =>
        Assert.Equal([0, 1000, 2000, 3500], ReadOffsets(0, 0, 2000, 2000));

    [Fact]
    public void Read_EmptyTicksBetween_DoNotStretchATick() =>
        Assert.Equal([0, 1500, 9000], ReadOffsets(3000, 3000, 12000));

    [Fact]
    public void Read_RowsOutOfOrder_GivesThemInOrder() => Assert.Equal([0, 6000], ReadOffsets(9000, 3000));

    [Theory]
    [InlineData("[1]", "the row is not a JSON object")]
    [InlineData("{\"timestamp\": 0,", "the row is not JSON: byte 16")]
    [InlineData("{}", "column timestamp: is missing; column input_length: is missing; column output_length: is missing")]
    [InlineData("{\"timestamp\": -1}", "column timestamp: -1 is not a number of milliseconds from 0 to 1000000000000; column input_length: is missing; column output_length: is missing")]
    [InlineData("{\"timestamp\": 0, \"input_length\": \"9\", \"output_length\": 0, \"hash_ids\": 5}", "column input_length: \"9\" is not a whole number from 1 to 2147483647; column output_length: 0 is not a whole number from 1 to 2147483647; column hash_ids: not an array of whole numbers from 0")]
    [InlineData("{\"timestamp\": 0, \"input_length\": 9, \"output_length\": 0}", "column output_length: 0 is not a whole number from 1 to 2147483647")]
    [InlineData("{\"timestamp\": 0, \"input_length\": 9, \"output_length\": 1, \"hash_ids\": [-1]}", "column hash_ids: not an array of whole numbers from 0")]
    [InlineData("{\"timestamp\": 0, \"input_length\": 9, \"output_length\": 1, \"hash_ids\": 5}", "column hash_ids: not an array of whole numbers from 0")]
    public void Read_BadRow_NamesFileLineAndColumn(string row, string error) =>
        Assert.Equal("talk.jsonl:2: " + error, Read(Row(0) + row).Error);

    private static double[] ReadOffsets(params int[] timestamps) =>
        [.. Read(string.Concat(timestamps.Select(Row))).Arrivals.Select(arrival => arrival.Offset.TotalMilliseconds)];

    private static string Row(int timestamp) => $$"""{"timestamp": {{timestamp}}, "input_length": 5, "output_length": 6}""" + "\n";

    private static TraceReading Read(string text) => TraceFile.Read(new StringReader(text), "talk.jsonl");
}
