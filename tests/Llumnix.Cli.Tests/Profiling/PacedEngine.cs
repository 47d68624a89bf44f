using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Cli.Tests.Profiling;

/// <summary>An engine for one request at a time that takes its time on a clock which it moves itself, and errs as told.</summary>
internal sealed class PacedEngine(FakeTimeProvider time, Func<int, double> prefillMs, double stepMs) : HttpMessageHandler
{
    /// <summary>Prompt lengths in the order of the requests.</summary>
    internal List<int> Prompts { get; } = [];

    /// <summary>The bodies of the requests.</summary>
    internal List<string> Bodies { get; } = [];

    /// <summary>The whole time of this request (from 1) is multiplied by this.</summary>
    internal Dictionary<int, double> Outliers { get; } = [];

    /// <summary>What the network adds to every request.</summary>
    internal double RoundTripMs { get; init; }

    /// <summary>How long <c>/v1/models</c> takes; null: the round trip.</summary>
    internal double? ModelsMs { get; init; }

    /// <summary>How long it takes to refuse a request for -1 tokens; null: the round trip.</summary>
    internal double? RefusalMs { get; init; }

    /// <summary>Its answer to such a request.</summary>
    internal HttpStatusCode RefusalStatus { get; init; } = HttpStatusCode.BadRequest;

    internal HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    /// <summary>Whether a chunk with the role and no token comes at once, as chat streams have it.</summary>
    internal bool HasEmptyFirstEvent { get; init; }

    /// <summary>Tokens in every event but the first, which has one.</summary>
    internal int TokensPerEvent { get; init; } = 1;

    /// <summary>Whether each event tells how many tokens there are so far.</summary>
    internal bool HasContinuousUsage { get; init; }

    internal bool HasUsage { get; init; } = true;

    /// <summary>After this many tokens the data of this event come instead of more; null: no error.</summary>
    internal (int AfterTokens, string Data)? Error { get; init; }

    internal string FinishReason { get; init; } = "length";

    /// <summary>Tokens that it makes of those asked for.</summary>
    internal Func<int, int> Answered { get; init; } = static asked => asked;

    /// <summary>Prompt tokens that it counts of those sent.</summary>
    internal Func<int, int> Counted { get; init; } = static sent => sent;

    /// <summary>Prompt tokens found in the prefix cache.</summary>
    internal int CachedTokens { get; init; }

    /// <summary>Whether it says no more after its first event.</summary>
    internal bool Hangs { get; init; }

    /// <summary>Completes when it does so.</summary>
    internal TaskCompletionSource Hung { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Get)
        {
            time.Advance(TimeSpan.FromMilliseconds(ModelsMs ?? RoundTripMs));
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{}") };
        }

        Bodies.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
        using JsonDocument body = JsonDocument.Parse(Bodies[^1]);
        int prompt = body.RootElement.GetProperty("prompt").GetArrayLength();
        int tokens = body.RootElement.GetProperty("max_tokens").GetInt32();
        if (tokens < 0 && Status == HttpStatusCode.OK)
        {
            time.Advance(TimeSpan.FromMilliseconds(RefusalMs ?? RoundTripMs));
            return new HttpResponseMessage(RefusalStatus);
        }

        if (tokens < 0)
        {
            return new HttpResponseMessage(Status);
        }

        Prompts.Add(prompt);
        double factor = Outliers.GetValueOrDefault(Prompts.Count, 1);
        return Status != HttpStatusCode.OK ? new HttpResponseMessage(Status) : new HttpResponseMessage
        {
            Content = new StreamContent(new PacedStream(time, Events(prompt, tokens, RoundTripMs + (prefillMs(prompt) * factor), stepMs * factor).GetEnumerator(), Hangs ? Hung : null)),
        };
    }

    private IEnumerable<(double Ms, string Data)> Events(int prompt, int asked, double firstMs, double stepMs)
    {
        if (HasEmptyFirstEvent)
        {
            yield return (0, Chunk("", null, 0, prompt));
        }

        int tokens = 0;
        while (tokens < Answered(asked))
        {
            if (Error is { } error && tokens == error.AfterTokens)
            {
                yield return (tokens == 0 ? firstMs : stepMs, error.Data);
                yield return (0, "[DONE]");
                yield break;
            }

            int more = tokens == 0 ? 1 : Math.Min(TokensPerEvent, Answered(asked) - tokens);
            double ms = tokens == 0 ? firstMs : stepMs * more;
            tokens += more;
            yield return (ms, Chunk(" a", tokens == Answered(asked) ? FinishReason : null, tokens, prompt));
        }

        if (HasUsage)
        {
            yield return (0, $"{{\"choices\":[],{Usage(prompt, tokens)}}}");
        }

        yield return (0, "[DONE]");
    }

    private string Chunk(string text, string? finish, int tokens, int prompt) =>
        $"{{\"choices\":[{{\"index\":0,\"text\":\"{text}\",\"finish_reason\":{(finish is null ? "null" : $"\"{finish}\"")}}}]{(HasContinuousUsage ? "," + Usage(prompt, tokens) : "")}}}";

    private string Usage(int prompt, int tokens) => string.Create(
        CultureInfo.InvariantCulture,
        $"\"usage\":{{\"prompt_tokens\":{Counted(prompt)},\"completion_tokens\":{tokens},\"prompt_tokens_details\":{{\"cached_tokens\":{CachedTokens}}}}}");

    private sealed class PacedStream(FakeTimeProvider time, IEnumerator<(double Ms, string Data)> events, TaskCompletionSource? hung) : MemoryStream
    {
        private byte[] _rest = [];
        private int _sent;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_rest.Length == 0 && hung is not null && _sent > 0)
            {
                hung.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
            }

            if (_rest.Length == 0 && events.MoveNext())
            {
                _sent++;
                time.Advance(TimeSpan.FromMilliseconds(events.Current.Ms));
                _rest = Encoding.UTF8.GetBytes($"data: {events.Current.Data}\n\n");
            }

            int taken = Math.Min(buffer.Length, _rest.Length);
            _rest.AsSpan(0, taken).CopyTo(buffer.Span);
            _rest = _rest[taken..];
            return taken;
        }
    }
}
