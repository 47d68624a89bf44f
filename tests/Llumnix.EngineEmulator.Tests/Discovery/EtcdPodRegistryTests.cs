using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Etcd;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Instances;
using Llumnix.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Llumnix.EngineEmulator.Tests.Discovery;

/// <summary>Engines that register in a real etcd, and discovery that follows them there.</summary>
public sealed class EtcdPodRegistryTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private RecordingDiscoverySink _sink = new();
    private EtcdServers _etcd = null!;
    private EngineHost _host = null!;
    private Task _following = null!;

    public async ValueTask InitializeAsync()
    {
        _etcd = await EtcdServers.StartAsync(count: 1);
        EngineHostOptions options = EngineHostBuilder.Options(EngineHostBuilder.Fast, InferType.Neutral, InferType.Decode);
        _host = await EngineHost.StartAsync(
            options with
            {
                Engines = [options.Engines[0] with { PodName = "pod-a" }, options.Engines[1] with { PodName = "pod-b", DiscoveryModel = "m" }],
                DiscoveryEtcd = string.Join(',', _etcd.Endpoints),
                DiscoveryLeaseLifetime = TimeSpan.FromSeconds(2),
            },
            TestContext.Current.CancellationToken);
        _following = FollowAsync();
        await UntilAsync("pod-a_dp0", "pod-b_dp0");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following.ContinueWith(static _ => { }, TaskScheduler.Default);
        await _host.DisposeAsync();
        await _etcd.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public void Host_Started_IsFoundAsItIs()
    {
        HostedEngine engine = _host.Engines[1];
        Assert.Equal(
            new DiscoveredInstance
            {
                Id = "pod-b_dp0", InferType = InferType.Decode, Host = "127.0.0.1", Port = engine.Port, AuxIp = "127.0.0.1", AuxPort = engine.Port,
                DataParallelSize = 1, Model = "m", Version = (long)(engine.Metadata.UtcCreate * 1000),
            },
            _sink.Instances["pod-b_dp0"]);
    }

    [Fact]
    public async Task Engine_Crashed_GoesWithItsLease()
    {
        await _host.Engines[0].CrashAsync();
        await UntilAsync("pod-b_dp0");
    }

    [Fact]
    public async Task Host_Stopped_IsGoneAtOnce()
    {
        await _host.DisposeAsync();
        await UntilAsync();
    }

    [Fact]
    public async Task Etcd_RestartedEmpty_TheEnginesRegisterAgain()
    {
        await _etcd.RestartEmptyAsync();

        // A reader that knows nothing of the time before.
        _sink = new RecordingDiscoverySink();
        _following = Task.WhenAll(_following, FollowAsync());
        await UntilAsync("pod-a_dp0", "pod-b_dp0");
    }

    private Task FollowAsync() => new EtcdDiscovery(
        new EtcdDiscoveryOptions { Etcd = new EtcdOptions { Endpoints = _etcd.Endpoints } },
        _sink,
        TimeProvider.System,
        NullLogger<EtcdDiscovery>.Instance).RunAsync(_stop.Token);

    private Task UntilAsync(params string[] ids) => _sink.WaitForAsync(ids);
}
