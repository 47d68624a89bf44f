using System.Diagnostics;
using Google.Protobuf;
using Llumnix.Adapters.Discovery;
using Llumnix.Testing.Discovery;
using Llumnix.Testing.Servers;

namespace Llumnix.Adapters.Tests.Discovery;

/// <summary>
/// Faults of a cluster. Each test tells how long after the store's truth the sink had it: the truth begins when a plain client's write
/// is acknowledged, or its read that needs the quorum is answered.
/// </summary>
public sealed class EtcdDiscoveryFaultTests
{
    [Fact]
    public async Task Run_EachMemberKilledInTurn_ChangesAreSeen()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync();
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(servers.Endpoints));
        await run.Sink.WaitForAsync();
        for (int member = 0; member < 3; member++)
        {
            // One of the three is the one that the source watches at.
            await servers.KillAsync(member);
            await PutAsync(servers, $"p{member}");
            await MeasureAsync(run, $"member {member} killed", [.. Enumerable.Range(0, member + 1).Select(i => $"p{i}_dp0")]);
            await servers.RestartAsync(member);
        }

        Assert.True(run.Source.State.Available);
    }

    [Fact]
    public async Task Run_EachMemberPausedInTurn_ChangesAreSeen()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync();
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(servers.Endpoints));
        await run.Sink.WaitForAsync();
        for (int member = 0; member < 3; member++)
        {
            servers.Pause(member);
            await PutAsync(servers, $"p{member}");
            await MeasureAsync(run, $"member {member} paused", [.. Enumerable.Range(0, member + 1).Select(i => $"p{i}_dp0")]);
            servers.Resume(member);
        }
    }

    [Fact]
    public async Task Run_TwoMembersDownAndBack_ListStaysThenChangesAreSeen()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync();
        await PutAsync(servers, "a");
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(servers.Endpoints));
        await run.Sink.WaitForAsync("a_dp0");

        var clock = Stopwatch.StartNew();
        await servers.KillAsync(0, 1);
        await run.WaitForAvailabilityAsync(false);
        Report("State unavailable after two members were killed", clock);
        Assert.Equal(["a_dp0"], run.Sink.Instances.Keys);
        Assert.Contains(servers.Endpoints[0]["http://".Length..] + ": ", run.Source.State.LastError, StringComparison.Ordinal);

        await servers.RestartAsync(0, 1);
        await servers.Client.ReadAsync("x");
        clock.Restart();
        await run.WaitForAvailabilityAsync(true);
        Report("State available after two members came back", clock);
        await PutAsync(servers, "b");
        await MeasureAsync(run, "two members back", "a_dp0", "b_dp0");
    }

    [Fact]
    public async Task Run_TwoMembersPausedAndResumed_ChangesAreSeen()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync();
        await PutAsync(servers, "a");
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(servers.Endpoints));
        await run.Sink.WaitForAsync("a_dp0");

        var clock = Stopwatch.StartNew();
        servers.Pause(1);
        servers.Pause(2);
        await run.WaitForAvailabilityAsync(false);
        Report("State unavailable after two members were paused", clock);
        Assert.Equal(["a_dp0"], run.Sink.Instances.Keys);

        servers.Resume(1);
        servers.Resume(2);
        await servers.Client.DeleteAsync("llumnix/discovery/a");
        await PutAsync(servers, "b");
        await MeasureAsync(run, "two members resumed", "b_dp0");
    }

    [Fact]
    public async Task Run_WholeClusterDownAndBack_ListStaysThenChangesAreSeen()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync();
        await PutAsync(servers, "a");
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(servers.Endpoints));
        await run.Sink.WaitForAsync("a_dp0");

        await servers.KillAllAsync();
        await run.WaitForAvailabilityAsync(false);
        Assert.Equal(["a_dp0"], run.Sink.Instances.Keys);

        await servers.RestartAsync(0, 1, 2);
        await PutAsync(servers, "b");
        await MeasureAsync(run, "whole cluster back", "a_dp0", "b_dp0");
    }

    [Fact]
    public async Task Run_WholeClusterRestartedEmpty_ListStaysUntilTheFirstIsBackAndHasHadTime()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync();
        await PutAsync(servers, "a");
        await PutAsync(servers, "b");
        await using var run = DiscoveryRuns.Of(
            DiscoveryRuns.OptionsFor(servers.Endpoints) with { RefreshInterval = TimeSpan.FromMilliseconds(50) });
        await run.Sink.WaitForAsync("a_dp0", "b_dp0");

        await servers.RestartEmptyAsync();
        await servers.Client.ReadAsync("x");
        await run.Log.WaitUntilAsync(_ => run.Source.State.Silence == "it has lost all instances at once");
        run.Clock.Advance(TimeSpan.FromHours(1));
        await run.Sink.WaitForSynchronizationsAsync();
        Assert.Equal(["a_dp0", "b_dp0"], run.Sink.Instances.Keys.Order());

        await PutAsync(servers, "c");
        await MeasureAsync(run, "first write after", "a_dp0", "b_dp0", "c_dp0");
        await run.Log.WaitUntilAsync(_ => run.Source.State.Silence is null);
        run.Clock.Advance(TimeSpan.FromSeconds(26));
        await run.Sink.WaitForAsync("c_dp0");
    }

    [Fact]
    public async Task Run_AllDeletedAtOnce_ListStaysForTheWindow()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync(count: 1);
        await PutAsync(servers, "a");
        await PutAsync(servers, "b");
        await using var run = DiscoveryRuns.Of(
            DiscoveryRuns.OptionsFor(servers.Endpoints) with { RebuildWindow = TimeSpan.FromMilliseconds(300) });
        await run.Sink.WaitForAsync("a_dp0", "b_dp0");

        await servers.Client.DeleteAllAsync("llumnix/");
        await run.Log.WaitUntilAsync(log => log.Lines.Any(line => line.Contains("it has lost all instances at once", StringComparison.Ordinal)));
        await run.Sink.WaitForAsync();
        await run.Log.WaitUntilAsync(_ => run.Source.State.Silence is null);
    }

    [Fact]
    public async Task Run_ManyWritesBeforeTheSourceIsBack_RevisionBeyondTheOldOneIsNoExcuse()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync(count: 1);
        await using TcpGate gate = GateTo(servers);
        await PutAsync(servers, "a");
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(AddressOf(gate)));
        await run.Sink.WaitForAsync("a_dp0");

        gate.Cut();
        await servers.RestartEmptyAsync();
        for (int i = 0; i < 10; i++)
        {
            await PutAsync(servers, "b");
        }

        gate.Restore();
        await MeasureAsync(run, "another store of a higher revision", "b_dp0");
    }

    [Fact]
    public async Task Run_CompactedWhileTheWatchIsCut_ListBecomesTheStores()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync(count: 1);
        await using TcpGate gate = GateTo(servers);
        await PutAsync(servers, "a");
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(AddressOf(gate)));
        await run.Sink.WaitForAsync("a_dp0");

        gate.Cut();
        await run.WaitForAvailabilityAsync(false);
        await servers.Client.DeleteAsync("llumnix/discovery/a");
        await PutAsync(servers, "b");
        await servers.Client.CompactAsync(await PutAsync(servers, "c"));
        Assert.Equal(["a_dp0"], run.Sink.Instances.Keys);

        gate.Restore();
        await MeasureAsync(run, "compacted while cut", "b_dp0", "c_dp0");
    }

    [Fact]
    public async Task Run_OldEntriesWhileTheWatchIsCut_OnlyTheOneThatWasWrittenComesIn()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync(count: 1);
        await using TcpGate gate = GateTo(servers);
        DateTimeOffset old = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(61);
        await PutAsync(servers, "written", old);
        await PutAsync(servers, "leftover", old);
        await PutAsync(servers, "new");
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(AddressOf(gate)));
        await run.Sink.WaitForAsync("new_dp0");
        await run.WaitForAvailabilityAsync(true);

        gate.Cut();
        await run.WaitForAvailabilityAsync(false);
        await PutAsync(servers, "written", old.AddMilliseconds(1));
        gate.Restore();
        await run.Sink.WaitForAsync("written_dp0", "new_dp0");
    }

    [Fact]
    public async Task Run_NetworkSwallowsWhileTheWatchIsIdle_IsNoticedAndChangesAreSeen()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync(count: 1);
        await using TcpGate gate = GateTo(servers);
        await PutAsync(servers, "a");
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(AddressOf(gate)));
        await run.Sink.WaitForAsync("a_dp0");

        var clock = Stopwatch.StartNew();
        gate.Freeze();
        await run.WaitForAvailabilityAsync(false);
        Report("State unavailable after the network went silent", clock);
        await PutAsync(servers, "b");

        clock.Restart();
        gate.Thaw();
        await run.Sink.WaitForAsync("a_dp0", "b_dp0");
        Report("network back", clock);
    }

    [Fact]
    public async Task Run_BogusEndpointsBesideAGoodOne_Reads()
    {
        await using EtcdServers servers = await EtcdServers.StartAsync(count: 1);
        await using TcpGate silent = GateTo(servers);
        await using TcpGate refusing = GateTo(servers);
        silent.Freeze();
        refusing.Cut();
        await PutAsync(servers, "a");
        var clock = Stopwatch.StartNew();

        await using var run = DiscoveryRuns.Of(
            DiscoveryRuns.OptionsFor(AddressOf(silent), AddressOf(refusing), "no-such-host.invalid", servers.Endpoints[0]));
        await run.Sink.WaitForAsync("a_dp0");

        Report("first list past three bogus endpoints", clock);
        Assert.DoesNotContain(run.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private static async Task<long> PutAsync(EtcdServers servers, string podName, DateTimeOffset? timestamp = null) =>
        await servers.Client.PutAsync("llumnix/discovery/" + podName, PodMessages.Pod(podName, timestamp: timestamp).ToByteArray());

    private static TcpGate GateTo(EtcdServers servers) => new(new Uri(servers.Endpoints[0]).Port);

    private static string AddressOf(TcpGate gate) => $"127.0.0.1:{gate.Port}";

    private static async Task MeasureAsync(DiscoveryRun<EtcdDiscovery> run, string what, params string[] ids)
    {
        var clock = Stopwatch.StartNew();
        await run.Sink.WaitForAsync(ids);
        Report(what, clock);
    }

    private static void Report(string what, Stopwatch clock) =>
        TestContext.Current.TestOutputHelper?.WriteLine($"{what}: {clock.Elapsed.TotalMilliseconds:F0} ms");
}
