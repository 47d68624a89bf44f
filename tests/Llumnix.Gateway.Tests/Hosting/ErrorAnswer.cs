using System.Text.Json;

namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>Errors in OpenAI's shape.</summary>
internal static class ErrorAnswer
{
    /// <summary>Asserts that an answer is such an error.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="status">Its status.</param>
    /// <param name="type">The error's type.</param>
    /// <param name="code">The error's code; null for any.</param>
    public static async Task AssertAsync(HttpResponseMessage answer, int status, string type, string? code = null)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        JsonElement error = document.RootElement.GetProperty("error");
        Assert.Equal(type, error.GetProperty("type").GetString());
        Assert.NotEqual("", error.GetProperty("message").GetString());
        Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
        Assert.Equal(code ?? error.GetProperty("code").GetString(), error.GetProperty("code").GetString());
    }
}
