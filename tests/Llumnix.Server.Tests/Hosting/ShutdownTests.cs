using Llumnix.Testing.Polling;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>SIGTERM to a real process with real connections.</summary>
public sealed class ShutdownTests
{
    /// <summary>
    /// Clients that ask again and again on the same connection, as gateways do, with pauses in between in which the connection is idle, and
    /// take another one when told to.
    /// </summary>
    [Fact]
    public async Task Sigterm_BusyConnections_NoRequestIsLost()
    {
        await using SchedulerProcess scheduler = await SchedulerProcess.StartLiteAsync("--shutdown-grace-seconds=2");
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int answered = 0;
        Task<string>[] clients = [.. Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            using RawConnection connection = await RawConnection.OpenAsync(scheduler.Port);
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
            while (await pause.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            {
                string answer = await connection.AskAsync(RawConnection.Post("/schedule", LiteHost.Request));
                if (!answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) || answer.Contains("Connection: close", StringComparison.Ordinal))
                {
                    return answer;
                }

                if (Interlocked.Increment(ref answered) == 500)
                {
                    busy.TrySetResult();
                }
            }

            return "cancelled";
        }))];
        await busy.Task;
        scheduler.Terminate();

        // Each has been told that this was its connection's last answer, and none has asked without being answered.
        string[] last = await Task.WhenAll(clients);
        Assert.All(last, answer => Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal));

        // The listener goes on for the grace period.
        using RawConnection late = await RawConnection.OpenAsync(scheduler.Port);
        string ready = await late.AskAsync(RawConnection.Get("/readyz"));
        Assert.StartsWith("HTTP/1.1 503", ready, StringComparison.Ordinal);
        Assert.Contains("stopping", ready, StringComparison.Ordinal);
        Assert.Contains("Connection: close", ready, StringComparison.Ordinal);
        Assert.Equal("", await late.ReadAnswerAsync());
        using RawConnection gateway = await RawConnection.OpenAsync(scheduler.Port);
        Assert.StartsWith("HTTP/1.1 503", await gateway.AskAsync(RawConnection.Get("/keepalive")), StringComparison.Ordinal);
        Assert.Equal(0, await scheduler.WaitForExitAsync());
    }

    [Fact]
    public async Task Run_BodiesAreCutOff_OnlyTheEndIsLogged()
    {
        await using SchedulerProcess scheduler = await SchedulerProcess.StartLiteAsync("--shutdown-grace-seconds=0");
        // The one instance joins, which is told once.
        await Eventually.TrueAsync(() => scheduler.Lines.Any(static line => line.Contains("joined", StringComparison.Ordinal)));
        int before = scheduler.Lines.Count;
        string chunked = "POST /schedule HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"id\":";
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                using RawConnection connection = await RawConnection.OpenAsync(scheduler.Port);
                await connection.SendAsync(i % 2 == 0 ? chunked : RawConnection.Post("/report", "[{\"id", announced: 100));
                if (i % 3 == 0)
                {
                    connection.Reset();
                }
            }
        })));
        scheduler.Terminate();
        Assert.Equal(0, await scheduler.WaitForExitAsync());
        Assert.EndsWith("has stopped", Assert.Single(scheduler.Lines.Skip(before)), StringComparison.Ordinal);
    }
}
