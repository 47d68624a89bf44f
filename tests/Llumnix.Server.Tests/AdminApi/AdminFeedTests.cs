using System.Text;
using System.Threading.Channels;
using Llumnix.Server.AdminApi;
using Llumnix.Server.Tests.WhatIf;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.Server.Tests.AdminApi;

/// <summary>The event stream of a fleet that a test describes, on a clock that stands still.</summary>
public sealed class AdminFeedTests : IAsyncDisposable
{
    private readonly RecordedScheduler _scheduler = new();
    private readonly AdminFeed _feed;

    public AdminFeedTests() => _feed = new AdminFeed(_scheduler.ToSource(), _scheduler.Time);

    public ValueTask DisposeAsync() => _scheduler.DisposeAsync();

    [Fact]
    public void HealthChanges_ToldWithTheNextLookAtIt_Once()
    {
        Channel<byte[]> client = _feed.Join(out _)!;
        Assert.Empty(LookAtHealth(client));
        _scheduler.Fleet = static () => RecordedScheduler.EnginesOf(4, stale: 1);
        string told = Assert.Single(LookAtHealth(client));
        Assert.StartsWith("event: fleet_delta\ndata: ", told, StringComparison.Ordinal);
        Assert.Contains("\"rows\":[[0,2,", told, StringComparison.Ordinal);
        Assert.Empty(LookAtHealth(client));
    }

    /// <summary>What a probe finds does not wait for the next look: on this clock, which stands still, there is none.</summary>
    [Fact]
    public async Task HealthFound_ToldAtOnce()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Channel<byte[]> client = _feed.Join(out _)!;
        Task running = new FeedLoops(_feed, _scheduler, _scheduler.Time, NullLogger<AdminFeed>.Instance).RunAsync(stop.Token);
        _scheduler.Fleet = static () => RecordedScheduler.EnginesOf(4, stale: 1);
        _scheduler.FindHealth();
        string told = Encoding.UTF8.GetString(await client.Reader.ReadAsync(cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), cancellation));
        Assert.StartsWith("event: fleet_delta\ndata: ", told, StringComparison.Ordinal);
        await stop.CancelAsync();
        await running;
    }

    /// <summary>A large fleet is told less often than looks are taken, but not when the health of an instance has changed.</summary>
    [Fact]
    public void Look_HealthHasChanged_DoesNotWaitForTheNextSample()
    {
        _scheduler.Fleet = static () => RecordedScheduler.EnginesOf(1000, stale: 1000);
        Channel<byte[]> client = _feed.Join(out _)!;
        _scheduler.Fleet = static () => RecordedScheduler.EnginesOf(1000);
        Assert.Contains("fleet_delta", Look(client), StringComparison.Ordinal);
        Assert.DoesNotContain("fleet_delta", Look(client), StringComparison.Ordinal);
        _scheduler.Fleet = static () => RecordedScheduler.EnginesOf(1000, stale: 1);
        Assert.Contains("\"rows\":[[0,2,", Look(client), StringComparison.Ordinal);
    }

    /// <summary>Instances that flap many times in a second do not take more of the stream than its bound.</summary>
    [Fact]
    public void HealthFlaps_BytesStayBelowTheBound()
    {
        Channel<byte[]> client = _feed.Join(out _)!;
        long bytes = 0;
        const int Seconds = 30;
        for (int i = 0; i < Seconds * 10; i++)
        {
            int stale = i % 2 * 1000;
            _scheduler.Fleet = () => RecordedScheduler.EnginesOf(1000, stale);
            bytes += LookAtHealth(client).Sum(static message => (long)message.Length);
            _scheduler.Time.Advance(FeedLoops.HealthPause);
        }

        Assert.InRange(bytes, Seconds * 30_000, Seconds * 75_000);
    }

    /// <summary>A look makes one message for all clients, whatever it tells: one write for each.</summary>
    [Fact]
    public void Look_SeveralEvents_AreOneMessageThatClientsShare()
    {
        Channel<byte[]> first = _feed.Join(out _)!;
        Channel<byte[]> second = _feed.Join(out _)!;
        for (int look = 0; look < 4; look++)
        {
            _scheduler.Place($"r{look}");
            _scheduler.Time.Advance(AdminFeed.Tick);
            _feed.Look();
            Assert.True(first.Reader.TryRead(out byte[]? message));
            Assert.False(first.Reader.TryRead(out _));
            Assert.True(second.Reader.TryRead(out byte[]? same));
            Assert.Same(message, same);
            string text = Encoding.UTF8.GetString(message);
            Assert.Contains("event: fleet_delta", text, StringComparison.Ordinal);
            Assert.Contains("event: decisions", text, StringComparison.Ordinal);
        }
    }

    /// <summary>What a look has found before it failed is sent by that look: a later one would not find it again.</summary>
    [Fact]
    public void LookThatFails_TellsWhatItHasFound()
    {
        Channel<byte[]> client = _feed.Join(out _)!;
        _scheduler.Place("r0");
        _scheduler.Time.Advance(AdminFeed.Tick);
        _scheduler.NotReady = static () => throw new InvalidOperationException("no answer");
        Assert.Throws<InvalidOperationException>(_feed.Look);
        Assert.True(client.Reader.TryRead(out byte[]? message));
        string text = Encoding.UTF8.GetString(message);
        Assert.Contains("event: fleet_delta", text, StringComparison.Ordinal);
        Assert.Contains("\"request_id\":\"r0\"", text, StringComparison.Ordinal);
        Assert.False(client.Reader.TryRead(out _));
    }

    /// <summary>Decisions that could not be read are told by the next look.</summary>
    [Fact]
    public void LookThatFailsBeforeItReadsDecisions_NextOneTellsThem()
    {
        Channel<byte[]> client = _feed.Join(out _)!;
        _scheduler.Place("r0");
        _scheduler.Time.Advance(AdminFeed.Tick);
        Func<FleetSample> fleet = _scheduler.Fleet;
        _scheduler.Fleet = static () => throw new InvalidOperationException("no answer");
        Assert.Throws<InvalidOperationException>(_feed.Look);
        _scheduler.Fleet = fleet;
        _feed.Look();
        Assert.True(client.Reader.TryRead(out byte[]? message));
        Assert.Contains("\"request_id\":\"r0\"", Encoding.UTF8.GetString(message), StringComparison.Ordinal);
    }

    [Fact]
    public void NobodyWatches_HealthIsNotLookedAt()
    {
        _scheduler.Fleet = static () => throw new InvalidOperationException("nobody asks");
        _feed.LookAtHealth();
    }

    private string Look(Channel<byte[]> client)
    {
        _scheduler.Time.Advance(AdminFeed.Tick);
        _feed.Look();
        return client.Reader.TryRead(out byte[]? message) ? Encoding.UTF8.GetString(message) : "";
    }

    private List<string> LookAtHealth(Channel<byte[]> client)
    {
        _feed.LookAtHealth();
        List<string> messages = [];
        while (client.Reader.TryRead(out byte[]? message))
        {
            messages.Add(Encoding.UTF8.GetString(message));
        }

        return messages;
    }
}
