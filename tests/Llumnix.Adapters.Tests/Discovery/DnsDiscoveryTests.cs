using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Llumnix.Adapters.Discovery;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Tests.Discovery;

public sealed class DnsDiscoveryTests
{
    private readonly ConcurrentDictionary<string, Func<Task<IPAddress[]>>> _answers = new();
    private int _lookups;

    [Fact]
    public async Task Run_AddressesChange_ListFollows()
    {
        Answer("engines", "10.0.0.2", "10.0.0.1");
        await using var run = RunOf(Names("engines"));

        await run.Sink.WaitForAsync("neutral-10.0.0.1:8000", "neutral-10.0.0.2:8000");
        Answer("engines", "10.0.0.3");
        await run.Sink.WaitForAsync("neutral-10.0.0.3:8000");
        Assert.Equal((true, true), (run.Source.State.Available, run.Source.State.FirstListLoaded));
    }

    [Fact]
    public async Task Run_OnlyIPv6_IsUsed()
    {
        Answer("engines", "fd00::1");
        await using var run = RunOf(Names("engines"));

        await run.Sink.WaitForAsync("neutral-fd00::1:8000");
        Assert.Equal("fd00::1", run.Sink.Instances.Values.Single().Host);
    }

    /// <summary>A pod of a dual-stack service is one instance, not two.</summary>
    [Fact]
    public async Task Run_BothFamilies_IPv4IsUsed()
    {
        Answer("engines", "fd00::1", "10.0.0.1", "::ffff:10.0.0.2");
        await using var run = RunOf(Names("engines"));

        await run.Sink.WaitForAsync("neutral-10.0.0.1:8000", "neutral-10.0.0.2:8000");
    }

    [Fact]
    public async Task Run_NamesOfRoles_GiveRoles_FirstNameOfAnAddressCounts()
    {
        Answer("p", "10.0.0.1");
        Answer("d", "10.0.0.1", "10.0.0.2");
        await using var run = RunOf(new DnsDiscoveryOptions { PrefillNames = [At("p")], DecodeNames = [At("d")] });

        await run.Sink.WaitForAsync("prefill-10.0.0.1:8000", "decode-10.0.0.2:8000");
        Assert.Equal(InferType.Decode, run.Sink.Instances["decode-10.0.0.2:8000"].InferType);
    }

    [Theory]
    [InlineData(SocketError.TryAgain, "the resolver has no answer at present")]
    [InlineData(SocketError.NoRecovery, "the resolver has failed")]
    public async Task Run_LookupFails_ItsInstancesStay_OthersFollow(SocketError error, string told)
    {
        Answer("a", "10.0.0.1");
        Answer("b", "10.0.0.2");
        await using var run = RunOf(Names("a", "b"));
        await run.Sink.WaitForAsync("neutral-10.0.0.1:8000", "neutral-10.0.0.2:8000");

        _answers["a"] = () => throw new SocketException((int)error);
        Answer("b", "10.0.0.3");
        await run.Sink.WaitForAsync("neutral-10.0.0.1:8000", "neutral-10.0.0.3:8000");
        await run.WaitForAvailabilityAsync(false);
        Assert.Equal($"a: {told}", run.Source.State.LastError);
        Answer("a", "10.0.0.4");
        await run.Sink.WaitForAsync("neutral-10.0.0.4:8000", "neutral-10.0.0.3:8000");
        await run.WaitForAvailabilityAsync(true);
    }

    [Fact]
    public async Task Run_AllEmptyAtOnce_ListStaysForTheWindow()
    {
        Answer("engines", "10.0.0.1", "10.0.0.2");
        await using var run = RunOf(Names("engines"));
        await run.Sink.WaitForAsync("neutral-10.0.0.1:8000", "neutral-10.0.0.2:8000");

        _answers["engines"] = () => throw new SocketException((int)SocketError.HostNotFound);
        await run.WaitForAvailabilityAsync(false);
        Assert.Equal("no name has an address", run.Source.State.LastError);
        Assert.Equal(2, run.Sink.Instances.Count);
        run.Clock.Advance(new DnsDiscoveryOptions().EmptyWindow);
        await run.Sink.WaitForAsync();
        await run.WaitForAvailabilityAsync(true);
    }

    [Fact]
    public async Task Run_OneOfTwoNamesIsEmpty_ItsInstancesLeaveAtOnce()
    {
        Answer("a", "10.0.0.1");
        Answer("b", "10.0.0.2");
        await using var run = RunOf(Names("a", "b"));
        await run.Sink.WaitForAsync("neutral-10.0.0.1:8000", "neutral-10.0.0.2:8000");

        _answers["a"] = () => throw new SocketException((int)SocketError.NoData);
        await run.Sink.WaitForAsync("neutral-10.0.0.2:8000");
        Assert.True(run.Source.State.Available);
    }

    [Fact]
    public async Task Run_LookupHangs_OneLookupOnly_AndItsLateAnswerCounts()
    {
        var answer = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _answers["a"] = () => answer.Task;
        Answer("b", "10.0.0.2");
        await using var run = RunOf(Names("a", "b"));

        await run.Sink.WaitForAsync("neutral-10.0.0.2:8000");
        await run.Sink.WaitForSynchronizationsAsync(3);
        Assert.Equal(1, _lookups);
        answer.SetResult([IPAddress.Parse("10.0.0.1")]);
        await run.Sink.WaitForAsync("neutral-10.0.0.1:8000", "neutral-10.0.0.2:8000");
    }

    [Fact]
    public async Task Run_MoreAddressesThanTheBound_FirstOnesAreUsed_OneLine()
    {
        Answer("engines", "10.0.0.1", "10.0.0.2", "10.0.0.3");
        await using var run = RunOf(Names("engines") with { MaxInstances = 2 });

        await run.Sink.WaitForAsync("neutral-10.0.0.1:8000", "neutral-10.0.0.2:8000");
        await run.Sink.WaitForSynchronizationsAsync(3);
        Assert.Single(run.Warnings);
    }

    private static DnsEndPoint At(string name) => new(name, 8000);

    private static DnsDiscoveryOptions Names(params string[] names) => new() { Names = [.. names.Select(At)] };

    private void Answer(string name, params string[] addresses) =>
        _answers[name] = () => Task.FromResult<IPAddress[]>([.. addresses.Select(IPAddress.Parse)]);

    private DiscoveryRun<DnsDiscovery> RunOf(DnsDiscoveryOptions options)
    {
        DnsDiscoveryOptions quick = options with { RefreshInterval = TimeSpan.FromMilliseconds(10), Timeout = TimeSpan.FromMilliseconds(50) };
        return new DiscoveryRun<DnsDiscovery>((sink, clock, log, _) => new DnsDiscovery(quick, sink, clock, log, LookUp));
    }

    private Task<IPAddress[]> LookUp(string host)
    {
        if (host == "a")
        {
            Interlocked.Increment(ref _lookups);
        }

        return _answers[host]();
    }
}
