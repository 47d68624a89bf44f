using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Serve;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Cli.Tests.Serve;

public sealed class EngineUrlsTests
{
    [Fact]
    public void Read_Urls_AreEngines()
    {
        Assert.True(EngineUrls.TryRead("http://a:8000, http://[::1]:1/v1,b:7,http://c", out IReadOnlyList<ListedEngine> engines));
        Assert.Equal([("a", 8000), ("::1", 1), ("b", 7), ("c", 80)], engines.Select(static engine => (engine.Host, engine.Port)));
        Assert.Equal("http://a:8000,http://[::1]:1,http://b:7,http://c:80", EngineUrls.Write(engines));
    }

    [Fact]
    public void Read_WhatIsKnownOfAnEngine_StandsBeforeIt()
    {
        Assert.True(EngineUrls.TryRead("name=a,role=prefill,model=org/m@http://a:1,b:2, model=n@c:3", out IReadOnlyList<ListedEngine> engines));
        Assert.Equal(
            [
                new ListedEngine("a", 1) { Name = "a", Role = InferType.Prefill, Model = "org/m" },
                new ListedEngine("b", 2),
                new ListedEngine("c", 3) { Model = "n" },
            ],
            engines);
        Assert.Equal("name=a,role=prefill,model=org/m@http://a:1,http://b:2,model=n@http://c:3", EngineUrls.Write(engines));
    }

    [Theory]
    [InlineData("a:1,https://b:2", "engine 2, \"https://b:2\", is https, which is refused: engines are called by http://")]
    [InlineData("foo", "engine 1, \"foo\", has no port; expected is host:port or http://host:port")]
    [InlineData("http://a/path", "engine 1, \"http://a/path\", has a path; none but /v1 may follow the port")]
    [InlineData("http://a:1?x", "engine 1, \"http://a:1?***\", has a query")]
    [InlineData("ftp://a:1", "engine 1, \"ftp://a:1\", has another scheme than http://")]
    [InlineData("http://a:99999", "engine 1, \"http://a:99999\", has a port that is none from 1 to 65535")]
    [InlineData("http://[::1]:0/v1", "engine 1, \"http://[::1]:0/v1\", has a port that is none from 1 to 65535")]
    [InlineData("http://a:x", "engine 1, \"http://a:x\", is no address")]
    public void Explain_Wrong_QuotesTheEngineAndSaysWhy(string text, string expected) => Assert.Equal(expected, EngineUrls.Explain(text));

    [Theory]
    [InlineData("http://user:hunter2@a:1")]
    [InlineData("user:hunter2@a:1")]
    [InlineData("user:hun=ter2@a:1")]
    [InlineData("http://user:hunter2,x@a:1")]
    [InlineData("a:1,http://user:hunter2@b:1/path")]
    public void Explain_Passwords_AreNotRepeated(string text) => Assert.DoesNotContain("ter2", EngineUrls.Explain(text), StringComparison.Ordinal);

    [Theory]
    [InlineData("name=a")]
    [InlineData("name=a,http://a:1")]
    [InlineData("name=@http://a:1")]
    [InlineData("name=a b@http://a:1")]
    [InlineData("name=neutral-b:2@http://a:1")]
    [InlineData("user@http://a:1")]
    [InlineData("role=both@http://a:1")]
    [InlineData("colour=red@http://a:1")]
    [InlineData("name=a,name=b@http://a:1")]
    [InlineData("name=a@http://a:1,name=a@http://b:1")]
    [InlineData("name=a@http://a:1,name=b@http://a:1")]
    [InlineData("name=a@http://a:1,http://a:1")]
    [InlineData("http://a:8000,b:1,a:8000/v1")]
    [InlineData("https://a:8000")]
    [InlineData("http://a:8000/path")]
    [InlineData("http://user@a:8000")]
    [InlineData("http://a:0")]
    [InlineData("http://a:99999")]
    [InlineData("http://")]
    [InlineData("10.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("name=a@engine")]
    public void Read_AnythingElse_IsRefused(string text) => Assert.False(EngineUrls.TryRead(text, out _));
}
