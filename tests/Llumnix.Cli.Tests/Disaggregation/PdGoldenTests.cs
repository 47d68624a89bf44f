using Google.Protobuf;
using Llumnix.Adapters.Discovery;
using Llumnix.Cli.Gateway;
using Llumnix.Cli.Serve;
using Llumnix.Cli.Tests.Gateway;
using Llumnix.Gateway.Options;
using Llumnix.Gateway.Placement.Schedulers;
using Llumnix.Gateway.Tests.Disaggregation;
using Llumnix.Gateway.Tests.Hosting;
using Llumnix.Protocol.Cms;
using Llumnix.Protocol.Resolver;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Discovery;
using Llumnix.Testing.Polling;
using Llumnix.Testing.Servers;
using StackExchange.Redis;

namespace Llumnix.Cli.Tests.Disaggregation;

/// <summary>Both gateways send engines the same bodies, byte for byte.</summary>
public sealed class PdGoldenTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(PdGolden.All), MemberType = typeof(PdGolden))]
    public async Task Post_Serve_BothEnginesGetTheirBodies(PdProtocol protocol, bool isStaged, bool isStream)
    {
        await using ScriptedEngine prefill = await PdAnswers.PrefillAsync();
        await using ScriptedEngine decode = await PdAnswers.DecodeAsync();
        await using ServeHost host = ServeHost.Build(new ServeSettings
        {
            PrefillEngines = [new ListedEngine("127.0.0.1", prefill.Url.Port)],
            DecodeEngines = [new ListedEngine("127.0.0.1", decode.Url.Port)],
            KvTransferPorts = [7777],
            Gateway = new GatewayOptions { Port = 0, PdProtocol = protocol, IsPdStaged = isStaged },
        });
        await host.Gateway.StartAsync(Cancellation);
        using var client = new HttpClient { BaseAddress = host.Gateway.Address };
        await new PdGolden(protocol, isStaged, isStream) { KvTransfer = ("127.0.0.1", 7777) }.VerifyAsync(client, prefill, decode);
        await Eventually.TrueAsync(() => host.LeaseCount + host.AccountedRequests + host.Gateway.ActiveRequests == 0);
    }

    [Theory]
    [MemberData(nameof(PdGolden.All), MemberType = typeof(PdGolden))]
    public Task Post_LiteModeScheduler_BothEnginesGetTheirBodies(PdProtocol protocol, bool isStaged, bool isStream) =>
        VerifyAsync(isFullMode: false, protocol, isStaged, isStream);

    [Theory]
    [MemberData(nameof(PdGolden.All), MemberType = typeof(PdGolden))]
    public Task Post_FullModeScheduler_BothEnginesGetTheirBodies(PdProtocol protocol, bool isStaged, bool isStream) =>
        VerifyAsync(isFullMode: true, protocol, isStaged, isStream);

    private static async Task VerifyAsync(bool isFullMode, PdProtocol protocol, bool isStaged, bool isStream)
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using ScriptedEngine prefill = await PdAnswers.PrefillAsync();
        await using ScriptedEngine decode = await PdAnswers.DecodeAsync();
        await RegisterAsync(redis, isFullMode, ("prefill", prefill), ("decode", decode));
        string[] store = isFullMode
            ? ["--cms-redis-host=127.0.0.1", FormattableString.Invariant($"--cms-redis-port={redis.Port}")]
            : ["--enable-full-mode-scheduling=false", "--discovery-redis-host=127.0.0.1", FormattableString.Invariant($"--discovery-redis-port={redis.Port}")];
        await using SchedulerHost scheduler = SchedulerHost.Build(SchedulerOptionsParser.Parse(
            ["--host=127.0.0.1", "--port=0", .. store], SchedulerProgram.KnownNames).Options);
        await scheduler.StartAsync(Cancellation);

        // It knows no engine itself, so that only the scheduler can have named them.
        await using var gateway = new FleetGateway(new GatewaySettings
        {
            Discovery = GatewayInput.Parse(["--llm-backend-discovery=endpoints", "--llm-backend-endpoints=127.0.0.1:1"]).Options.Discovery,
            Schedulers = new SchedulerPlacerOptions { Schedulers = [new SchedulerAccess(scheduler.Address)] },
            Gateway = new GatewayOptions { Port = 0, PdProtocol = protocol, IsPdStaged = isStaged },
        });
        await gateway.Host.StartAsync(Cancellation);
        await Eventually.TrueAsync(() => (isFullMode ? scheduler.Snapshot().Instances.Count : scheduler.LiteModeSnapshot().Instances.Count) == 2);
        using var client = new HttpClient { BaseAddress = gateway.Host.Address };
        await new PdGolden(protocol, isStaged, isStream).VerifyAsync(client, prefill, decode);
        await Eventually.TrueAsync(() => gateway.Held + gateway.Host.ActiveRequests
            + (isFullMode ? scheduler.Snapshot().LedgerEntries : scheduler.LiteModeSnapshot().States) == 0);
    }

    private static async Task RegisterAsync(RedisServer redis, bool isFullMode, params (string Role, ScriptedEngine Engine)[] engines)
    {
        await using ConnectionMultiplexer connection = await redis.ConnectAsync();
        var cms = new CmsWriter(connection.GetDatabase());
        foreach ((string role, ScriptedEngine engine) in engines)
        {
            if (isFullMode)
            {
                await cms.PutAsync(new InstanceMetadata
                {
                    InstanceId = role, InstanceType = role, Ip = "127.0.0.1", ApiServerPort = engine.Url.Port, IpKvt = "10.1.2.3", KvtPort = 7777, DataParallelSize = 1,
                });
                await cms.PutAsync(new InstanceStatus
                {
                    InstanceId = role, Schedulable = true, TimestampMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(), NumTotalGpuTokens = 100_000,
                });
                continue;
            }

            PodDiscoveryInfo pod = PodMessages.Pod(role);
            InstanceDiscoveryInfo instance = pod.Instances[0];
            (instance.InstanceType, instance.EntrypointIp, instance.EntrypointPort) = (role, "127.0.0.1", engine.Url.Port);
            (instance.KvTransferIp, instance.KvTransferPort) = ("10.1.2.3", 7777);
            await connection.GetDatabase().StringSetAsync("llumnix:discovery:" + role, pod.ToByteArray());
        }
    }
}
