using Llumnix.Simulation.Traces;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Traces;

public sealed class AzureTraceFormatTests
{
    private const string Header = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

    [Fact]
    public void Read_TwoRows_GivesOffsetsFromTheFirst()
    {
        TraceReading trace = Read(Header + "2023-11-16 18:15:46.6805900,374,44\r\n\n2023-11-16 18:15:50.9951690,396,109\n");

        Assert.Null(trace.Error);
        Assert.Equal([new RequestArrival(TimeSpan.Zero, 374, 44), new(TimeSpan.FromSeconds(4.314579), 396, 109)], trace.Arrivals);
    }

    [Fact]
    public void Read_RowsOutOfOrder_GivesThemInOrder()
    {
        TraceReading trace = Read(Header + "2024-05-10 00:00:02.5+00:00,5,6\n2024-05-10 00:00:02+00:00,7,8\n");

        Assert.Equal([new RequestArrival(TimeSpan.Zero, 7, 8), new(TimeSpan.FromSeconds(0.5), 5, 6)], trace.Arrivals);
    }

    [Fact]
    public void Read_BadRows_NamesTheFirstFive()
    {
        TraceReading trace = Read(Header + string.Concat(Enumerable.Range(0, 9).Select(static i => i == 2 ? "2023-11-16 18:15:46,1,1\n" : $"{i}\n")));
        string[] errors = trace.Error!.Split('\n');
        Assert.Equal(["2", "3", "5", "6", "7"], errors.Take(5).Select(static error => error.Split(':')[1]));
        Assert.Equal("day.csv: and 3 more rows that cannot be read", Assert.Single(errors.Skip(5)));
    }

    [Theory]
    [InlineData("yesterday,1,1", "column TIMESTAMP: 'yesterday' is not a date and time")]
    [InlineData("2023-11-16 18:15:46,-3,1", "column ContextTokens: '-3' is not a whole number from 1 to 2147483647")]
    [InlineData("2023-11-16 18:15:46,1,1.5", "column GeneratedTokens: '1.5' is not a whole number from 1 to 2147483647")]
    [InlineData("2023-11-16 18:15:46,0,1", "column ContextTokens: '0' is not a whole number from 1 to 2147483647")]
    [InlineData("now,x,1.5", "column TIMESTAMP: 'now' is not a date and time; column ContextTokens: 'x' is not a whole number from 1 to 2147483647; column GeneratedTokens: '1.5' is not a whole number from 1 to 2147483647")]
    [InlineData("2023-11-16 18:15:46,1", "2 columns instead of 3")]
    public void Read_BadRow_NamesFileLineAndColumn(string row, string error)
    {
        TraceReading trace = Read(Header + "2023-11-16 18:15:46,1,1\n" + row);

        Assert.False(trace.IsValid);
        Assert.Equal("day.csv:3: " + error, trace.Error);
        Assert.Empty(trace.Arrivals);
    }

    [Fact]
    public void Read_OtherHeader_NamesTheExpectedOne() =>
        Assert.Equal("day.csv:1: the header must be TIMESTAMP,ContextTokens,GeneratedTokens", Read("a,b,c\n").Error);

    [Theory]
    [InlineData("")]
    [InlineData(Header)]
    public void Read_NoRows_IsAnError(string text) => Assert.Equal("day.csv: the trace holds no requests", Read(text).Error);

    private static TraceReading Read(string text) => TraceFile.Read(new StringReader(text), "day.csv");
}
