using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks.Logs;

/// <summary>The store fails for half a minute, every time with another error, and is back.</summary>
internal sealed class StoreOutage(bool isFullMode) : Attack
{
    internal override string Name => isFullMode ? "store-outage" : "store-outage-lite";

    internal override string Description => "Redis fails for 30 s, with another error each time" + (isFullMode ? "" : ", in lite mode");

    internal override FleetKind Fleet(Scale scale) => isFullMode ? FleetKind.Full : FleetKind.Lite;

    internal override Task PrepareAsync(Scene scene, CancellationToken cancellation)
    {
        var store = new FaultyStore(scene.Redis.Port);
        scene.Add(store);
        scene.StorePort = store.Port;
        return Task.CompletedTask;
    }

    internal override async Task RunAsync(Scene scene, CancellationToken cancellation)
    {
        FaultyStore store = scene.Get<FaultyStore>();
        await store.SetFailingAsync(true);
        await Task.Delay(scene.Scale.Hold * 3, cancellation);
        await store.SetFailingAsync(false);
    }
}
