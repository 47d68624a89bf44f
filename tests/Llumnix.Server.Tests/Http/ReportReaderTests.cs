using System.Text;
using CsCheck;
using Llumnix.Server.Http;

namespace Llumnix.Server.Tests.Http;

public sealed class ReportReaderTests
{
    private readonly ParsedReport _report = new();

    [Fact]
    public void Read_Rows_AllThatMattersIsTaken()
    {
        Read("""
            [{"kind":"state_update","id":"r\u00e91","model":"m","infer_type":"decode","instance_id":"pod_dp0","gateway_id":"g:1","num_tokens":12},
             {"num_tokens":null,"instance_id":"pod_dp1","id":"r2","kind":"prefill_done","unknown":{"deep":[1]}},
             {"id":"r3","instance_id":"i","kind":7}]
            """);
        Assert.Null(_report.Error);
        Assert.Null(_report.FirstSkip);
        Assert.Equal(
            [("ré1", "pod_dp0", 12L, false), ("r2", "pod_dp1", 0, true), ("r3", "i", 0, false)],
            Rows());
        Assert.Equal(["g:1", "", ""], Enumerable.Range(0, 3).Select(row => _report.Progress.GatewayId(row).ToString()));
    }

    [Fact]
    public void Read_GatewayWithAnIPv6Address_HasItsOneForm()
    {
        Read("""[{"id":"r","instance_id":"i","gateway_id":"FD00:0::1:80"},{"id":"r","instance_id":"i","gateway_id":"[fd00::1%eth0]:80"}]""");
        Assert.Equal(["[fd00::1]:80", "[fd00::1]:80"], Enumerable.Range(0, 2).Select(row => _report.Progress.GatewayId(row).ToString()));
    }

    [Theory]
    [InlineData("""{"instance_id":"i"}""", "id is missing")]
    [InlineData("""{"id":"r"}""", "instance_id is missing")]
    [InlineData("""{"id":null,"instance_id":"i"}""", "id is missing")]
    [InlineData("""{"id":[{"x":[1,2]}],"instance_id":"i"}""", "id is no string")]
    [InlineData("""{"id":"r","instance_id":"i","gateway_id":7}""", "gateway_id is no string")]
    [InlineData("""{"id":"r","instance_id":"i","num_tokens":-1}""", "num_tokens is no integer from 0 to 2147483647")]
    [InlineData("""{"id":"r","instance_id":"i","num_tokens":18446744073709551615}""", "num_tokens is no integer")]
    [InlineData("""{"id":"r","instance_id":"i","num_tokens":1.5}""", "num_tokens is no integer")]
    [InlineData("""{"id":"r","instance_id":"i","num_tokens":{"a":1}}""", "num_tokens is no integer")]
    [InlineData("[1,[2]]", "is no object")]
    [InlineData("7", "is no object")]
    [InlineData("null", "is no object")]
    public void Read_OneBadRow_IsSkippedAndTheOthersStay(string row, string problem)
    {
        Read($$"""[{"id":"a","instance_id":"i","num_tokens":1},{{row}},{"id":"b","instance_id":"i","num_tokens":2}]""");
        Assert.Null(_report.Error);
        Assert.StartsWith($"row 1: {problem}", _report.FirstSkip, StringComparison.Ordinal);
        Assert.Equal(1, _report.SkippedRows);
        Assert.Equal([("a", "i", 1L, false), ("b", "i", 2, false)], Rows());
    }

    [Fact]
    public void Read_LongId_IsSkipped()
    {
        Read($$"""[{"id":"{{new string('é', 257)}}","instance_id":"i"},{"id":"{{new string('x', 512)}}","instance_id":"i"}]""");
        Assert.Equal("row 0: id is longer than 512 bytes", _report.FirstSkip);
        Assert.Equal(512, Assert.Single(Rows()).RequestId.Length);
    }

    [Fact]
    public void Read_IdThatIsNotUtf8_IsSkipped()
    {
        byte[] json = Encoding.UTF8.GetBytes("""[{"id":"?","instance_id":"i"},{"id":"b","instance_id":"i"}]""");
        json[Array.IndexOf(json, (byte)'?')] = 0xff;
        Read(json);
        Assert.Equal("row 0: id is not valid UTF-8", _report.FirstSkip);
        Assert.Single(Rows());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[{")]
    [InlineData("""[{"id":"r","instance_id":"i"}""")]
    [InlineData("[] []")]
    public void Read_NoJsonArray_IsAnError(string json)
    {
        Read(json);
        Assert.NotNull(_report.Error);
    }

    [Fact]
    public void Read_AnyBytes_NeverThrows() => Gen.Byte.Array[0, 60].Sample(bytes => Read(bytes), threads: 1);

    [Fact]
    public void Read_InPieces_TheSame()
    {
        byte[] json = Encoding.UTF8.GetBytes(
            """ [{"id":"request-1","instance_id":"instance","num_tokens":12345,"kind":"prefill_done"}, 7, {"id":"b","instance_id":"i"}] """);
        Gen.Int[0, 20].Array[0, 50].Sample(sizes =>
        {
            _report.Clear();
            int end = 0;
            int done = 0;
            for (int i = 0; end < json.Length; i++)
            {
                end = i < sizes.Length ? Math.Min(json.Length, end + sizes[i]) : json.Length;
                done += _report.Read(json.AsSpan(done, end - done), isLast: end == json.Length);
            }

            Assert.Null(_report.Error);
            Assert.Equal([("request-1", "instance", 12345L, true), ("b", "i", 0, false)], Rows());
            Assert.Equal("row 1: is no object", _report.FirstSkip);
        }, threads: 1);
    }

    [Fact]
    public void Read_VeryManyRows_IsAnError()
    {
        Read($"[{string.Join(',', Enumerable.Repeat("{}", 100_001))}]");
        Assert.Equal("the report has more than 100000 rows", _report.Error);
    }

    private void Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    private void Read(byte[] json)
    {
        _report.Clear();
        _report.Read(json, isLast: true);
    }

    private List<(string RequestId, string InstanceId, long Tokens, bool IsPrefillDone)> Rows() =>
    [
        .. Enumerable.Range(0, _report.Progress.Count).Select(row => (
            _report.Progress.RequestId(row).ToString(),
            _report.Progress.InstanceId(row).ToString(),
            _report.Progress.Tokens(row),
            _report.Progress.IsPrefillDone(row))),
    ];
}
