using System.Text;
using CsCheck;
using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Adapters.Tests.Profiles;

public sealed class ProfilingTablesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llumnix-tables-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void ParsePrefill_RowsInAnyOrder_MakesACurve()
    {
        LatencyCurve curve = ProfilingTables.ParsePrefill(
            Json("""{"metadata":{},"results":[{"tokens_num":20,"p50":5.5,"mean":9},{"tokens_num":10,"p50":3}]}"""), "t.json");
        Assert.Equal(4.25, curve.At(15), 1e-9);
    }

    [Fact]
    public void ParseDecode_MissingCells_AreCompletedAlongTokensAndListed()
    {
        var warnings = new List<string>();
        LatencyGrid grid = ProfilingTables.ParseDecode(
            Json("""
                {"results":[
                  {"batch_size":1,"tokens_per_request":100,"p50":10},{"batch_size":1,"tokens_per_request":200,"p50":12},
                  {"batch_size":1,"tokens_per_request":400,"p50":16},
                  {"batch_size":2,"tokens_per_request":100,"p50":20},{"batch_size":2,"tokens_per_request":200,"p50":24},
                  {"batch_size":4,"tokens_per_request":100,"p50":40}]}
                """),
            "d.json",
            warnings);
        Assert.Equal(32, grid.At(2, 400), 1e-9); // 20, 24, and 4 per 100 further.
        Assert.Equal(40, grid.At(4, 400), 1e-9); // A single cell says nothing of the slope.
        Assert.Equal(
            "d.json: 3 missing cells were completed along tokens_per_request (batch_size/tokens_per_request): 2/400, 4/200, 4/400",
            Assert.Single(warnings));
    }

    /// <summary>Rows of which each has sizes of its own: 1,100 of them would be 1.2 million cells.</summary>
    [Theory]
    [InlineData(30, null)]
    [InlineData(1100, "d.json: 1100 values of batch_size and 1100 of tokens_per_request make 1210000 cells; a table may have at most 1048576")]
    public void ParseDecode_RowsWithSizesOfTheirOwn_AreBoundedAndListedInPart(int count, string? problem)
    {
        ReadOnlyMemory<byte> table = Json($$"""{"results":[{{string.Join(',', Enumerable.Range(1, count).Select(static i => $$"""{"batch_size":{{i}},"tokens_per_request":{{i}},"p50":1}"""))}}]}""");
        var warnings = new List<string>();
        Assert.Equal(problem, Record.Exception(() => ProfilingTables.ParseDecode(table, "d.json", warnings))?.Message);
        Assert.All(warnings, static warning => Assert.EndsWith(", 1/20, 1/21 and 850 more", warning, StringComparison.Ordinal));
        Assert.Equal(problem is null ? 1 : 0, warnings.Count);
    }

    [Theory]
    [InlineData("", "t.json: no valid JSON: ")]
    [InlineData("{\"results\":[{\"tokens_num\":1,", "t.json: no valid JSON: ")]
    [InlineData("[]", "t.json: needs a list 'results' at its top")]
    [InlineData("{\"results\":7}", "t.json: needs a list 'results' at its top")]
    [InlineData("{\"results\":[]}", "t.json: 'results' is empty")]
    [InlineData("{\"results\":[3]}", "t.json: results[0]: has no tokens_num")]
    [InlineData("{\"results\":[{\"p50\":1}]}", "t.json: results[0]: has no tokens_num")]
    [InlineData("{\"results\":[{\"tokens_num\":1,\"p50\":1},{\"tokens_num\":2}]}", "t.json: results[1]: has no p50")]
    [InlineData("{\"results\":[{\"tokens_num\":1,\"p50\":0}]}", "t.json: results[0]: p50 must be a number above 0, not 0")]
    [InlineData("{\"results\":[{\"tokens_num\":-1,\"p50\":1}]}", "t.json: results[0]: tokens_num must be a number above 0, not -1")]
    [InlineData("{\"results\":[{\"tokens_num\":1,\"p50\":1e999}]}", "t.json: results[0]: p50 must be a number above 0, not 1e999")]
    [InlineData("{\"results\":[{\"tokens_num\":\"1\",\"p50\":1}]}", "t.json: results[0]: tokens_num must be a number above 0, not \"1\"")]
    [InlineData("{\"results\":[{\"tokens_num\":1,\"p50\":1},{\"tokens_num\":1,\"p50\":2}]}", "t.json: results[1]: tokens_num 1 is there twice")]
    public void ParsePrefill_BadTable_NamesFileAndRow(string json, string message)
    {
        ProfilingTableException exception = Assert.Throws<ProfilingTableException>(() => ProfilingTables.ParsePrefill(Json(json), "t.json"));
        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"results\":[{\"batch_size\":1,\"p50\":1}]}", "d.json: results[0]: has no tokens_per_request")]
    [InlineData("{\"results\":[{\"batch_size\":null,\"tokens_per_request\":8,\"p50\":1}]}", "d.json: results[0]: batch_size must be a number above 0, not null")]
    [InlineData(
        "{\"results\":[{\"batch_size\":1,\"tokens_per_request\":8,\"p50\":1},{\"batch_size\":1,\"tokens_per_request\":8,\"p50\":1}]}",
        "d.json: results[1]: batch_size 1 with tokens_per_request 8 is there twice")]
    public void ParseDecode_BadTable_NamesFileAndRow(string json, string message) => Assert.Equal(
        message, Assert.Throws<ProfilingTableException>(() => ProfilingTables.ParseDecode(Json(json), "d.json", [])).Message);

    [Fact]
    public void Read_MissingFile_NamesIt()
    {
        ProfilingTableException exception = Assert.Throws<ProfilingTableException>(() => ProfilingTables.Read("/no/such.json", "x", []));
        Assert.Equal(["/no/such.json: cannot be read: there is no such file", "x: cannot be read: there is no such file"], exception.Problems);
    }

    [Fact]
    public void Read_SameMissingFileTwice_IsToldOnce() =>
        Assert.Equal("x: cannot be read: there is no such file", Assert.Throws<ProfilingTableException>(() => ProfilingTables.Read("x", "x", [])).Message);

    [Fact]
    public void Read_Folder_IsToldAsOne() =>
        Assert.Equal($"{_folder.FullName}: cannot be read: it is a folder", Assert.Throws<ProfilingTableException>(() => ProfilingTables.ReadPrefill(_folder.FullName)).Message);

    [Fact]
    public void ParsePrefill_SeveralBadRows_TellsEach() => Assert.Equal(
        [
            "t.json: results[0]: tokens_num must be a number above 0, not -1", "t.json: results[0]: has no p50", "t.json: results[2]: tokens_num 5 is there twice",
            "t.json: results[3]: has no tokens_num",
        ],
        Assert.Throws<ProfilingTableException>(() => ProfilingTables.ParsePrefill(
            Json("""{"results":[{"tokens_num":-1},{"tokens_num":5,"p50":1},{"tokens_num":5,"p50":2},3]}"""), "t.json")).Problems);

    [Theory]
    [InlineData(5, null)]
    [InlineData(6, "d.json: and 1 more problem")]
    [InlineData(205, "d.json: and 200 more problems")]
    public void ParseDecode_ManyBadRows_TellsFiveAndHowManyMoreThereAre(int count, string? rest)
    {
        ProfilingTableException exception = Assert.Throws<ProfilingTableException>(
            () => ProfilingTables.ParseDecode(Json($$"""{"results":[{{string.Join(',', Enumerable.Repeat("{\"batch_size\":1,\"tokens_per_request\":0,\"p50\":1}", count))}}]}"""), "d.json", []));
        Assert.Equal(
            Enumerable.Range(0, 5).Select(static i => FormattableString.Invariant($"d.json: results[{i}]: tokens_per_request must be a number above 0, not 0")), exception.Problems.Take(5));
        Assert.Equal(rest, exception.Problems.ElementAtOrDefault(5));
        Assert.Equal(string.Join('\n', exception.Problems), exception.Message);
    }

    [Theory]
    [InlineData("""{"re\ud800sults":1}""", "t.json: has a member whose name is no text: half of a surrogate pair")]
    [InlineData("""{"results":[{"tokens_num":1,"p\ud800":1}]}""", "t.json: results[0]: has a member whose name is no text: half of a surrogate pair")]
    public void ParsePrefill_NameOfHalfAPair_IsAProblem(string json, string problem) =>
        Assert.Equal(problem, Assert.Throws<ProfilingTableException>(() => ProfilingTables.ParsePrefill(Json(json), "t.json")).Message);

    [Fact]
    public void FindProblems_BadTables_TellsThoseOfEach()
    {
        string ttft = Write("ttft.json", Json("""{"results":[{"tokens_num":1,"p50":1}]}"""));
        string tpot = Write("tpot.json", Json("[]"));
        Assert.Empty(ProfilingTables.FindProblemsOfPrefill(ttft));
        Assert.Equal([$"{tpot}: needs a list 'results' at its top"], ProfilingTables.FindProblemsOfPrefill(tpot));
        Assert.Equal([$"{ttft}: results[0]: has no batch_size", $"{ttft}: results[0]: has no tokens_per_request"], ProfilingTables.FindProblemsOfDecode(ttft));
    }

    [Fact]
    public void ParsePrefill_NoText_SaysSo()
    {
        Assert.Equal(
            "t: cannot be read: it is UTF-16 or UTF-32; save it as UTF-8",
            Assert.Throws<ProfilingTableException>(() => ProfilingTables.ParsePrefill((byte[])[.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("{}")], "t")).Message);
        Assert.StartsWith(
            "t: cannot be read: it is not text in UTF-8: line 2 has",
            Assert.Throws<ProfilingTableException>(() => ProfilingTables.ParsePrefill(Encoding.Latin1.GetBytes("{\"results\":[\n{\"tokens_num\":\"\u00e4\"}]}"), "t")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ParsePrefill_Utf8WithMark_IsRead() => Assert.Equal(
        3, ProfilingTables.ParsePrefill((byte[])[.. Encoding.UTF8.Preamble, .. Json("""{"results":[{"tokens_num":1,"p50":3}]}""")], "t").At(1));

    [Fact]
    public void ParsePrefill_LongValue_IsCutAndStaysOnOneLine()
    {
        string problem = Assert.Throws<ProfilingTableException>(
            () => ProfilingTables.ParsePrefill(Json($$"""{"results":[{"tokens_num":{"a":\n  [{{new string('1', 99)}}]},"p50":3}]}""".Replace("\\n", "\n", StringComparison.Ordinal)), "t")).Message;
        Assert.Equal($"t: results[0]: tokens_num must be a number above 0, not {{\"a\": [{new string('1', 33)}...", problem);
    }

    [Fact]
    public void Parse_RandomText_NeverThrowsAnythingElse() => Gen.String.Sample(text =>
    {
        Assert.Throws<ProfilingTableException>(() => ProfilingTables.ParsePrefill(Json(text), "t"));
        Assert.Throws<ProfilingTableException>(() => ProfilingTables.ParseDecode(Json($$"""{"results":[{{text}}]}"""), "t", []));
    });

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}
