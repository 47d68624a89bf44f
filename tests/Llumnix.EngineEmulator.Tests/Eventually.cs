namespace Llumnix.EngineEmulator.Tests;

/// <summary>Waits for what another process or thread brings about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan? most = null)
    {
        using var timeout = new CancellationTokenSource(most ?? Timeout);
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, timeout.Token);
        }
    }

    public static Task TrueAsync(Func<bool> condition, TimeSpan? most = null) => TrueAsync(() => Task.FromResult(condition()), most);
}
