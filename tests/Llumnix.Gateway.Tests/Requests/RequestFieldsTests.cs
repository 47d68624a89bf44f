using System.Text;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Tests.Requests;

public sealed class RequestFieldsTests
{
    [Fact]
    public void Read_KnownMembers_AreFoundWithTheirPlaces()
    {
        byte[] body = """{ "model" : "m", "stream": true, "max_tokens":5 , "stream_options":{"a":[1]}, "messages":[{"model":"inner"}]}"""u8.ToArray();
        RequestFields fields = Read(body);
        Assert.Equal("m", fields.Model);
        Assert.True(fields.IsStream);
        Assert.Equal("5", Text(fields.MaxTokens, body));
        Assert.Equal("""{"a":[1]}""", Text(fields.StreamOptions, body));
        Assert.Equal("""[{"model":"inner"}]""", Text(fields.Prompt, body));
        Assert.False(fields.KvTransferParams.IsPresent);
    }

    [Fact]
    public void Read_NameTwice_TheLastCounts()
    {
        byte[] body = """{"stream":true,"model":"a","stream":false,"model":"b"}"""u8.ToArray();
        RequestFields fields = Read(body);
        Assert.False(fields.IsStream);
        Assert.Equal("b", fields.Model);
        Assert.Equal("false", Text(fields.Stream, body));
    }

    [Fact]
    public void Read_EscapedName_IsTheSameName() => Assert.Equal("x", Read("""{"\u006dodel":"x"}"""u8.ToArray()).Model);

    [Fact]
    public void Read_ModelOfAnotherKind_CountsAsNoneAndHidesNothing()
    {
        RequestFields fields = Read("""{"model":{"stream":true},"max_tokens":1}"""u8.ToArray());
        Assert.Equal("", fields.Model);
        Assert.False(fields.IsStream);
        Assert.True(fields.MaxTokens.IsPresent);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{} {}", "not valid JSON")]
    [InlineData("""{"model":"a"} x""", "not valid JSON")]
    [InlineData("""{"model":}""", "not valid JSON")]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("7", "not a JSON object")]
    [InlineData("""{"model":"\ud800"}""", "not valid Unicode")]
    public void Read_WhatIsNoRequest_IsRefusedWithTheReason(string body, string reason)
    {
        Assert.False(RequestFields.TryRead(Encoding.UTF8.GetBytes(body), out RequestFields? fields, out string problem));
        Assert.Null(fields);
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RequestFields.MaxDepth - 1, true)]
    [InlineData(RequestFields.MaxDepth, false)]
    [InlineData(100_000, false)]
    public void Read_Nesting_IsBounded(int depth, bool isTaken)
    {
        string body = $$"""{"a":{{new string('[', depth)}}{{new string(']', depth)}}}""";
        Assert.Equal(isTaken, RequestFields.TryRead(Encoding.UTF8.GetBytes(body), out _, out _));
    }

    [Fact]
    public void Read_LongModel_IsRefused()
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"model":"{{new string('x', RequestFields.MaxModelBytes + 1)}}"}""");
        Assert.False(RequestFields.TryRead(body, out _, out string problem));
        Assert.Contains("'model'", problem, StringComparison.Ordinal);
    }

    internal static RequestFields Read(byte[] body)
    {
        Assert.True(RequestFields.TryRead(body, out RequestFields? fields, out string problem), problem);
        return fields!;
    }

    private static string Text(JsonMember member, byte[] body) => Encoding.UTF8.GetString(member.ValueIn(body));
}
