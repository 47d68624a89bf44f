using Llumnix.Adapters.Redis;

namespace Llumnix.Adapters.Tests.Redis;

public sealed class RedisAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:6379")]
    [InlineData("redis")]
    [InlineData("my_redis.my-namespace.svc:6379")]
    [InlineData("[::1]:6379")]
    [InlineData("a:1, b:2,password=x=y,ssl=true")]
    public void FindProblem_AddressThatCanBeUsed_IsNone(string text) => Assert.Null(RedisAddress.FindProblem(text));

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData(" ", "\" \"")]
    [InlineData(",", "\",\"")]
    [InlineData("foo:bar", "\"foo:bar\"")]
    [InlineData("a:1,foo:bar", "\"a:1,foo:bar\"")]
    [InlineData(":99999", "\":99999\"")]
    [InlineData(":6379", "\":6379\"")]
    [InlineData("a:70000", "\"a:70000\"")]
    [InlineData("a b:1", "\"a b:1\"")]
    [InlineData("password=hunter2", "\"password=***\"")]
    [InlineData("a:x,password=hunter2", "\"a:x,password=***\"")]
    [InlineData("redis://:hunter2@a:1", "\"redis://***@a:1\"")]
    [InlineData("me:hunter2@a:1", "\"***@a:1\"")]
    public void FindProblem_NoAddress_IsRepeatedWithoutItsPassword(string text, string shown) =>
        Assert.Equal($"must be host:port[,password=...], not {shown}", RedisAddress.FindProblem(text));

    [Theory]
    [InlineData("a:1,foo=hunter2", "foo")]
    [InlineData("a:1,ssl=maybe,password=hunter2", "ssl")]
    [InlineData("a:1,tunnel=http:b:2", "tunnel")]
    [InlineData("a:1,proxy=twemproxy", "proxy")]
    public void FindProblem_OptionThatIsRefused_IsNamed(string text, string option) => Assert.Equal(
        $"has the option \"{option}\", which is unknown, is not supported here or cannot have this value; it must be host:port[,password=...]", RedisAddress.FindProblem(text));

    /// <summary>None of the library's exceptions is let through.</summary>
    [Theory]
    [InlineData("=")]
    [InlineData("a:1,=")]
    [InlineData("!")]
    [InlineData("unix:")]
    [InlineData("a:1,version=99999999999999")]
    [InlineData("a:1,defaultDatabase=x")]
    [InlineData("a:1,keepAlive=9999999999999")]
    [InlineData("a:1,protocol=9")]
    [InlineData("a:1,sslProtocols=foo")]
    [InlineData("a:1,proxy=foo")]
    [InlineData("a:1,tunnel=foo")]
    [InlineData("a:1,tunnel=http:")]
    [InlineData("[::1:1")]
    [InlineData("a:1:2")]
    [InlineData("a:-1")]
    public void FindProblem_Nonsense_IsTold(string text) => Assert.NotNull(RedisAddress.FindProblem(text));

    [Theory]
    [InlineData("a:1,password=hun,ter2")]
    [InlineData("a:1,password = hun,ter2")]
    [InlineData("PASSWORD =hunter2,a:1")]
    [InlineData("a:1,password=hun,ter2=x")]
    [InlineData("a:1,password = hun,ter2=x")]
    [InlineData("a:1,password=hunter2,ssl=maybe")]
    public void FindProblem_WhatFollowsThePassword_IsTakenForAPartOfIt(string text) =>
        Assert.Equal("must have the password last, and no comma within it: what follows it is no option that is known", RedisAddress.FindProblem(text));
}
