namespace Llumnix.Gateway.Tests.Hosting;

/// <summary>Waits for what happens on the other side of a network and tells nobody, by asking at short intervals.</summary>
internal static class Until
{
    internal static async Task TrueAsync(Func<bool> condition)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(timeout.Token);
        }
    }
}
