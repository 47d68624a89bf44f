using Llumnix.Simulation.Traces;

namespace Llumnix.Simulation.Tests.Traces;

public sealed class TraceFileTests
{
    [Fact]
    public void Read_MissingFile_IsAnErrorThatNamesIt() => Assert.StartsWith("nowhere/day.csv: ", TraceFile.Read("nowhere/day.csv").Error);

    [Fact]
    public void Read_UnknownExtension_NamesTheKnownOnes() =>
        Assert.Equal(
            "day.parquet: the format is told by the extension: .csv (Azure) or .jsonl (Mooncake)",
            TraceFile.Read(new StringReader(""), "day.parquet").Error);
}
