using Llumnix.Attacks.Harness;
using StackExchange.Redis;

namespace Llumnix.Attacks.Logs;

/// <summary>A discovery store that is full of pods that are long gone, at the start of the scheduler.</summary>
internal sealed class DeadKeys : Attack
{
    private const int KeysPerWrite = 1000;

    internal override string Name => "dead-keys";

    internal override string Description => "40,000 discovery entries of pods that went an hour ago, at the start, in lite mode";

    internal override FleetKind Fleet(Scale scale) => FleetKind.Lite;

    internal override bool BeginsAtStart => true;

    internal override async Task PrepareAsync(Scene scene, CancellationToken cancellation)
    {
        using ConnectionMultiplexer redis = await scene.Redis.ConnectAsync();
        foreach (int[] chunk in Enumerable.Range(0, scene.Scale.Of(40_000, 40)).Chunk(KeysPerWrite))
        {
            IEnumerable<string> pods = chunk.Select(static i => $"dead-{i:00000}");
            await PodFleet.WriteAsync(redis.GetDatabase(), pods, DateTimeOffset.UtcNow.AddHours(-1)).WaitAsync(cancellation);
        }
    }

    internal override Task RunAsync(Scene scene, CancellationToken cancellation) => Task.Delay(scene.Scale.Hold, cancellation);
}
