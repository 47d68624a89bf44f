using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using StackExchange.Redis;

namespace Llumnix.LoadGenerator.Restarts;

/// <summary>
/// <c>loadgen restart</c>: requests at a steady rate over one or two schedulers for a <see cref="ModelledFleet"/>, while one of the schedulers gets a signal. A call that fails is sent
/// once more, to the next scheduler; where that fails, too, or there is none, the request goes to the next instance in turn, as gateways do. Prints a row of a table:
/// failed calls and how they failed, and the regret: by how many tokens the chosen instance had more to do than the least loaded one.
/// </summary>
internal sealed class RestartLoad(string[] addresses, int rate, TimeSpan duration, TimeSpan eventAt, bool followsReadiness) : IDisposable
{
    private const int Instances = 16;

    // At 200 requests/s of 1,000 tokens on average, the fleet is busy for 78 % of the time.
    private const double Utilization = 0.78;
    private const int MeanTokens = 1000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    // Gateways wait for 2 s.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 128 }) { Timeout = TimeSpan.FromSeconds(2) };
    private readonly ModelledFleet _fleet = new(Instances, rate * MeanTokens / Utilization / Instances);
    private readonly ConcurrentQueue<(TimeSpan At, double Regret)> _placements = [];
    private readonly ConcurrentDictionary<string, int> _failures = [];
    // Those that are ready, where readiness is followed; otherwise all.
    private volatile string[]? _ready;
    private int _sent;
    private int _failed;

    internal static Command Command()
    {
        var name = new Option<string>("--name") { DefaultValueFactory = _ => "", Description = "first column of the row" };
        var redisPort = new Option<int>("--redis-port") { DefaultValueFactory = _ => 16379, Description = "of the CMS, which is filled" };
        var addresses = new Option<string>("--addresses") { DefaultValueFactory = _ => "127.0.0.1:8002", Description = "host:port, separated by commas" };
        var rate = new Option<int>("--rate") { DefaultValueFactory = _ => 200 };
        var duration = new Option<double>("--duration") { DefaultValueFactory = _ => 9, Description = "seconds, of which the first 2 are not counted" };
        var eventAt = new Option<double>("--event-at") { DefaultValueFactory = _ => 4, Description = "second of the signal" };
        var signal = new Option<string>("--signal") { DefaultValueFactory = _ => "", Description = "TERM or KILL; none: nothing happens" };
        var process = new Option<int>("--pid") { Description = "the process that gets the signal" };
        var followReadiness = new Option<bool>("--follow-readiness") { Description = "send only to schedulers whose /readyz says 200, looked at every 0.2 s, as through a service of Kubernetes" };
        var command = new Command("restart", "Sends POST /schedule while one of the schedulers ends, and tells what becomes of the load of the instances.")
        {
            name, redisPort, addresses, rate, duration, eventAt, signal, process, followReadiness,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var load = new RestartLoad(
                parsed.GetValue(addresses)!.Split(','),
                parsed.GetValue(rate),
                TimeSpan.FromSeconds(parsed.GetValue(duration)),
                TimeSpan.FromSeconds(parsed.GetValue(eventAt)),
                parsed.GetValue(followReadiness));
            await load.RunAsync(parsed.GetValue(redisPort), parsed.GetValue(signal)!, parsed.GetValue(process), cancellation);
            Console.WriteLine(load.RowOf(parsed.GetValue(name)!));
        });
        return command;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task RunAsync(int redisPort, string signal, int processId, CancellationToken cancellation)
    {
        using ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{redisPort}");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task statuses = _fleet.PublishAsync(redis.GetDatabase(), stop.Token);
        await Task.WhenAll(addresses.Select(address => UntilReadyAsync(address, cancellation)));
        Task readiness = followsReadiness ? FollowReadinessAsync(stop.Token) : Task.CompletedTask;
        long start = Stopwatch.GetTimestamp();
        Task happening = signal.Length == 0 ? Task.CompletedTask : SignalAsync(signal, processId, cancellation);
        var running = new List<Task>();
        var random = new Random(1);
        for (int number = 0; Stopwatch.GetElapsedTime(start) < duration; number++)
        {
            TimeSpan due = TimeSpan.FromSeconds((double)number / rate) - Stopwatch.GetElapsedTime(start);
            if (due > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(due, cancellation);
            }

            running.Add(SendAsync(number, random.Next(MeanTokens / 10, (2 * MeanTokens) - (MeanTokens / 10)), start, cancellation));
        }

        await Task.WhenAll(running);
        await happening;
        await stop.CancelAsync();
        await Task.WhenAll(statuses, readiness);
    }

    private async Task UntilReadyAsync(string address, CancellationToken cancellation)
    {
        for (int i = 0; i < 200; i++)
        {
            if (await IsReadyAsync(address, cancellation))
            {
                // The instances are seen one after the other.
                await Task.Delay(1_000, cancellation);
                return;
            }

            await Task.Delay(100, cancellation);
        }

        throw new InvalidOperationException($"The scheduler at {address} is not ready after 20 s.");
    }

    private async Task<bool> IsReadyAsync(string address, CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync(new Uri($"http://{address}/readyz"), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // It does not listen, or hangs.
            return false;
        }
    }

    private async Task FollowReadinessAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                bool[] ready = await Task.WhenAll(addresses.Select(address => IsReadyAsync(address, cancellation)));
                _ready = ready.Contains(true) ? [.. addresses.Where((_, i) => ready[i])] : null;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(200, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SignalAsync(string signal, int processId, CancellationToken cancellation)
    {
        await Task.Delay(eventAt, cancellation);
        using Process kill = Process.Start("kill", [$"-{signal}", processId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellation);
    }

    private async Task SendAsync(int number, int tokens, long start, CancellationToken cancellation)
    {
        TimeSpan sentAt = Stopwatch.GetElapsedTime(start);
        bool isMeasured = sentAt >= WarmUp;
        string id = string.Create(CultureInfo.InvariantCulture, $"r{number}");
        string body = $$"""{"id":"{{id}}","gateway_id":"10.0.0.5:41234","scheduling_mode":"neutral","prompt_num_tokens":{{tokens}},"prompt_token_ids":null}""";
        string[] targets = _ready ?? addresses;
        (string? answer, string failure) = await TryPostAsync(targets[number % targets.Length], "schedule", body, cancellation);
        if (answer is null && isMeasured)
        {
            _failures.AddOrUpdate(failure, 1, static (_, count) => count + 1);
        }

        if (answer is null && addresses.Length > 1)
        {
            targets = _ready ?? addresses;
            (answer, _) = await TryPostAsync(targets[(number + 1) % targets.Length], "schedule", body, cancellation);
        }

        (double regret, TimeSpan takes) = _fleet.Place(answer is null ? null : InstanceOf(answer), id, tokens);
        if (isMeasured)
        {
            Interlocked.Increment(ref _sent);
            Interlocked.Add(ref _failed, answer is null ? 1 : 0);
            _placements.Enqueue((sentAt, regret));
        }

        await Task.Delay(takes, cancellation);
        if (answer is not null)
        {
            targets = _ready ?? addresses;
            await TryPostAsync(targets[number % targets.Length], "release", answer, cancellation);
        }
    }

    private int? InstanceOf(string answer)
    {
        using JsonDocument json = JsonDocument.Parse(answer);
        return _fleet.IndexOf(json.RootElement.GetProperty("scheduling_result")[0].GetProperty("endpoint").GetProperty("host").GetString());
    }

    /// <summary>The answer's body, or null and how the call failed.</summary>
    private async Task<(string? Answer, string Failure)> TryPostAsync(string address, string path, string body, CancellationToken cancellation)
    {
        using var content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        try
        {
            using HttpResponseMessage answer = await _client.PostAsync(new Uri($"http://{address}/{path}"), content, cancellation);
            return answer.IsSuccessStatusCode ? (await answer.Content.ReadAsStringAsync(cancellation), "") : (null, $"HTTP {(int)answer.StatusCode}");
        }
        catch (HttpRequestException exception)
        {
            bool isRefused = exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
            return (null, isRefused ? "refused" : exception.HttpRequestError.ToString());
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, "no answer");
        }
    }

    private string RowOf(string name)
    {
        double worst = Enumerable.Range(0, (int)((duration - eventAt - Window) / TimeSpan.FromMilliseconds(100)) + 1)
            .Select(i => MeanRegret(eventAt + TimeSpan.FromMilliseconds(100 * i), Window))
            .Max();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {_sent} | {FailuresText()} | {_failed} | {MeanRegret(WarmUp, eventAt - WarmUp):F0} | {MeanRegret(eventAt, Window):F0} | {worst:F0} | {MeanRegret(WarmUp, duration - WarmUp):F0} |");
    }

    private string FailuresText() => _failures.IsEmpty
        ? "0"
        : $"{_failures.Values.Sum()}: {string.Join(", ", _failures.OrderByDescending(static failure => failure.Value).Select(static failure => $"{failure.Value} {failure.Key}"))}";

    /// <summary>Mean regret of the requests that were sent in a span, in tokens.</summary>
    private double MeanRegret(TimeSpan from, TimeSpan length) =>
        _placements.Where(placement => placement.At >= from && placement.At < from + length).Select(static placement => placement.Regret).DefaultIfEmpty().Average();
}
