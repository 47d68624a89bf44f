using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Llumnix.Protocol.Cms;
using StackExchange.Redis;

namespace Llumnix.LoadGenerator;

/// <summary>
/// <c>loadgen burst</c>: one idle instance among loaded ones, and a burst of requests over several schedulers. Prints the difference between the largest and the
/// smallest load afterwards, in tokens: schedulers that do not know of each other's placements all fill the idle one.
/// </summary>
internal static class PlacementBurst
{
    private const int LoadedTokens = 20_000;
    private const int PromptTokens = 1_000;
    private static readonly Option<int> RedisPort = new("--redis-port") { DefaultValueFactory = _ => 16379 };
    private static readonly Option<int[]> Ports = new("--ports") { Required = true, AllowMultipleArgumentsPerToken = true, Description = "Ports of the schedulers." };
    private static readonly Option<int> Instances = new("--instances") { DefaultValueFactory = _ => 16 };
    private static readonly Option<int> Requests = new("--requests") { DefaultValueFactory = _ => 200 };
    private static readonly Option<double> WithinMs = new("--within-ms") { DefaultValueFactory = _ => 50 };
    private static readonly Option<int> Rounds = new("--rounds") { DefaultValueFactory = _ => 10 };

    internal static Command Command()
    {
        var command = new Command("burst", "Fills a CMS, and places a burst of requests over several schedulers, round after round.")
        {
            RedisPort, Ports, Instances, Requests, WithinMs, Rounds,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{parsed.GetValue(RedisPort)}");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        int instances = parsed.GetValue(Instances);
        Task statuses = KeepFreshAsync(redis.GetDatabase(), instances, stop.Token);
        HttpClient[] schedulers = [.. parsed.GetValue(Ports)!.Select(static port => new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") })];
        await Task.WhenAll(schedulers.Select(scheduler => UntilReadyAsync(scheduler, cancellation)));
        List<long> differences = [];
        for (int round = -1; round < parsed.GetValue(Rounds); round++)
        {
            long difference = await PlaceAsync(schedulers, instances, parsed.GetValue(Requests), parsed.GetValue(WithinMs), round, cancellation);
            if (round >= 0)
            {
                differences.Add(difference);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{schedulers.Length} schedulers: max - min load {differences.Average():F0} tokens (mean of {differences.Count}, {differences.Min()} to {differences.Max()})"));
        await stop.CancelAsync();
        await statuses;
        Array.ForEach(schedulers, static scheduler => scheduler.Dispose());
    }

    private static async Task KeepFreshAsync(IDatabase database, int instances, CancellationToken cancellation)
    {
        for (int update = 1; !cancellation.IsCancellationRequested; update++)
        {
            for (int i = 0; i < instances; i++)
            {
                await database.StringSetAsync($"llumnix:instance_metadata:i{i:00}", Metadata(i).ToByteArray());
                await database.StringSetAsync($"llumnix:instance_status:i{i:00}", Status(i, update).ToByteArray());
            }

            await Task.Delay(200, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task UntilReadyAsync(HttpClient scheduler, CancellationToken cancellation)
    {
        while (!await IsReadyAsync(scheduler, cancellation))
        {
            await Task.Delay(100, cancellation);
        }

        // The instances are seen one after the other, and replicas connect within a second or two.
        await Task.Delay(3_000, cancellation);
    }

    private static async Task<bool> IsReadyAsync(HttpClient scheduler, CancellationToken cancellation)
    {
        try
        {
            using HttpResponseMessage answer = await scheduler.GetAsync(new Uri("/readyz", UriKind.Relative), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<long> PlaceAsync(
        HttpClient[] schedulers, int instances, int requests, double withinMs, int round, CancellationToken cancellation)
    {
        var answers = new Task<string>[requests];
        long start = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < requests; i++)
        {
            while (TimeProvider.System.GetElapsedTime(start).TotalMilliseconds < withinMs * i / requests)
            {
                await Task.Yield();
            }

            answers[i] = PostAsync(schedulers[i % schedulers.Length], "/schedule", Body(round, i), cancellation);
        }

        string[] placed = await Task.WhenAll(answers);
        var loads = Enumerable.Range(0, instances).ToDictionary(HostOf, static i => i == 0 ? 0L : LoadedTokens);
        foreach (string answer in placed)
        {
            using JsonDocument json = JsonDocument.Parse(answer);
            loads[json.RootElement.GetProperty("scheduling_result")[0].GetProperty("endpoint").GetProperty("host").GetString()!] += PromptTokens;
        }

        await Task.WhenAll(placed.Select((answer, i) => PostAsync(schedulers[i % schedulers.Length], "/release", answer, cancellation)));
        await Task.Delay(500, cancellation);
        return loads.Values.Max() - loads.Values.Min();
    }

    private static async Task<string> PostAsync(HttpClient scheduler, string path, string body, CancellationToken cancellation)
    {
        using var content = new StringContent(body);
        using HttpResponseMessage answer = await scheduler.PostAsync(new Uri(path, UriKind.Relative), content, cancellation);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync(cancellation);
    }

    private static string Body(int round, int request) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"id":"b{{round}}-{{request}}","model":"m","scheduling_mode":"neutral","prompt_num_tokens":{{PromptTokens}}}""");

    private static string HostOf(int index) => string.Create(CultureInfo.InvariantCulture, $"10.0.0.{index}");

    private static InstanceMetadata Metadata(int index) => new()
    {
        InstanceId = $"i{index:00}",
        InstanceType = "neutral",
        Ip = HostOf(index),
        ApiServerPort = 8000,
        DataParallelSize = 1,
        UtcCreate = 1,
    };

    private static InstanceStatus Status(int index, int update) => new()
    {
        InstanceId = $"i{index:00}",
        Schedulable = true,
        TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        UpdateId = update,
        StepId = update,
        NumTotalGpuTokens = 945_029,
        NumUncomputedTokensAllWaitingPrefills = index == 0 ? 0 : LoadedTokens,
    };
}
