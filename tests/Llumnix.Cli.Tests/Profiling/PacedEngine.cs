using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cli.Tests.Profiling;

/// <summary>An engine for one request at a time that takes its time on a clock which it moves itself.</summary>
internal sealed class PacedEngine(FakeTimeProvider time, Func<int, double> prefillMs, double stepMs) : HttpMessageHandler
{
    /// <summary>Prompt lengths in the order of the requests.</summary>
    internal List<int> Prompts { get; } = [];

    /// <summary>The whole time of this request (from 1) is multiplied by this.</summary>
    internal Dictionary<int, double> Outliers { get; } = [];

    /// <summary>What the network and HTTP add to every request.</summary>
    internal double RoundTripMs { get; init; }

    internal HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Get)
        {
            time.Advance(TimeSpan.FromMilliseconds(RoundTripMs));
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}") };
        }

        using JsonDocument body = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
        int prompt = body.RootElement.GetProperty("prompt").GetArrayLength();
        Prompts.Add(prompt);
        double factor = Outliers.GetValueOrDefault(Prompts.Count, 1);
        return new HttpResponseMessage(Status)
        {
            Content = new StreamContent(new PacedStream(
                time, RoundTripMs + (prefillMs(prompt) * factor), stepMs * factor, body.RootElement.GetProperty("max_tokens").GetInt32())),
        };
    }

    private sealed class PacedStream(FakeTimeProvider time, double firstMs, double stepMs, int tokens) : MemoryStream
    {
        private int _sent;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_sent > tokens)
            {
                return ValueTask.FromResult(0);
            }

            if (_sent < tokens)
            {
                time.Advance(TimeSpan.FromMilliseconds(_sent == 0 ? firstMs : stepMs));
            }

            string text = _sent++ < tokens ? "data: {}\n\n" : "data: [DONE]\n\n";
            return ValueTask.FromResult(Encoding.UTF8.GetBytes(text, buffer.Span));
        }
    }
}
