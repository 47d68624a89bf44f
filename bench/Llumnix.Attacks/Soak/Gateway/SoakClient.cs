using System.Net;
using System.Text;
using System.Text.Json;

namespace Llumnix.Attacks.Soak.Gateway;

/// <summary>Clients of a gateway: every second one streams, every tenth one goes before its answer has ended. Safe for concurrent use.</summary>
/// <param name="port">The gateway's port.</param>
internal sealed class SoakClient(int port) : IDisposable
{
    private const int MaxTokens = 8;
    private const int GoingEvery = 10;
    private const int LongestStayMs = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, MaxResponseDrainSize = 0 })
    {
        BaseAddress = new Uri(FormattableString.Invariant($"http://127.0.0.1:{port}")),
        Timeout = Patience,
    };

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="number">Its number, from 0.</param>
    /// <returns>What came of it, and what is wrong with it if something is.</returns>
    public async Task<(SoakOutcome Outcome, string Problem)> SendAsync(int number)
    {
        bool isStream = number % 2 == 0;
        bool isGoing = number % GoingEvery == 3;
        using var going = new CancellationTokenSource();
        if (isGoing)
        {
            going.CancelAfter(number / GoingEvery * 7 % LongestStayMs);
        }

        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = BodyOf(number, isStream) };
            using HttpResponseMessage answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, going.Token);
            string text = await answer.Content.ReadAsStringAsync(going.Token);
            return Judge(answer.StatusCode, text, isStream) is { } outcome ? (outcome, "") : (SoakOutcome.Bad, $"{(int)answer.StatusCode} {text}");
        }
        catch (OperationCanceledException) when (going.IsCancellationRequested)
        {
            return (SoakOutcome.Vanished, "");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            return going.IsCancellationRequested ? (SoakOutcome.Vanished, "") : (SoakOutcome.Bad, exception.Message);
        }
    }

    /// <summary>A metric of the gateway; NaN when it is not on the page.</summary>
    public async Task<double> ReadMetricAsync(string name)
    {
        string page = await _http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        string? line = page.Split('\n').FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return line is null ? double.NaN : double.Parse(line.AsSpan(name.Length + 1), System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose() => _http.Dispose();

    private static StringContent BodyOf(int number, bool isStream)
    {
        string prompt = string.Join(' ', Enumerable.Repeat("word", 5 + (number % 50)));
        return new StringContent(
            JsonSerializer.Serialize(new { model = "emulated", stream = isStream, max_tokens = 1 + (number % MaxTokens), messages = new[] { new { role = "user", content = prompt } } }),
            Encoding.UTF8,
            "application/json");
    }

    private static SoakOutcome? Judge(HttpStatusCode status, string text, bool isStream)
    {
        string last = isStream && status == HttpStatusCode.OK ? text.Split("data: ")[^1].TrimEnd() : text;
        if (isStream && last == "[DONE]")
        {
            return SoakOutcome.Answered;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(last);
            return document.RootElement.TryGetProperty("error", out JsonElement error)
                ? (error.TryGetProperty("message", out _) && error.TryGetProperty("type", out _) && error.TryGetProperty("code", out _) ? SoakOutcome.Error : null)
                : !isStream && status == HttpStatusCode.OK && document.RootElement.TryGetProperty("usage", out _) ? SoakOutcome.Answered
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
