using Llumnix.Attacks.Harness;
using StackExchange.Redis;

namespace Llumnix.Attacks.Memory;

/// <summary>One huge value in the store under a name that the scheduler reads.</summary>
internal sealed class LargeValue(bool isFullMode) : Attack
{
    internal override string Name => isFullMode ? "large-value" : "large-value-lite";

    internal override string Description => "one value of 100 MB in Redis, " + (isFullMode ? "as a status" : "as a discovery entry, in lite mode");

    internal override FleetKind Fleet(Scale scale) => isFullMode ? FleetKind.Full : FleetKind.Lite;

    /// <summary>A short staleness, so that it shows when the value keeps the statuses from being read.</summary>
    internal override IReadOnlyList<string> Flags => isFullMode ? ["--instance-staleness-seconds", "5"] : [];

    internal override async Task RunAsync(Scene scene, CancellationToken cancellation)
    {
        var configuration = new ConfigurationOptions { EndPoints = { { scene.Redis.Host, scene.Redis.Port } }, AsyncTimeout = 60_000 };
        using ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync(configuration);
        RedisKey key = isFullMode ? "llumnix:instance_status:large" : PodFleet.Key("large");
        byte[] value = new byte[scene.Scale.Of(100_000_000, 3_000_000)];
        await redis.GetDatabase().StringSetAsync(key, value).WaitAsync(cancellation);
        await Task.Delay(scene.Scale.Hold * 1.5, cancellation);
    }
}
