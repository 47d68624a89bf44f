using System.Text;
using Llumnix.Testing.Servers;

namespace Llumnix.Server.Tests.Hosting;

/// <summary>The process survives whoever answers as Redis, and does not flood its log about it.</summary>
public sealed class HostileStoreTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Process_StoreForgesLengths_LivesAndTellsItOnce(bool isFullMode)
    {
        await using var store = new ForgingRedis();
        string port = $"{FreePort.Find(1)[0]}";
        await using var scheduler = new SchedulerProcess(
            "--host", "127.0.0.1", "--port", port, $"--enable-full-mode-scheduling={(isFullMode ? "true" : "false")}",
            "--cms-redis-host", "127.0.0.1", "--cms-redis-port", $"{store.Port}", "--cms-pull-status-interval-ms", "20",
            "--discovery-redis-host", "127.0.0.1", "--discovery-redis-port", $"{store.Port}", "--discovery-redis-refresh-interval-ms", "20");
        byte[][] forgeries = [.. new[] { "$2147483645\r\nxxx", "=2147483647\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n" }.Select(Encoding.ASCII.GetBytes)];

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (int i = 0; store.Connections < 30; i++)
        {
            store.Forgery = forgeries[i % forgeries.Length];
            Assert.False(scheduler.HasExited, string.Join('\n', scheduler.Lines));
            await timer.WaitForNextTickAsync(Cancellation);
        }

        scheduler.Terminate();
        Assert.Equal(0, await scheduler.WaitForExitAsync());
        string[] errors = [.. scheduler.Lines.Where(static line => line.Contains("cannot be read", StringComparison.Ordinal))];
        Assert.InRange(errors.Length, 1, 2);
        Assert.Contains($"127.0.0.1:{store.Port}: what answers there is no Redis that can be used", errors[0], StringComparison.Ordinal);
    }
}
