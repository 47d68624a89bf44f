using Llumnix.Simulation.Traces;

namespace Llumnix.Simulation.Tests.Traces;

public sealed class TraceFileTests
{
    [Fact]
    public void Read_MissingFile_IsAnErrorThatNamesIt() => Assert.Equal("nowhere/day.csv: there is no such file", TraceFile.Read("nowhere/day.csv").Error);

    [Fact]
    public void Read_UnknownExtension_NamesTheKnownOnes() =>
        Assert.Equal(
            "day.parquet: the format is told by the extension: .csv (Azure) or .jsonl (Mooncake)",
            TraceFile.Read(new StringReader(""), "day.parquet").Error);
}
