using Google.Protobuf;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Tests.Servers;
using Llumnix.Protocol.Resolver;
using Llumnix.Testing.Discovery;
using Llumnix.Testing.Servers;

namespace Llumnix.Adapters.Tests.Discovery;

/// <summary>What is in the store, and what comes out of it.</summary>
public sealed class EtcdDiscoveryTests(EtcdServerFixture fixture) : IClassFixture<EtcdServerFixture>, IAsyncLifetime
{
    private readonly EtcdHttpClient _client = fixture.Servers.Client;

    public async ValueTask InitializeAsync() => await _client.DeleteAllAsync("llumnix/");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Run_EmptyStore_GivesAnEmptyList()
    {
        await using var run = Run();

        await run.Sink.WaitForAsync();
        await run.WaitForAvailabilityAsync(true);
        Assert.Equal((true, null), (run.Source.State.FirstListLoaded, run.Source.State.LastError));
    }

    [Fact]
    public async Task Run_PodsComeAndGo_ListIsTheStores()
    {
        await PutAsync(PodMessages.Pod("a", ranks: 2));
        await using var run = Run();
        await run.Sink.WaitForAsync("a_dp0", "a_dp1");

        await PutAsync(PodMessages.Pod("b"));
        await run.Sink.WaitForAsync("a_dp0", "a_dp1", "b_dp0");
        await PutAsync(PodMessages.Pod("b", version: 2));
        await run.Sink.WaitUntilAsync(sink => sink.Instances["b_dp0"].Version == 2);
        await _client.DeleteAsync("llumnix/discovery/a");
        await run.Sink.WaitForAsync("b_dp0");
    }

    [Fact]
    public async Task Run_WriteThatChangesNoInstance_DoesNotDisturbTheSink()
    {
        await PutAsync(PodMessages.Pod("a"));
        await using var run = Run();
        await run.Sink.WaitForAsync("a_dp0");
        int before = run.Sink.Synchronizations;

        await PutAsync(PodMessages.Pod("a", timestamp: DateTimeOffset.UnixEpoch));
        await PutAsync(PodMessages.Pod("b"));
        await run.Sink.WaitForAsync("a_dp0", "b_dp0");

        Assert.Equal(before + 1, run.Sink.Synchronizations);
    }

    [Fact]
    public async Task Run_LeaseEnds_InstanceLeaves()
    {
        await using var run = Run();
        long lease = await _client.GrantLeaseAsync(1);
        await PutAsync(PodMessages.Pod("short"), lease);
        await run.Sink.WaitForAsync("short_dp0");
        // Nobody renews it.
        await run.Sink.WaitForAsync();

        lease = await _client.GrantLeaseAsync(60);
        await PutAsync(PodMessages.Pod("revoked"), lease);
        await run.Sink.WaitForAsync("revoked_dp0");
        await _client.RevokeLeaseAsync(lease);
        await run.Sink.WaitForAsync();
    }

    [Fact]
    public async Task Run_OldEntryAtTheStart_IsALeftoverUntilItIsWrittenAgain()
    {
        DateTimeOffset old = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(61);
        await PutAsync(PodMessages.Pod("old", timestamp: old));
        await PutAsync(PodMessages.Pod("new"));
        await using var run = Run();
        await run.Sink.WaitForAsync("new_dp0");
        Assert.Equal([DiscoverySkipReason.Expired], run.Observer.Skipped);

        // After the start the lease counts, and not the age.
        await PutAsync(PodMessages.Pod("old", timestamp: old.AddMilliseconds(1)));
        await run.Sink.WaitForAsync("new_dp0", "old_dp0");
    }

    [Fact]
    public async Task Run_OldEntryThatOutlivesALease_ComesIn()
    {
        await PutAsync(PodMessages.Pod("old", timestamp: TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(61)));
        await PutAsync(PodMessages.Pod("new", timestamp: TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(61)));
        await using var run = DiscoveryRuns.Of(
            DiscoveryRuns.OptionsFor(fixture.Servers.Endpoints) with { LeaseTtl = TimeSpan.FromMilliseconds(300) });

        await run.Sink.WaitForAsync("old_dp0", "new_dp0");
        Assert.All(run.Observer.Skipped, reason => Assert.Equal(DiscoverySkipReason.Expired, reason));

        // The first list was without it. A watch that is lost and opened again, as on a busy machine, brings more lists.
        Assert.NotEmpty(run.Observer.Skipped);
        Assert.True(run.Sink.Synchronizations >= 2);
    }

    /// <summary>A sidecar may write once and renew its lease only; and where everything looks old, it is our own clock that is ahead.</summary>
    [Fact]
    public async Task Run_OldEntryUnderALease_IsInAtOnce()
    {
        DateTimeOffset old = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);
        await PutAsync(PodMessages.Pod("leased", timestamp: old), await _client.GrantLeaseAsync(60));
        await PutAsync(PodMessages.Pod("leftover", timestamp: old));
        await PutAsync(PodMessages.Pod("new"));
        await using var run = Run();
        await run.Sink.WaitForAsync("leased_dp0", "new_dp0");
    }

    [Fact]
    public async Task Run_EverythingLooksOld_IsInAtOnce()
    {
        DateTimeOffset old = TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1);
        await PutAsync(PodMessages.Pod("a", timestamp: old));
        await PutAsync(PodMessages.Pod("b", timestamp: old.AddSeconds(-30)));
        await using var run = Run();
        await run.Sink.WaitForAsync("a_dp0", "b_dp0");
    }

    [Fact]
    public async Task Run_RoundsThatEndBeforeALeaseHas_OldEntryStaysOut()
    {
        await PutAsync(PodMessages.Pod("old", timestamp: TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(61)));
        await PutAsync(PodMessages.Pod("new"));
        await using var run = DiscoveryRuns.Of(
            DiscoveryRuns.OptionsFor(fixture.Servers.Endpoints) with { RefreshInterval = TimeSpan.FromMilliseconds(50) });
        await run.Sink.WaitForAsync("new_dp0");
        await run.Sink.WaitForSynchronizationsAsync(3);
        Assert.Equal(["new_dp0"], run.Sink.Instances.Keys);

        run.Clock.Advance(TimeSpan.FromSeconds(60));
        await run.Sink.WaitForAsync("new_dp0", "old_dp0");
        Assert.Equal([DiscoverySkipReason.Expired], run.Observer.Skipped);
    }

    [Fact]
    public async Task Run_Refresh_ReadsEverythingAgain()
    {
        await using var run = DiscoveryRuns.Of(
            DiscoveryRuns.OptionsFor(fixture.Servers.Endpoints) with { RefreshInterval = TimeSpan.FromMilliseconds(50) });

        await run.Sink.WaitForSynchronizationsAsync(3);
        await PutAsync(PodMessages.Pod("a"));
        await run.Sink.WaitForAsync("a_dp0");
        Assert.True(run.Source.State.Available);
    }

    [Fact]
    public async Task Run_GarbageOfEveryKind_IsSkippedAndTheRestGoesOn()
    {
        byte[] pod = PodMessages.Pod("p").ToByteArray();
        await using var run = Run();
        await _client.PutAsync("llumnix/discovery/empty", []);
        await _client.PutAsync("llumnix/discovery/truncated", pod[..^1]);
        await _client.PutAsync("llumnix/discovery/other-name", pod);
        await _client.PutAsync("llumnix/discovery/", pod);
        await _client.PutAsync("llumnix/discoveryx", pod);
        await PutAsync(PodMessages.Pod("ünï"));

        await run.Sink.WaitForAsync("ünï_dp0");
        Assert.Equal(
            [DiscoverySkipReason.Empty, DiscoverySkipReason.Malformed, DiscoverySkipReason.MismatchedPodName],
            run.Observer.Skipped.Order());
        Assert.Equal(3, run.Warnings.Count());
    }

    [Fact]
    public async Task Run_GarbageAfterAGoodValue_KeepsTheGoodOneWhileTheKeyStays()
    {
        await PutAsync(PodMessages.Pod("a"));
        await using var run = Run();
        await run.Sink.WaitForAsync("a_dp0");

        await _client.PutAsync("llumnix/discovery/a", [0xff]);
        await PutAsync(PodMessages.Pod("b"));
        await run.Sink.WaitForAsync("a_dp0", "b_dp0");
        Assert.Equal([DiscoverySkipReason.Malformed], run.Observer.Skipped);

        await _client.DeleteAsync("llumnix/discovery/a");
        await run.Sink.WaitForAsync("b_dp0");
    }

    [Fact]
    public async Task Run_ManyPods_AreReadInPages()
    {
        string[] names = [.. Enumerable.Range(0, 200).Select(i => $"p{i}")];
        await Task.WhenAll(names.Select(name => PutAsync(PodMessages.Pod(name))));

        await using var run = Run();

        await run.Sink.WaitForAsync([.. names.Select(name => name + "_dp0")]);
        Assert.Equal(1, run.Sink.Synchronizations);
    }

    [Fact]
    public async Task Run_PodTurnedAwayForWantOfRoom_ComesInWhenThereIsRoom()
    {
        await PutAsync(PodMessages.Pod("a"));
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(fixture.Servers.Endpoints) with { MaxInstances = 1 });
        await run.Sink.WaitForAsync("a_dp0");
        await PutAsync(PodMessages.Pod("b"));

        await _client.DeleteAsync("llumnix/discovery/a");

        await run.Sink.WaitForAsync("b_dp0");
    }

    [Fact]
    public async Task Run_PodsComeAndGoInRandomOrder_SinkEndsEqualToTheTruth()
    {
        const int Seed = 42;
        var random = new Random(Seed);
        var truth = new HashSet<string>();
        await using var run = Run();
        for (int i = 0; i < 300; i++)
        {
            string name = "p" + random.Next(60);
            await (truth.Add(name) ? PutAsync(PodMessages.Pod(name))
                : truth.Remove(name) ? _client.DeleteAsync("llumnix/discovery/" + name)
                : Task.CompletedTask);
        }

        await run.Sink.WaitForAsync([.. truth.Select(name => name + "_dp0")]);
    }

    [Fact]
    public void Constructor_BadOptions_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => DiscoveryRuns.Of(DiscoveryRuns.OptionsFor("http://u:s3cret@a:b")));
        Assert.Throws<ArgumentOutOfRangeException>(() => DiscoveryRuns.Of(DiscoveryRuns.OptionsFor()));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => DiscoveryRuns.Of(new EtcdDiscoveryOptions { RefreshInterval = TimeSpan.Zero }));
    }

    private DiscoveryRun<EtcdDiscovery> Run() => DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(fixture.Servers.Endpoints));

    private Task<long> PutAsync(PodDiscoveryInfo pod, long lease = 0) =>
        _client.PutAsync("llumnix/discovery/" + pod.PodName, pod.ToByteArray(), lease);
}
