using System.Net.ServerSentEvents;
using System.Text.Json;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Top;

/// <summary>Reads the event stream of an admin API, again and again while it breaks off. Its state can be read by another thread.</summary>
/// <param name="url">The address of the console's port.</param>
/// <param name="token">Its token; empty for none.</param>
/// <param name="time">The clock.</param>
internal sealed class TopClient(Uri url, string token, TimeProvider time)
{
    private const int MaxEventBytes = 16 << 20;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>An event comes every second.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly TopState _state = new();
    private readonly TaskCompletionSource<string?> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string _problem = "";

    /// <summary>Done when everything has been told once (null), or with the reason why it was not.</summary>
    public Task<string?> First => _first.Task;

    /// <summary>The address, and what is wrong with the connection.</summary>
    public string Description => _problem.Length == 0 ? url.Authority : $"{url.Authority} ({_problem})";

    /// <summary>Reads the state.</summary>
    public T Read<T>(Func<TopState, T> read)
    {
        lock (_gate)
        {
            return read(_state);
        }
    }

    /// <summary>Reads events until it is cancelled, which is no error.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using HttpClient client = ClientFactory.Create(Timeout.InfiniteTimeSpan, MaxEventBytes);
        while (!cancellation.IsCancellationRequested)
        {
            _problem = await ReadStreamAsync(client, cancellation);
            _first.TrySetResult(_problem);
            await Task.Delay(RetryInterval, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _first.TrySetResult("interrupted");
    }

    /// <summary>Reads one stream to its end.</summary>
    /// <returns>Why it has ended.</returns>
    private async Task<string> ReadStreamAsync(HttpClient client, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(Silence, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, "/admin/events"));
            if (token.Length > 0)
            {
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            }

            using HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            if (!answer.IsSuccessStatusCode)
            {
                return (await AnswerText.DescribeAsync(answer, linked.Token)).Described;
            }

            await using Stream stream = await answer.Content.ReadAsStreamAsync(linked.Token);
            await using var limited = new EventLimitStream(stream, MaxEventBytes);
            await foreach (SseItem<string> item in SseParser.Create(limited).EnumerateAsync(linked.Token))
            {
                limited.OnEvent();
                silence.CancelAfter(Silence);
                lock (_gate)
                {
                    _state.Apply(item.EventType, item.Data);
                }

                _problem = "";
                if (item.EventType == "fleet_delta")
                {
                    // The first change comes after everything.
                    _first.TrySetResult(null);
                }
            }

            return "the stream has ended";
        }
        catch (OperationCanceledException)
        {
            return cancellation.IsCancellationRequested ? "interrupted" : "no answer";
        }
        catch (JsonException)
        {
            return "the answer is no event stream of an admin API";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException)
        {
            return CallFailure.Describe(exception);
        }
    }
}
