using Llumnix.Adapters.Discovery;
using Llumnix.Testing.Polling;

namespace Llumnix.Adapters.Tests.Discovery;

/// <summary>Watches that end, hang, expire or bring garbage, and lists that fail: the instances are right again.</summary>
public sealed class KubernetesDiscoveryFaultTests : KubernetesDiscoveryRuns
{
    /// <summary>A watch that ends is resumed from the version that it has reached, without a list.</summary>
    [Fact]
    public async Task Run_WatchEndsAndHasLostADeletion_NextOneTellsIt()
    {
        Server.Put(A);
        Server.Put(B);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0", "b_2_dp0");

        Server.Delete("1", isTold: false);
        Server.CloseWatches();
        await IsAsync(run, "b_2_dp0");
        Assert.True(run.Source.State.Available);
        Assert.Equal((1, 1), (Server.Lists, Server.Connections));
    }

    /// <summary>As above; but what ends the watch is its own timeout.</summary>
    [Fact]
    public async Task Run_DeletionIsMissed_ListIsRightAfterTheRefreshInterval()
    {
        Server.Put(A);
        Server.Put(B);
        await using var run = await WatchingAsync(ShortWatches, "a_1_dp0", "b_2_dp0");

        Server.Delete("1", isTold: false);
        await IsAsync(run, "b_2_dp0");
    }

    /// <summary>The other end is gone, but the connection is not closed.</summary>
    [Fact]
    public async Task Run_ConnectionIsDead_ListIsReadOverAnotherOne()
    {
        Server.WatchesHang = true;
        Server.Put(A);
        await using var run = await WatchingAsync(ShortWatches, "a_1_dp0");

        Server.Delete("1", isTold: false);
        await IsAsync(run);
        Assert.True(Server is { Lists: >= 2, Connections: >= 2 });
    }

    [Fact]
    public async Task Run_ListStopsInTheMiddle_IsGivenUpAfterItsTimeout()
    {
        Server.Put(A);
        Server.ListsHang = true;
        await using var run = RunOf(LongWatches with { Timeout = TimeSpan.FromMilliseconds(200) });
        await Eventually.TrueAsync(() => run.Source.State.LastError == "no answer in time", Limit);

        Server.ListsHang = false;
        await IsAsync(run, "a_1_dp0");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_VersionExpires_ListIsReadAgain(bool isTold)
    {
        Server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        Server.Delete("1", isTold: false);
        Server.Expire(isTold);
        if (!isTold)
        {
            Server.CloseWatches();
        }

        await IsAsync(run);
        Assert.Equal(2, Server.Lists);
    }

    [Fact]
    public async Task Run_ListIntervalIsOver_ListIsReadAgainThoughNothingFailed()
    {
        Server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        run.Clock.Advance(LongWatches.ListInterval);
        Server.CloseWatches();
        await Eventually.TrueAsync(() => Server is { Lists: 2, Watches: 1 }, Limit);
    }

    [Fact]
    public async Task Run_WatchIsAnsweredThatTheVersionIsGone_ListIsReadAgain()
    {
        Server.WatchStatus = 410;
        Server.Put(A);
        await using var run = RunOf(LongWatches);
        await IsAsync(run, "a_1_dp0");

        Server.Delete("1");
        await IsAsync(run);
        Assert.Empty(run.Warnings);
    }

    [Theory]
    [InlineData("{\"type\":")]
    [InlineData("{\"type\":\"ADDED\",\"object\":null}")]
    [InlineData("{\"type\":\"EATEN\",\"object\":{\"kind\":\"Pod\"}}")]
    public async Task Run_GarbageInTheWatch_ListIsReadAgain(string line)
    {
        Server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        Server.Delete("1", isTold: false);
        Server.SendLine(line);
        await IsAsync(run);
    }

    /// <summary>While other pods of the cluster change, only bookmarks keep the version from expiring.</summary>
    [Fact]
    public async Task Run_Bookmark_IsWhereTheNextWatchBegins()
    {
        Server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        Server.Bookmark();
        Server.Expire(isTold: false);
        Server.CloseWatches();
        await Eventually.TrueAsync(() => Server is { WatchesBegun: 2, Watches: 1 }, Limit);
        Server.Put(B);
        await IsAsync(run, "a_1_dp0", "b_2_dp0");
        Assert.Equal(1, Server.Lists);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(410)]
    public async Task Run_ListFails_LastListStays(int status)
    {
        Server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        Server.ListStatus = status;
        Server.Delete("1", isTold: false);
        Server.Expire(isTold: true);
        await run.WaitForAvailabilityAsync(false).WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal($"HTTP {status}", run.Source.State.LastError);
        Assert.Single(run.Sink.Instances);
        Server.ListStatus = 0;
        await IsAsync(run);
        await run.WaitForAvailabilityAsync(true).WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    /// <summary>A role that may list and not watch: lists alone keep the instances right, and it is told once.</summary>
    [Fact]
    public async Task Run_WatchIsDenied_ListsGoOn()
    {
        Server.WatchStatus = 403;
        Server.Put(A);
        await using var run = RunOf(LongWatches);
        await IsAsync(run, "a_1_dp0");

        Server.Delete("1");
        await IsAsync(run);
        await Eventually.TrueAsync(() => Server.Lists > 2, Limit);
        Assert.Contains("HTTP 403", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ConfigurationIsMissing_IsToldAndReadAgain()
    {
        Server.Put(A);
        int calls = 0;
        await using var run = RunOf(LongWatches, () => ++calls == 1 ? throw new k8s.Exceptions.KubeConfigException("no file") : Configuration());

        await IsAsync(run, "a_1_dp0");
        Assert.Contains(run.Log.Lines, line => line.Contains("no file", StringComparison.Ordinal));
    }

    /// <summary>A server, or what stands in for it, that sends a line without an end.</summary>
    [Fact]
    public async Task Run_EventIsLargerThanAnyObject_ListIsReadAgain()
    {
        Server.Put(A);
        await using var run = await WatchingAsync(LongWatches, "a_1_dp0");

        string text = new('x', 5 << 20);
        Server.SendLine("""{"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"annotations":{"a": """ + $"\"{text}\"" + "}}}}");
        await Eventually.TrueAsync(() => Server is { Lists: 2, Watches: 1 }, Limit);
        Server.Put(B);
        await IsAsync(run, "a_1_dp0", "b_2_dp0");
    }
}
