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

    public AdminFeedTests() => _feed = new AdminFeed(_scheduler.ToSource(), _scheduler.Time, NullLogger<AdminFeed>.Instance);

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
            _scheduler.Time.Advance(AdminFeed.HealthTick);
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

    [Fact]
    public void NobodyWatches_HealthIsNotLookedAt()
    {
        _scheduler.Fleet = static () => throw new InvalidOperationException("nobody asks");
        _feed.LookAtHealth();
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
