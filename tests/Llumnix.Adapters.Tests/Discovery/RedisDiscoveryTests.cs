using Google.Protobuf;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Tests.Servers;
using Llumnix.Protocol.Resolver;
using Llumnix.Testing.Discovery;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Discovery;

public sealed class RedisDiscoveryTests(RedisServerFixture fixture) : IClassFixture<RedisServerFixture>, IAsyncLifetime
{
    private DiscoveryRun<RedisDiscovery> _run = null!;

    public async ValueTask InitializeAsync()
    {
        await fixture.FlushAsync();
        _run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(fixture.Server) with { MaxInstances = 1000 });
        await _run.WaitForAvailabilityAsync(true);
    }

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    [Fact]
    public async Task Run_PodsComeAndGo_ListIsTheStores()
    {
        await PutAsync(PodMessages.Pod("a", ranks: 2));
        await PutAsync(PodMessages.Pod("b"));
        await _run.Sink.WaitForAsync("a_dp0", "a_dp1", "b_dp0");

        await fixture.Database.KeyDeleteAsync("llumnix:discovery:a");
        await _run.Sink.WaitForAsync("b_dp0");
    }

    [Fact]
    public async Task Run_VersionChanges_IsTakenOver()
    {
        await PutAsync(PodMessages.Pod("a"));
        await _run.Sink.WaitForAsync("a_dp0");

        await PutAsync(PodMessages.Pod("a", version: 2));

        await _run.Sink.WaitUntilAsync(sink => sink.Instances["a_dp0"].Version == 2);
    }

    [Fact]
    public async Task Run_EntryThatNoLongerChanges_IsDroppedToldOnceAndComesBack()
    {
        await PutAsync(PodMessages.Pod("a"));
        await PutAsync(PodMessages.Pod("b"));
        await _run.Sink.WaitForAsync("a_dp0", "b_dp0");

        await OnlyBGoesOnAsync();
        await _run.Sink.WaitForAsync("b_dp0");
        await _run.Sink.WaitForSynchronizationsAsync(5);
        Assert.Equal([DiscoverySkipReason.Expired], _run.Observer.Skipped);
        Assert.Equal(["Warning: The discovery entry of pod a is not used: Expired"], _run.Warnings);
        Assert.True(await fixture.Database.KeyExistsAsync("llumnix:discovery:a"));

        await PutAsync(PodMessages.Pod("a", timestamp: _run.Clock.GetUtcNow()));
        await _run.Sink.WaitForAsync("a_dp0", "b_dp0");
    }

    [Fact]
    public async Task Run_NoEntryChangesAnyMore_ListStaysAndItIsToldOnce()
    {
        await PutAsync(PodMessages.Pod("a"));
        await PutAsync(PodMessages.Pod("b"));
        await _run.Sink.WaitForAsync("a_dp0", "b_dp0");

        _run.Clock.Advance(TimeSpan.FromSeconds(61));
        await _run.Log.WaitUntilAsync(_ => _run.Source.State.Silence is not null);
        await _run.Sink.WaitForSynchronizationsAsync(5);
        Assert.Equal((true, "no entry in it changes any more"), (_run.Source.State.Available, _run.Source.State.Silence));
        Assert.Equal(["a_dp0", "b_dp0"], _run.Sink.Instances.Keys.Order());

        await PutAsync(PodMessages.Pod("b", version: 2));
        await _run.Log.WaitUntilAsync(_ => _run.Source.State.Silence is null);
        await _run.Sink.WaitForSynchronizationsAsync();
        Assert.Equal(["a_dp0", "b_dp0"], _run.Sink.Instances.Keys.Order());
        string place = $"Redis at {fixture.Server.Host}:{fixture.Server.Port}";
        Assert.Equal(
            [
                $"Information: Discovery in {place} answers",
                $"Error: Discovery in {place} answers, but no entry in it changes any more: a store that cannot be written into, or another one? The last list stays in use",
                $"Information: Entries of discovery in {place} are written again",
            ],
            _run.Log.Lines);
    }

    [Fact]
    public async Task Run_GarbageAfterAGoodValue_KeepsTheGoodOneUntilItIsTooOld()
    {
        await PutAsync(PodMessages.Pod("a"));
        await PutAsync(PodMessages.Pod("b"));
        await _run.Sink.WaitForAsync("a_dp0", "b_dp0");

        await PutAsync("a", [0xff]);
        await _run.Sink.WaitUntilAsync(_ => !_run.Observer.Skipped.IsEmpty);
        await _run.Sink.WaitForSynchronizationsAsync(5);
        Assert.Equal(["a_dp0", "b_dp0"], _run.Sink.Instances.Keys.Order());
        Assert.Equal([DiscoverySkipReason.Malformed], _run.Observer.Skipped);
        Assert.Equal(["Warning: The discovery entry of pod a is not used: Malformed"], _run.Warnings);

        await OnlyBGoesOnAsync();
        await _run.Sink.WaitForAsync("b_dp0");
    }

    [Fact]
    public async Task Run_OneBadInstance_TheOthersStayAndItIsToldOnce()
    {
        PodDiscoveryInfo pod = PodMessages.Pod("a", ranks: 3);
        pod.Instances[1].EntrypointPort = 0;

        await PutAsync(pod);
        await _run.Sink.WaitForAsync("a_dp0", "a_dp2");
        // The sidecar's next push is another value with the same fault: counted, not logged.
        pod.TimestampMs++;
        await PutAsync(pod);
        await _run.Sink.WaitUntilAsync(_ => _run.Observer.Skipped.Count == 2);

        Assert.Equal([DiscoverySkipReason.MissingPort, DiscoverySkipReason.MissingPort], _run.Observer.Skipped);
        Assert.Equal(
            ["Warning: 1 instances in the discovery entry of pod a are not usable, the first at place 1: MissingPort"], _run.Warnings);
    }

    [Fact]
    public async Task Run_GarbageOfEveryKind_IsSkippedAndTheRestGoesOn()
    {
        byte[] pod = PodMessages.Pod("p").ToByteArray();
        await PutAsync("empty", []);
        await PutAsync("oversize", new byte[PodEntry.MaxBytes + 1]);
        await PutAsync("truncated", pod[..^1]);
        await PutAsync("other-name", pod);
        await fixture.Database.StringSetAsync("llumnix:discovery:", "no name");
        await fixture.Database.StringSetAsync((byte[])[.. "llumnix:discovery:"u8, 0xff], "no UTF-8");
        await fixture.Database.HashSetAsync("llumnix:discovery:hash", "f", "v");
        await PutAsync(PodMessages.Pod("ünï"));

        await _run.Sink.WaitForAsync("ünï_dp0");
        await _run.Sink.WaitForSynchronizationsAsync();

        Assert.Equal(
            [DiscoverySkipReason.Empty, DiscoverySkipReason.Malformed, DiscoverySkipReason.TooLarge, DiscoverySkipReason.MismatchedPodName],
            _run.Observer.Skipped.Order());
    }

    [Fact]
    public async Task Run_MoreInstancesThanAllowed_TheOthersAreIgnored()
    {
        await PutAsync(PodMessages.Pod("a", ranks: 1001));

        await _run.Sink.WaitUntilAsync(sink => sink.Instances.Count == 1000);
        Assert.Contains("Warning: Discovery holds more than 1000 instances; the others are ignored", _run.Warnings);
        await PutAsync(PodMessages.Pod("a"));
        await _run.Sink.WaitForAsync("a_dp0");
        Assert.Equal([DiscoverySkipReason.TooManyInstances], _run.Observer.Skipped);
    }

    /// <summary>Entries have no TTL in the store: those of dead pods stay for ever.</summary>
    [Fact]
    public async Task Run_ManyMoreLeftoversThanInstancesAllowed_TheLivingAreInAndOneLineIsLogged()
    {
        const int Dead = 20_000;
        await Task.WhenAll(Enumerable.Range(0, Dead).Select(i => PutAsync(PodMessages.Pod($"dead{i}", timestamp: DateTimeOffset.UnixEpoch))));
        string[] names = [.. Enumerable.Range(0, 1000).Select(i => $"p{i}")];
        await Task.WhenAll(names.Select(name => PutAsync(PodMessages.Pod(name))));
        await using var run = DiscoveryRuns.Of(DiscoveryRuns.OptionsFor(fixture.Server) with { MaxInstances = 1000 });

        await run.Sink.WaitForAsync([.. names.Select(name => name + "_dp0")]);
        Assert.Equal(Dead, run.Observer.Skipped.Count(reason => reason == DiscoverySkipReason.Expired));
        Assert.DoesNotContain(DiscoverySkipReason.TooManyInstances, run.Observer.Skipped);
        Assert.StartsWith($"Warning: {Dead} discovery entries are not used", Assert.Single(run.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PodsComeAndGoInRandomOrder_SinkEndsEqualToTheTruth()
    {
        const int Seed = 42;
        var random = new Random(Seed);
        var truth = new HashSet<string>();
        for (int i = 0; i < 2000; i++)
        {
            string name = "p" + random.Next(700);
            await (truth.Add(name) ? PutAsync(PodMessages.Pod(name))
                : truth.Remove(name) ? fixture.Database.KeyDeleteAsync("llumnix:discovery:" + name)
                : Task.CompletedTask);
        }

        await _run.Sink.WaitForAsync([.. truth.Select(name => name + "_dp0")]);
        Assert.InRange(truth.Count, 250, 450);
    }

    /// <summary>Lets b alone write for longer than the TTL.</summary>
    private async Task OnlyBGoesOnAsync()
    {
        for (int i = 0; i < 4; i++)
        {
            _run.Clock.Advance(TimeSpan.FromSeconds(20));
            await PutAsync(PodMessages.Pod("b", timestamp: _run.Clock.GetUtcNow()));
            await _run.Sink.WaitForSynchronizationsAsync();
        }
    }

    private Task<bool> PutAsync(PodDiscoveryInfo pod) => PutAsync(pod.PodName, pod.ToByteArray());

    private Task<bool> PutAsync(string podName, byte[] value) => fixture.Database.StringSetAsync("llumnix:discovery:" + podName, value);
}
