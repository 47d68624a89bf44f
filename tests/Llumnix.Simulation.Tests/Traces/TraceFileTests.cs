using System.Text;
using Llumnix.Simulation.Traces;

namespace Llumnix.Simulation.Tests.Traces;

public sealed class TraceFileTests : IDisposable
{
    private const string Good = """{"timestamp": 0, "input_length": 5, "output_length": 6}""" + "\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llumnix-trace-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Read_MissingFile_IsAnErrorThatNamesIt() => Assert.Equal("nowhere/day.csv: there is no such file", TraceFile.Read("nowhere/day.csv").Error);

    [Fact]
    public void Read_Folder_IsAnErrorThatSaysSo()
    {
        string path = _folder.CreateSubdirectory("day.csv").FullName;
        Assert.Equal($"{path}: is a folder", TraceFile.Read(path).Error);
    }

    [Fact]
    public void Read_NameThatIsTooLong_IsAnErrorWithoutWordsOfTheSystem() =>
        Assert.EndsWith(".csv: reading it failed", TraceFile.Read(new string('a', 300) + ".csv").Error, StringComparison.Ordinal);

    [Fact]
    public void Read_UnknownExtension_NamesTheKnownOnes() =>
        Assert.Equal(
            "day.parquet: the format is told by the extension: .csv (Azure) or .jsonl (Mooncake)",
            TraceFile.Read(new StringReader(""), "day.parquet").Error);

    [Fact]
    public void Read_FirstRowBad_TellsTheOthersToo() =>
        Assert.Equal(["1", "3", "4"], LinesOf("x\n" + Good + "y\n[]\n"));

    [Theory]
    [InlineData(5, null)]
    [InlineData(6, "talk.jsonl: and 1 more row that cannot be read")]
    [InlineData(1007, "talk.jsonl: and 1002 more rows that cannot be read")]
    public void Read_ManyBadRows_TellsFiveAndHowManyMoreThereAre(int count, string? rest)
    {
        string[] errors = Read(Good + string.Concat(Enumerable.Repeat("x\n", count))).Error!.Split('\n');
        Assert.Equal(["2", "3", "4", "5", "6"], errors.Take(5).Select(static error => error.Split(':')[1]));
        Assert.Equal(rest, errors.ElementAtOrDefault(5));
        Assert.InRange(errors.Length, 5, 6);
    }

    [Fact]
    public void Read_BadHeaderBehindBlankLines_HidesTheRows() =>
        Assert.Equal(
            "day.csv:3: the header must be TIMESTAMP,ContextTokens,GeneratedTokens", TraceFile.Read(new StringReader("\n\na,b\nc\n"), "day.csv").Error);

    [Fact]
    public void Read_RowWithoutEnd_EndsTheReading()
    {
        using var rows = new EndlessRow(Good + "x\n");
        Assert.Equal(
            "talk.jsonl:2: the row is not JSON: byte 1\ntalk.jsonl:3: the row is longer than 4194304 characters; nothing after it is read",
            TraceFile.Read(rows, "talk.jsonl").Error);
    }

    [Theory]
    [InlineData("packed.jsonl", new byte[] { 0x1F, 0x8B, 8, 0, 0, 1, 2, 3, 10, 200, 0, 10 })]
    [InlineData("wide.csv", new byte[] { (byte)'T', 0, (byte)'I', 0, 10, 0 })]
    public void Read_ByteZero_IsToldOnce(string name, byte[] content)
    {
        string path = Write(name, content);
        Assert.Equal(
            $"{path}:1: is not text in UTF-8: it has a byte 0, as packed and binary files have, and UTF-16 without its mark", TraceFile.Read(path).Error);
    }

    [Fact]
    public void Read_FirstRowOfOtherBytes_IsToldOnce()
    {
        string path = Write("day.jsonl", [200, 201, 10, 200, 10, 201, 10]);
        Assert.Equal($"{path}:1: the row is not JSON: byte 1; the row may not be text in UTF-8", TraceFile.Read(path).Error);
    }

    [Fact]
    public void Read_RowOfOtherBytes_IsToldWithoutThem()
    {
        string path = Write("day.jsonl", [.. Encoding.UTF8.GetBytes(Good), .. Encoding.Latin1.GetBytes("{\"timestamp\": \"\u00e4\", \"input_length\": 1, \"output_length\": 1}\nx\n")]);
        Assert.Equal($"{path}:2: column timestamp: \"\uFFFD\" is not a number of milliseconds from 0 to 1000000000000; the row may not be text in UTF-8\n{path}:3: the row is not JSON: byte 1", TraceFile.Read(path).Error);
    }

    /// <summary>What marks its encoding is read, as editors do.</summary>
    [Fact]
    public void Read_MarkedEncoding_IsRead()
    {
        Assert.True(TraceFile.Read(Write("wide.jsonl", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Good)])).IsValid);
        Assert.True(TraceFile.Read(Write("marked.jsonl", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Good)])).IsValid);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public void Read_AnyEndOfLines_CountsThem(string end) => Assert.Equal(["30002"], LinesOf(string.Concat(Enumerable.Repeat(Good.TrimEnd() + end, 30_001)) + "x" + end));

    [Fact]
    public void Read_LongValues_AreCutAndStayOnTheirLine()
    {
        string error = Read($$"""{"timestamp": 0, "input_length": "{{new string('9', 500)}}", "output_length": 1}""").Error!;
        Assert.Equal($"talk.jsonl:1: column input_length: \"{new string('9', 39)}... is not a whole number from 1 to 2147483647", error);
        error = TraceFile.Read(new StringReader($"TIMESTAMP,ContextTokens,GeneratedTokens\n\u001b[31m{new string('9', 500)},1,1"), "day.csv").Error!;
        Assert.Equal($"day.csv:2: column TIMESTAMP: '?[31m{new string('9', 35)}...' is not a date and time", error);
    }

    [Fact]
    public void Read_HalfOfASurrogatePair_IsABadRowAlone() =>
        Assert.Equal(
            "talk.jsonl:1: the row has a member whose name is no text: half of a surrogate pair\n"
            + "talk.jsonl:2: column timestamp: \"\\ud800\" is not a number of milliseconds from 0 to 1000000000000",
            Read("""{"time\ud800long": 1}""" + "\n" + """{"timestamp": "\ud800", "input_length": 1, "output_length": 1}""" + "\n").Error);

    private static string[] LinesOf(string text) => [.. Read(text).Error!.Split('\n').Select(static error => error.Split(':')[1])];

    private static TraceReading Read(string text) => TraceFile.Read(new StringReader(text), "talk.jsonl");

    private string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>A text whose last row has no end.</summary>
    private sealed class EndlessRow(string start) : TextReader
    {
        private int _read;

        public override int Read(char[] buffer, int index, int count)
        {
            if (_read < start.Length)
            {
                buffer[index] = start[_read++];
                return 1;
            }

            buffer.AsSpan(index, count).Fill('1');
            return count;
        }
    }
}
