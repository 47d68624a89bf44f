using System.Text;
using CsCheck;
using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Adapters.Tests.Profiles;

public sealed class ProfilingTablesTests
{
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
        Assert.StartsWith("/no/such.json: cannot be read: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_RandomText_NeverThrowsAnythingElse() => Gen.String.Sample(text =>
    {
        Assert.Throws<ProfilingTableException>(() => ProfilingTables.ParsePrefill(Json(text), "t"));
        Assert.Throws<ProfilingTableException>(() => ProfilingTables.ParseDecode(Json($$"""{"results":[{{text}}]}"""), "t", []));
    });

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}
