using System.Text;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Tests.Requests;

public sealed class StreamUsageTests
{
    private const string Chat = "/v1/chat/completions";

    [Theory]
    [InlineData("""{"stream":true}""", """{"stream_options":{"include_usage":true},"stream":true}""")]
    [InlineData("""{"stream":true,"stream_options":null}""", """{"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"stream":true,"stream_options":{}}""", """{"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("""{"stream":true,"stream_options":{ "x":1}}""", """{"stream":true,"stream_options":{"include_usage":true, "x":1}}""")]
    [InlineData("""{"stream":true,"stream_options":{"include_usage": false}}""", """{"stream":true,"stream_options":{"include_usage": true}}""")]
    public void AskFor_ClientDidNot_IsAskedFor(string body, string expected)
    {
        (bool isCut, string result) = Ask(Chat, body);
        Assert.True(isCut);
        Assert.Equal(expected, result);
    }

    [Theory]
    [InlineData(Chat, """{"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData(Chat, """{"stream":true,"stream_options":{"continuous_usage_stats":true}}""")]
    [InlineData(Chat, """{"stream":true,"stream_options":"odd"}""")]
    [InlineData(Chat, """{"stream":false}""")]
    [InlineData(Chat, """{}""")]
    [InlineData("/v1/responses", """{"stream":true}""")]
    public void AskFor_NotOursToAsk_LeavesTheBody(string path, string body)
    {
        (bool isCut, string result) = Ask(path, body);
        Assert.False(isCut);
        Assert.Equal(body, result);
    }

    private static (bool IsCut, string Body) Ask(string path, string body)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        RequestFields fields = RequestFieldsTests.Read(bytes);
        var patch = new BodyPatch(bytes, fields);
        bool isCut = StreamUsage.AskFor(path, bytes, fields, patch);
        return (isCut, string.Concat(patch.Pieces().Select(static piece => Encoding.UTF8.GetString(piece.Span))));
    }
}
