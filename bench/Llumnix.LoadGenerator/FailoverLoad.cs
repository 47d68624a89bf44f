using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Llumnix.LoadGenerator;

/// <summary>
/// <c>loadgen failover</c>: requests at a steady rate over several schedulers while something happens to them; each that fails is sent once more, to the next
/// scheduler. Prints how many failed, the longest time without an answer, and whether an older leader answered after a newer one.
/// </summary>
internal sealed class FailoverLoad(string[] addresses, int rate, TimeSpan duration) : IDisposable
{
    // Gateways wait for 2 s.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 128, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1) })
    {
        Timeout = TimeSpan.FromSeconds(2),
    };

    // Connections are opened and code is compiled in that time.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    private readonly ConcurrentQueue<(long Sent, long Done, long Epoch)> _answers = [];
    private readonly ConcurrentDictionary<string, int> _failures = [];
    private readonly LatencyRecorder _latencies = new();
    private long _sent;
    private long _failedFirst;
    private long _failed;

    internal static Command Command()
    {
        var addresses = new Option<string>("--addresses") { DefaultValueFactory = _ => "127.0.0.1:8002", Description = "host:port, separated by commas" };
        var rate = new Option<int>("--rate") { DefaultValueFactory = _ => 500 };
        var duration = new Option<double>("--duration") { DefaultValueFactory = _ => 15, Description = "seconds" };
        var command = new Command("failover", "Sends POST /schedule to several schedulers while something happens to them.") { addresses, rate, duration };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var load = new FailoverLoad(
                parsed.GetValue(addresses)!.Split(','), parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(duration)));
            await load.RunAsync(cancellation);
            return 0;
        });
        return command;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task RunAsync(CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        var running = new List<Task>();
        for (long number = 0; Stopwatch.GetElapsedTime(start) < duration; number++)
        {
            TimeSpan due = TimeSpan.FromSeconds((double)number / rate) - Stopwatch.GetElapsedTime(start);
            if (due > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(due, cancellation);
            }

            running.Add(SendAsync(number, Stopwatch.GetElapsedTime(start) >= WarmUp, cancellation));
            if (running.Count == 1000)
            {
                running.RemoveAll(static task => task.IsCompletedSuccessfully);
            }
        }

        await Task.WhenAll(running);
        Print(start);
    }

    private async Task SendAsync(long number, bool isMeasured, CancellationToken cancellation)
    {
        if (!isMeasured)
        {
            await TryAsync(number, (int)(number % addresses.Length), isMeasured, cancellation);
            return;
        }

        Interlocked.Increment(ref _sent);
        if (!await TryAsync(number, (int)(number % addresses.Length), isMeasured, cancellation))
        {
            Interlocked.Increment(ref _failedFirst);
            if (!await TryAsync(number, (int)((number + 1) % addresses.Length), isMeasured, cancellation))
            {
                Interlocked.Increment(ref _failed);
            }
        }
    }

    private async Task<bool> TryAsync(long number, int address, bool isMeasured, CancellationToken cancellation)
    {
        string body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"id":"f{{number}}","gateway_id":"10.0.0.5:41234","scheduling_mode":"neutral","prompt_num_tokens":100,"prompt_token_ids":null}""");
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        long sent = Stopwatch.GetTimestamp();
        try
        {
            using HttpResponseMessage answer = await _client.PostAsync($"http://{addresses[address]}/schedule", content, cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                Fail(isMeasured, $"{(int)answer.StatusCode} {(await answer.Content.ReadAsStringAsync(cancellation)).Trim()}");
                return false;
            }

            long epoch = answer.Headers.TryGetValues("Llumnix-Epoch", out IEnumerable<string>? texts) ? long.Parse(texts.First(), CultureInfo.InvariantCulture) : 0;
            _answers.Enqueue((sent, Stopwatch.GetTimestamp(), epoch));
            if (isMeasured)
            {
                lock (_latencies)
                {
                    _latencies.Record(Stopwatch.GetElapsedTime(sent));
                }
            }

            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            Fail(isMeasured, exception is HttpRequestException http ? http.HttpRequestError.ToString() : "timeout");
            return false;
        }
    }

    private void Fail(bool isMeasured, string reason)
    {
        if (isMeasured)
        {
            _failures.AddOrUpdate(reason, 1, static (_, count) => count + 1);
        }
    }

    private void Print(long start)
    {
        (long Sent, long Done, long Epoch)[] answers = [.. _answers.OrderBy(static answer => answer.Done)];
        long gap = 0;
        long gapAt = start;
        long before = start;
        foreach ((_, long done, _) in answers)
        {
            if (done - before > gap && Stopwatch.GetElapsedTime(start, done) >= WarmUp)
            {
                (gap, gapAt) = (done - before, before);
            }

            before = done;
        }

        Console.WriteLine(
            $"{_sent} sent, {_failedFirst} failed at first, {_failed} also at the second try; longest time without an answer "
            + $"{Stopwatch.GetElapsedTime(0, gap).TotalMilliseconds:F0} ms at {Stopwatch.GetElapsedTime(start, gapAt).TotalSeconds:F1} s; "
            + $"epochs {string.Join(' ', answers.Select(static answer => answer.Epoch).Distinct())}; answers of an older leader after a newer one: {Outdated(answers)}; "
            + $"p50 {_latencies.Percentile(.5)} µs, p99 {_latencies.Percentile(.99)} µs"
            + string.Concat(_failures.OrderByDescending(static pair => pair.Value).Select(static pair => $"; {pair.Value} × {pair.Key}")));
    }

    /// <summary>Answers whose request was sent after an answer with a larger epoch had come.</summary>
    private static int Outdated((long Sent, long Done, long Epoch)[] answers)
    {
        long[] done = [.. answers.Select(static answer => answer.Done)];
        long[] largest = new long[answers.Length];
        for (int i = 0; i < answers.Length; i++)
        {
            largest[i] = Math.Max(answers[i].Epoch, i == 0 ? 0 : largest[i - 1]);
        }

        return answers.Count(answer =>
        {
            int at = Array.BinarySearch(done, answer.Sent);
            int last = (at < 0 ? ~at : at) - 1;
            return last >= 0 && largest[last] > answer.Epoch;
        });
    }
}
