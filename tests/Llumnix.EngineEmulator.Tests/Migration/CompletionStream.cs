using System.Globalization;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Polling;

namespace Llumnix.EngineEmulator.Tests.Migration;

/// <summary>A streaming completion, read in the background. Tokens are numbered, so losses and repetitions show.</summary>
internal sealed class CompletionStream : IDisposable
{
    private const string TextStart = "\"text\":\" ";

    private readonly CancellationTokenSource _disconnect = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly HttpClient _http;
    private volatile int _tokens;
    private bool _done;

    private CompletionStream(HttpClient http, HostedEngine engine, string id, int tokens, int prompt)
    {
        _http = http;
        Finished = Task.Run(() => ReadAsync(engine, id, tokens, prompt), CancellationToken.None);
    }

    /// <summary>Tokens so far.</summary>
    public int Tokens => _tokens;

    /// <summary>True when the stream ended with <c>[DONE]</c>; false when it broke off. Fails when a token was lost or came twice.</summary>
    public Task<bool> Finished { get; }

    public static CompletionStream Start(HttpClient http, HostedEngine engine, string id, int tokens = 900_000, int prompt = 100) =>
        new(http, engine, id, tokens, prompt);

    public Task ReachAsync(int tokens) => Eventually.TrueAsync(() =>
    {
        Assert.False(Finished.IsCompleted && _tokens < tokens, "the stream has ended early");
        return _tokens >= tokens;
    });

    public void Disconnect() => _disconnect.Cancel();

    public void Dispose() => _disconnect.Dispose();

    private async Task<bool> ReadAsync(HostedEngine engine, string id, int tokens, int prompt)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{HostAddress.EndpointOf(engine.Metadata.Ip, engine.Port)}/v1/completions")
        {
            Content = new StringContent($$$"""{"prompt_num_tokens":{{{prompt}}},"max_tokens":{{{tokens}}},"stream":true,"stream_options":{"include_usage":false}}"""),
        };
        request.Headers.Add("x-request-id", id);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _disconnect.Token);
            Assert.True(response.IsSuccessStatusCode);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(_disconnect.Token));
            while (await lines.ReadLineAsync(_disconnect.Token) is { } line)
            {
                Observe(line);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return false;
        }

        Assert.True(!_done || _tokens == tokens);
        return _done;
    }

    private void Observe(string line)
    {
        Assert.False(_done && line.Length > 0);
        if (line == "data: [DONE]")
        {
            _done = true;
        }
        else if (line.Length > 0)
        {
            ReadOnlySpan<char> text = line.AsSpan(line.IndexOf(TextStart, StringComparison.Ordinal) + TextStart.Length);
            Assert.Equal(_tokens + 1, int.Parse(text[..text.IndexOf('"')], NumberStyles.None, CultureInfo.InvariantCulture));
            _tokens++;
        }
    }
}
