using System.Globalization;
using System.Net;
using Llumnix.Server.Tests.Hosting;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;

namespace Llumnix.Server.Tests.Leadership;

/// <summary>
/// Three scheduler processes over a real Redis, asked all the time. The clients check that no answer of an older leader comes to a request that was sent
/// after an answer of a newer one.
/// </summary>
public sealed class FailoverTests : IDisposable
{
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };
    private long _newest;
    private long _outdated;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Pause_OfTheLeaderBeyondItsLease_ItDecidesNoMoreWhenItGoesOn()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        SchedulerProcess[] schedulers = await StartAsync(redis);
        await Eventually.TrueAsync(() => AskAsync(schedulers[1]));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_cancel);
        Task[] clients = [.. schedulers.Select(scheduler => AskAllTheTimeAsync(scheduler, stop.Token))];
        long first = Interlocked.Read(ref _newest);

        schedulers[0].Pause();
        await Eventually.TrueAsync(() => Interlocked.Read(ref _newest) > first);
        schedulers[0].Resume();

        // The old leader forwards now.
        await Eventually.TrueAsync(() => AskAsync(schedulers[0]));
        await EndAsync(stop, clients, schedulers);
        Assert.Equal(0, Interlocked.Read(ref _outdated));
    }

    [Fact]
    public async Task Kill_OfTheLeader_AFollowerDecides()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        SchedulerProcess[] schedulers = await StartAsync(redis);
        await Eventually.TrueAsync(() => AskAsync(schedulers[1]));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_cancel);
        Task[] clients = [.. schedulers.Skip(1).Select(scheduler => AskAllTheTimeAsync(scheduler, stop.Token))];
        long first = Interlocked.Read(ref _newest);

        schedulers[0].Kill();

        await Eventually.TrueAsync(() => Interlocked.Read(ref _newest) > first);
        await EndAsync(stop, clients, schedulers);
        Assert.Equal(0, Interlocked.Read(ref _outdated));
    }

    private static async Task EndAsync(CancellationTokenSource stop, Task[] clients, SchedulerProcess[] schedulers)
    {
        await stop.CancelAsync();
        await Task.WhenAll(clients).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (SchedulerProcess scheduler in schedulers)
        {
            await scheduler.DisposeAsync();
        }
    }

    private static async Task<SchedulerProcess[]> StartAsync(RedisServer redis)
    {
        var schedulers = new SchedulerProcess[3];
        for (int i = 0; i < schedulers.Length; i++)
        {
            int port = FreePort.Find(1)[0];
            schedulers[i] = await SchedulerProcess.StartLiteAtAsync(
                port,
                "--ha-lease=redis", "--ha-lease-ttl-ms=2000", "--discovery-redis-host=127.0.0.1",
                string.Create(CultureInfo.InvariantCulture, $"--discovery-redis-port={redis.Port}"),
                string.Create(CultureInfo.InvariantCulture, $"--ha-advertise-address=127.0.0.1:{port}"));
            SchedulerProcess started = schedulers[i];
            if (i == 0)
            {
                await Eventually.TrueAsync(() => started.Lines.Any(static line => line.Contains("Lease llumnix-scheduler: Leader", StringComparison.Ordinal)));
            }
        }

        return schedulers;
    }

    private async Task AskAllTheTimeAsync(SchedulerProcess scheduler, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            await AskAsync(scheduler);
        }
    }

    /// <returns>Whether the request was placed.</returns>
    private async Task<bool> AskAsync(SchedulerProcess scheduler)
    {
        long newest = Interlocked.Read(ref _newest);
        try
        {
            using HttpResponseMessage answer = await _client.PostAsync(
                string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{scheduler.Port}/schedule"), new StringContent(LiteHost.Request), _cancel);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                return false;
            }

            long epoch = long.Parse(answer.Headers.GetValues("Llumnix-Epoch").Single(), CultureInfo.InvariantCulture);
            if (epoch < newest)
            {
                Interlocked.Increment(ref _outdated);
            }

            while (Interlocked.Read(ref _newest) is var seen && epoch > seen)
            {
                Interlocked.CompareExchange(ref _newest, epoch, seen);
            }

            return true;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !_cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
