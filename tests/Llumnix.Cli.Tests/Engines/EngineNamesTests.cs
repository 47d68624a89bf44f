using System.Net;
using Llumnix.Cli.Engines;

namespace Llumnix.Cli.Tests.Engines;

public sealed class EngineNamesTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8100 (neutral)", "neutral", 1, "8100=127.0.0.1:8100")]
    [InlineData("http://127.0.0.1:8100 (decode, named 127.0.0.1_8100)", "decode", 1, "8100=127.0.0.1_8100")]
    [InlineData("http://127.0.0.1:8100 (neutral, 2 data-parallel ranks)", "neutral", 2, "8100=127.0.0.1:8100 rank 0", "8100=127.0.0.1:8100 rank 1")]
    [InlineData("http://127.0.0.1:8100 to 8102 (3 prefill engines)", "prefill", 1, "8100=127.0.0.1:8100", "8101=127.0.0.1:8101", "8102=127.0.0.1:8102")]
    [InlineData("http://127.0.0.1:8100 to 8101 (2 neutral engines, named 10.0.0.1:8100 to 10.0.0.1:8101)", "neutral", 1, "8100=10.0.0.1:8100", "8101=10.0.0.1:8101")]
    [InlineData("http://127.0.0.1:41007, http://127.0.0.1:41003, http://127.0.0.1:41009 (3 neutral engines, named a, b, c)", "neutral", 1, "41007=a", "41003=b", "41009=c")]
    [InlineData(
        "http://127.0.0.1:8100 to 8101 (2 neutral engines, 2 data-parallel ranks each)", "neutral", 2,
        "8100=127.0.0.1:8100 rank 0", "8100=127.0.0.1:8100 rank 1", "8101=127.0.0.1:8101 rank 0", "8101=127.0.0.1:8101 rank 1")]
    public void Describe_Engines_NamesAllOnce(string expected, string role, int ranks, params string[] engines) => Assert.Equal(
        expected,
        EngineNames.Describe(IPAddress.Loopback, role, ranks, [.. engines.Select(static engine => engine.Split('=')).Select(static parts => (int.Parse(parts[0], null), parts[1]))]));
}
