using Llumnix.EngineEmulator.Cms;
using Llumnix.EngineEmulator.Engines;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;
using Llumnix.Testing.Polling;

namespace Llumnix.EngineEmulator.Tests.Cms;

public sealed class StatusPusherTests : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan UntilHeartbeat = TimeSpan.FromMilliseconds(960);

    private readonly ObservedTimeProvider _time = new();
    private readonly RecordingPublisher _publisher = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly TokenStream _stream = new("a", capacity: 10);
    private readonly EngineRunner _engine;
    private readonly StatusPusher _pusher;
    private Task _running = Task.CompletedTask;

    public StatusPusherTests()
    {
        var options = new EngineHostOptions { TimeProvider = _time };
        _engine = new EngineRunner(new EngineConfiguration(), _time);
        var metadata = new InstanceMetadata { InstanceId = "i", InferType = InferType.Neutral, Ip = "127.0.0.1", ApiServerPort = 1 };
        _pusher = new StatusPusher(_engine, metadata, _publisher, options);
    }

    [Fact]
    public async Task RunAsync_Changes_ArePushedAtOnceButAtMostEvery40Milliseconds()
    {
        await StartAsync();
        AddRequest("a");
        _time.Advance(TimeSpan.FromMilliseconds(39));
        Assert.False(_publisher.Statuses.Reader.TryPeek(out _));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["a"], (await NextStatusAsync()).WaitingRequests);

        await _time.ArmedAsync(Interval);
        _time.Advance(Interval);
        await _time.ArmedAsync(UntilHeartbeat);
        AddRequest("b");

        // No time has to pass.
        Assert.Equal(["a", "b"], (await NextStatusAsync()).WaitingRequests);
    }

    [Fact]
    public async Task RunAsync_NoChange_PushesOncePerSecond()
    {
        await StartAsync();
        for (int second = 1; second <= 3; second++)
        {
            _time.Advance(Interval);
            await _time.ArmedAsync(UntilHeartbeat);
            Assert.False(_publisher.Statuses.Reader.TryPeek(out _));
            _time.Advance(UntilHeartbeat);
            InstanceStatus status = await NextStatusAsync();
            Assert.Equal(second * 1000, status.TimestampMs - Start.ToUnixTimeMilliseconds());
            await _time.ArmedAsync(Interval);
        }
    }

    [Fact]
    public async Task RunAsync_StoreFails_TriesAgainAfterASecond()
    {
        _publisher.Fails = true;
        _running = _pusher.RunAsync(_stopping.Token);
        await NextStatusAsync();
        await _time.ArmedAsync(TimeSpan.FromSeconds(1));
        _engine.Changed.Set();
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(_publisher.Statuses.Reader.TryPeek(out _));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await NextStatusAsync();
    }

    [Fact]
    public async Task Paused_Changes_AreNotPushedUntilItEnds()
    {
        await StartAsync();
        _pusher.Paused = true;
        AddRequest("a");
        _time.Advance(Interval);
        await _time.ArmedAsync(Interval);
        Assert.False(_publisher.Statuses.Reader.TryPeek(out _));

        _pusher.Paused = false;
        _time.Advance(Interval);
        await _time.ArmedAsync(UntilHeartbeat);
        _time.Advance(UntilHeartbeat);
        Assert.Equal(["a"], (await NextStatusAsync()).WaitingRequests);
    }

    [Fact]
    public async Task RunAsync_Metadata_ComesAtOnceEvery20SecondsAndOnRefresh()
    {
        // The timer is armed before each push.
        _running = _pusher.RunAsync(_stopping.Token);
        await _time.ArmedAsync(TimeSpan.FromSeconds(20));
        await NextMetadataAsync();
        await _time.ArmedAsync(TimeSpan.FromSeconds(20));
        Assert.False(_publisher.Metadata.Reader.TryPeek(out _));
        _pusher.Refresh();
        await NextMetadataAsync();
        await _time.ArmedAsync(TimeSpan.FromSeconds(20));
        _time.Advance(TimeSpan.FromSeconds(20));
        await NextMetadataAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _pusher.Dispose();
        _engine.Dispose();
        _stream.Dispose();
        _stopping.Dispose();
    }

    private DateTimeOffset Start { get; set; }

    private async Task StartAsync()
    {
        Start = _time.GetUtcNow();
        _running = _pusher.RunAsync(_stopping.Token);
        await NextStatusAsync();
        await _time.ArmedAsync(Interval);
    }

    private void AddRequest(string id) =>
        _engine.Add(new EngineRequest { Id = id, PromptTokens = 1, OutputTokens = 1, Context = _stream });

    private Task<InstanceStatus> NextStatusAsync() =>
        _publisher.Statuses.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Eventually.Limit);

    private Task<InstanceMetadata> NextMetadataAsync() =>
        _publisher.Metadata.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Eventually.Limit);
}
