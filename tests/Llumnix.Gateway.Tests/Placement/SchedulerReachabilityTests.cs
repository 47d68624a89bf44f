using System.Net;
using System.Net.Sockets;
using System.Text;
using Llumnix.Gateway.Health;
using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Logging;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Time;

namespace Llumnix.Gateway.Tests.Placement;

/// <summary>What the gateway says of a scheduler that it has not asked lately: the keep-alive connection tells, with real sockets.</summary>
public sealed class SchedulerReachabilityTests : IAsyncDisposable
{
    private readonly ScriptedSchedulers _wire = new();
    private readonly HttpMessageInvoker _http;
    private readonly TcpListener _scheduler = new(IPAddress.Loopback, 0);
    private readonly RecordingLogger<SchedulerPeer> _log = new();
    private readonly CancellationTokenSource _end = new();
    private readonly SchedulerPlacer _placer;
    private readonly ShiftedTimeProvider _time = new();
    private int _refused;

    public SchedulerReachabilityTests()
    {
        _http = new HttpMessageInvoker(_wire);
        _scheduler.Start();
        var engines = new EngineDirectory();
        engines.Synchronize([new DiscoveredInstance { Id = "a", InferType = InferType.Neutral, Host = "10.0.0.1", Port = 8000 }]);
        _placer = new SchedulerPlacer(
            new SchedulerPlacerOptions { Schedulers = [new(new Uri($"http://{_scheduler.LocalEndpoint}"))], ReleaseDrain = TimeSpan.Zero },
            engines,
            new Random(1),
            _time,
            new OneLog(_log),
            _http);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _placer.DisposeAsync();
        _scheduler.Dispose();
        _http.Dispose();
        _wire.Dispose();
        _end.Dispose();
    }

    [Fact]
    public async Task FindWarning_ASchedulerThatPlacedARequestHasGone_SaysSoWithoutAnotherRequest()
    {
        Task running = _placer.RunAsync(_end.Token);
        await (await _placer.PlaceAsync(new PlacementQuery("r1", "m", 5), Cancellation)).Lease!.DisposeAsync();
        Assert.Null(_placer.FindWarning());
        _scheduler.Stop();
        _time.Advance(SchedulerPeer.AnswerCounts);
        await Eventually.TrueAsync(() => _placer.FindWarning() is not null);
        await Eventually.TrueAsync(() => _log.Lines.Any(static line => line.Contains("does not place requests", StringComparison.Ordinal)));
        await _end.CancelAsync();
        await running;
    }

    /// <summary>It refuses the upgrade, or resets the connection as one with too many of them does: it is there.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FindWarning_ASchedulerThatTakesNoKeepAliveConnectionPlacesRequests_IsSilent(bool isReset)
    {
        Task refusals = EndUpgradesAsync(isReset);
        Task running = _placer.RunAsync(_end.Token);
        await (await _placer.PlaceAsync(new PlacementQuery("r1", "m", 5), Cancellation)).Lease!.DisposeAsync();
        _time.Advance(SchedulerPeer.AnswerCounts);
        int before = Volatile.Read(ref _refused);
        await Eventually.TrueAsync(() => Volatile.Read(ref _refused) >= before + 2);
        Assert.Null(_placer.FindWarning());
        await _end.CancelAsync();
        await running;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => refusals);
    }

    private async Task EndUpgradesAsync(bool isReset)
    {
        byte[] answer = Encoding.ASCII.GetBytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        byte[] request = new byte[4096];
        while (!_end.IsCancellationRequested)
        {
            using Socket client = await _scheduler.AcceptSocketAsync(_end.Token);
            await client.ReceiveAsync(request, SocketFlags.None, _end.Token);
            if (isReset)
            {
                client.Close(timeout: 0);
            }
            else
            {
                await client.SendAsync(answer, SocketFlags.None, _end.Token);
            }

            Interlocked.Increment(ref _refused);
        }
    }
}
