using Llumnix.Adapters.Options.Parsing;

namespace Llumnix.Adapters.Tests.Options;

public sealed class RefusedValueTests
{
    [Theory]
    [InlineData("a:1", "a:1")]
    [InlineData("a:1,b:2", "a:1,b:2")]
    [InlineData("http://a:1/v1", "http://a:1/v1")]
    [InlineData("name=a,role=prefill,model=m@b:1,c:2", "name=a,role=prefill,model=m@b:1,c:2")]
    [InlineData("/etc/llumnix/token", "/etc/llumnix/token")]
    [InlineData("http://u:hunter2@a:1", "http://***@a:1")]
    [InlineData("http://a:1,u:hun,ter2@b:1", "http://***@b:1")]
    [InlineData("u:hunter2@a:1", "***@a:1")]
    [InlineData("u:hun,ter2@a:1", "***@a:1")]
    [InlineData("name=a@b:1,u:hunter2@c:1", "name=a@b:1,***@c:1")]
    [InlineData("http://a:1?api_key=hunter2", "http://a:1?***")]
    [InlineData("http://a:1/v1?hunter2#x", "http://a:1/v1?***")]
    [InlineData("a:1?hun@ter2", "***")]
    [InlineData("http://u:hun?ter2@a:1", "http://***")]
    [InlineData("a:1,password=hunter2,foo", "a:1,password=***")]
    [InlineData("http://a:1,password=hun@ter2", "http://***")]
    [InlineData("a:1,password=hun@ter2", "***")]
    [InlineData("password=hunter2@h", "password=***")]
    [InlineData("password=hun,ter2@h", "password=***")]
    [InlineData("http://u:hun,token=ter2@a:1", "http://***")]
    [InlineData("A:1, Password = hunter2", "A:1, Password = ***")]
    [InlineData("a:1,passwd=hunter2", "a:1,passwd=***")]
    [InlineData("a:1,PWD\t=\n hunter2", "a:1,PWD?=? ***")]
    [InlineData("client-secret=hunter2", "client-secret=***")]
    [InlineData("access_token=hunter2 x", "access_token=***")]
    [InlineData("key=hunter2", "key=***")]
    [InlineData("apikey=hunter2", "apikey=***")]
    [InlineData("credential=hunter2", "credential=***")]
    [InlineData("credentials=hunter2", "credentials=***")]
    [InlineData("a --cms-redis-password=hunter2", "a --cms-redis-password=***")]
    [InlineData("password=", "password=")]
    public void Quote_TextThatMayHoldASecret_HidesIt(string text, string shown) => Assert.Equal($"\"{shown}\"", RefusedValue.Quote(text));

    [Theory]
    [InlineData("a:x", "a:x,b:2", "a:x")]
    [InlineData("password=hunter2", "a:1,password=hunter2,foo=bar", "password=***")]
    [InlineData("foo=bar", "a:1,password=hunter2,foo=bar", "***")]
    [InlineData("http://u:hun", "http://u:hun,ter2@a:1", "***")]
    [InlineData("u:hun", "u:hun,ter2@a:1", "***")]
    [InlineData("a:1?x", "a:1?x,hunter2", "a:1?***")]
    [InlineData("hunter2", "a:1?x,hunter2", "***")]
    public void QuotePart_PartOfAList_IsHiddenWhereItMayBePartOfASecret(string part, string list, string shown) =>
        Assert.Equal($"\"{shown}\"", RefusedValue.QuotePart(part, list));
}
