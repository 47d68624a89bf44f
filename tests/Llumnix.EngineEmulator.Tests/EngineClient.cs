using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Llumnix.EngineEmulator.Tests;

/// <summary>A client of one engine's HTTP API.</summary>
internal sealed class EngineClient(HostedEngine engine) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = new Uri($"http://127.0.0.1:{engine.Port}"), Timeout = TimeSpan.FromSeconds(20) };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<HttpResponseMessage> SendAsync(string path, string body, string requestId = "", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        if (requestId.Length > 0)
        {
            request.Headers.Add("x-request-id", requestId);
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    public async Task<JsonNode> PostAsync(string path, string body, string requestId = "")
    {
        using HttpResponseMessage response = await SendAsync(path, body, requestId);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
    }

    /// <summary>
    /// The data lines of a stream, up to and without <c>[DONE]</c>, which must be the last. Asks for the usage, unless the body has stream options.
    /// </summary>
    public async Task<List<JsonNode>> StreamAsync(string path, string body, string requestId = "")
    {
        string asking = body.Contains("stream_options", StringComparison.Ordinal)
            ? body
            : body.Replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}", StringComparison.Ordinal);
        using HttpResponseMessage response = await SendAsync(path, asking, requestId);
        response.EnsureSuccessStatusCode();
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        string[] events = (await response.Content.ReadAsStringAsync(Cancellation)).Split("\n\n");
        Assert.Equal(["data: [DONE]", ""], events[^2..]);
        return [.. events[..^2].Select(text => JsonNode.Parse(text["data: ".Length..])!)];
    }

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

    public Task<string> GetTextAsync(string path) => _http.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation);

    public void Dispose() => _http.Dispose();
}
