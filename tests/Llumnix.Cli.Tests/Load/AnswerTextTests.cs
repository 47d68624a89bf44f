using Llumnix.Cli.Load;

namespace Llumnix.Cli.Tests.Load;

public sealed class AnswerTextTests
{
    [Theory]
    [InlineData("""{"error":{"message":"no such model","type":"invalid_request_error"}}""", "no such model")]
    [InlineData("""{"error":"draining"}""", """{"error":"draining"}""")]
    [InlineData("""{"error":{"message":"x"},"error":1}""", """{"error":{"message":"x"},"error":1}""")]
    [InlineData("""{"error":{"message":"\ud800"}}""", """{"error":{"message":"\ud800"}}""")]
    [InlineData("502 Bad\nGateway", "502 Bad Gateway")]
    public async Task Read_Body_ItsMessageOrItselfOnOneLine(string body, string text)
    {
        using var content = new StringContent(body);
        Assert.Equal(text, await AnswerText.ReadAsync(content, TestContext.Current.CancellationToken));
    }
}
