using System.Net;
using Llumnix.Cli.Serve;

namespace Llumnix.Cli.Tests.Serve;

public sealed class EngineUrlsTests
{
    [Fact]
    public void Read_Urls_AreEngines()
    {
        Assert.True(EngineUrls.TryRead("http://a:8000, http://[::1]:1/v1,b:7,http://c,http://a:8000/", out IReadOnlyList<DnsEndPoint> engines));
        Assert.Equal([("a", 8000), ("::1", 1), ("b", 7), ("c", 80)], engines.Select(static engine => (engine.Host, engine.Port)));
        Assert.Equal("http://a:8000,http://[::1]:1,http://b:7,http://c", EngineUrls.Write(engines));
    }

    [Theory]
    [InlineData("https://a:8000")]
    [InlineData("http://a:8000/path")]
    [InlineData("http://user@a:8000")]
    [InlineData("http://a:0")]
    [InlineData("http://a:99999")]
    [InlineData("http://")]
    public void Read_AnythingElse_IsRefused(string text) => Assert.False(EngineUrls.TryRead(text, out _));
}
