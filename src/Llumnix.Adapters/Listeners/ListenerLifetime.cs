using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Llumnix.Adapters.Listeners;

/// <summary>How a program that listens comes to its end.</summary>
public static class ListenerLifetime
{
    /// <summary>Completes when SIGTERM, SIGINT or the token asks for the end.</summary>
    public static async Task WaitUntilAskedToStopAsync(this WebApplication app, CancellationToken cancellation)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration stopping = app.Lifetime.ApplicationStopping.Register(asked.SetResult);
        using CancellationTokenRegistration cancelled = cancellation.Register(app.Lifetime.StopApplication);
        await asked.Task;
    }

    /// <summary>Stops. Who is still there when the host's time for stopping is up is cut off.</summary>
    public static async Task StopOrCutOffAsync(this WebApplication app)
    {
        try
        {
            await app.StopAsync(CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // The time was up.
        }
    }
}
