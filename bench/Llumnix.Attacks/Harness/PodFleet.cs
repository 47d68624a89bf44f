using Google.Protobuf;
using Llumnix.Protocol.Resolver;
using Llumnix.Testing.Discovery;
using StackExchange.Redis;

namespace Llumnix.Attacks.Harness;

/// <summary>Discovery entries of pods with one rank each, as their sidecars write them.</summary>
internal static class PodFleet
{
    /// <summary>The key of a pod.</summary>
    internal static RedisKey Key(string pod) => "llumnix:discovery:" + pod;

    /// <summary>Keeps pods fresh until it is cancelled.</summary>
    /// <param name="port">Redis' port on loopback.</param>
    /// <param name="pods">Number of pods.</param>
    /// <param name="filled">Called when everything has been written once.</param>
    /// <param name="cancellation">Ends it.</param>
    internal static async Task RunAsync(int port, int pods, Action filled, CancellationToken cancellation)
    {
        using ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{port}");
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        do
        {
            await WriteAsync(redis.GetDatabase(), Enumerable.Range(0, pods).Select(i => $"pod-{i:0000}"), DateTimeOffset.UtcNow);
            filled();
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>Writes pods once.</summary>
    internal static Task WriteAsync(IDatabase database, IEnumerable<string> pods, DateTimeOffset writtenAt) => database.StringSetAsync(
        [.. pods.Select((pod, index) => KeyValuePair.Create(Key(pod), (RedisValue)Entry(pod, index, writtenAt).ToByteArray()))]);

    private static PodDiscoveryInfo Entry(string pod, int index, DateTimeOffset writtenAt)
    {
        PodDiscoveryInfo entry = PodMessages.Pod(pod, timestamp: writtenAt);
        entry.Instances[0].EntrypointIp = $"10.0.{index / 250 % 250}.{index % 250}";
        entry.Instances[0].Model = "";
        return entry;
    }
}
