namespace Llumnix.Server.Hosting;

/// <summary>Loops that run together.</summary>
internal static class Loops
{
    /// <summary>Runs loops until they are cancelled. When one fails, the others are cancelled, so that the failure is seen.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal static async Task RunAsync(CancellationToken cancellation, params Func<CancellationToken, Task>[] loops)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAll(loops.Select(RunOneAsync));

        async Task RunOneAsync(Func<CancellationToken, Task> loop)
        {
            try
            {
                await loop(stop.Token);
            }
            catch (Exception) when (!stop.IsCancellationRequested)
            {
                await stop.CancelAsync();
                throw;
            }
        }
    }
}
