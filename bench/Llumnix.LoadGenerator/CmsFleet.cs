using System.CommandLine;
using Google.Protobuf;
using Llumnix.Protocol.Cms;
using StackExchange.Redis;

namespace Llumnix.LoadGenerator;

/// <summary><c>loadgen cms</c>: writes instances into a CMS and refreshes their statuses at an interval, as so many llumlets would.</summary>
internal static class CmsFleet
{
    internal static Command Command()
    {
        var port = new Option<int>("--redis-port") { DefaultValueFactory = _ => 6379 };
        var instances = new Option<int>("--instances") { DefaultValueFactory = _ => 16 };
        var interval = new Option<double>("--interval-ms") { DefaultValueFactory = _ => 1000 };
        var type = new Option<string>("--infer-type") { DefaultValueFactory = _ => "neutral", Description = "neutral, or pd for half and half" };
        var command = new Command("cms", "Fills a CMS and keeps it fresh until it is stopped.") { port, instances, interval, type };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(port),
            parsed.GetValue(instances),
            TimeSpan.FromMilliseconds(parsed.GetValue(interval)),
            parsed.GetValue(type) == "pd",
            llumletPort: 0,
            static () => Console.WriteLine("filled"),
            cancellation));
        return command;
    }

    /// <param name="port">Redis' port on loopback.</param>
    /// <param name="instances">Number of instances.</param>
    /// <param name="interval">Time between two statuses of an instance.</param>
    /// <param name="isDisaggregated">Half prefill and half decode instead of all neutral.</param>
    /// <param name="llumletPort">Port of every instance's llumlet on loopback; 0: they have none.</param>
    /// <param name="filled">Called when everything has been written once.</param>
    /// <param name="cancellation">Ends it.</param>
    internal static async Task RunAsync(
        int port,
        int instances,
        TimeSpan interval,
        bool isDisaggregated,
        int llumletPort,
        Action filled,
        CancellationToken cancellation)
    {
        using ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port}");
        IDatabase database = redis.GetDatabase();
        var random = new Random(1);
        await WriteAsync(database, instances, "llumnix:instance_metadata:", i => Metadata(i, isDisaggregated, llumletPort));
        using var timer = new PeriodicTimer(interval);
        int update = 0;
        do
        {
            update++;
            await WriteAsync(database, instances, "llumnix:instance_status:", i => Status(i, update, random));
            if (update == 1)
            {
                filled();
            }
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    private static Task<bool> WriteAsync(IDatabase database, int instances, string prefix, Func<int, IMessage> message)
    {
        KeyValuePair<RedisKey, RedisValue>[] values =
            [.. Enumerable.Range(0, instances).Select(i => KeyValuePair.Create((RedisKey)$"{prefix}i{i:0000}", (RedisValue)message(i).ToByteArray()))];
        return database.StringSetAsync(values);
    }

    private static InstanceMetadata Metadata(int index, bool isDisaggregated, int llumletPort) => new()
    {
        InstanceId = $"i{index:0000}",
        InstanceType = !isDisaggregated ? "neutral" : index % 2 == 0 ? "prefill" : "decode",
        Ip = llumletPort > 0 ? "127.0.0.1" : $"10.0.{index / 250}.{index % 250}",
        LlumletPort = llumletPort,
        ApiServerPort = 8000,
        IpKvs = $"10.0.{index / 250}.{index % 250}",
        IpKvt = $"10.0.{index / 250}.{index % 250}",
        KvtPort = 9000,
        NodeId = $"node-{index / 8}",
        UnitId = $"unit-{index / 16}",
        DataParallelSize = 1,
        UtcCreate = 1,
    };

    private static InstanceStatus Status(int index, int update, Random random) => new()
    {
        InstanceId = $"i{index:0000}",
        Schedulable = true,
        TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        UpdateId = update,
        StepId = update,
        NumTotalGpuTokens = 945_029,
        NumUsedGpuTokens = random.Next(800_000),
        NumRunningRequests = random.Next(200),
        SchedulerRunningToDecodeRequestsNum = random.Next(200),
        SchedulerRunningToDecodeTokensNum = random.Next(300_000),
        NumUncomputedTokensAllWaitingPrefills = random.Next(4000),
        NumUncomputedTokensSchedulerRunningPrefills = random.Next(2000),
    };
}
