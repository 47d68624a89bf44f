using k8s.Models;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Gateway;
using Llumnix.Deploy.Tests.Manifests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;

namespace Llumnix.Deploy.Tests.Secrets;

/// <summary>The Secret that deploy/README.md tells to create reaches every process that needs it, and nothing breaks without it.</summary>
public sealed class SecretTests
{
    /// <summary>The Secret's name in every overlay.</summary>
    internal const string Name = "llumnix";

    private static readonly Dictionary<string, string> Nothing = [];

    private static readonly Dictionary<string, string> Secrets = new()
    {
        ["service-token"] = "the-token",
        ["redis-password"] = "the-redis-password",
        ["etcd-username"] = "the-etcd-user",
        ["etcd-password"] = "the-etcd-password",
    };

    /// <summary>Service, and the key of the Secret that its clients need.</summary>
    private static readonly (string Service, string Key)[] Guarded =
        [("llumnix-scheduler", "service-token"), ("llumnix-redis", "redis-password"), ("llumnix-etcd", "etcd-username"), ("llumnix-etcd", "etcd-password")];

    public static TheoryData<string> Overlays => Manifests.Overlays.Rows;

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Client_OfAGuardedService_GetsItsSecret(string overlay)
    {
        RenderedOverlay cluster = RenderedOverlay.Load(overlay);
        foreach ((string service, string key) in Guarded)
        {
            if (!cluster.Of<V1Service>().Any(known => known.Metadata.Name == service))
            {
                continue;
            }

            V1Container[] clients = [.. Containers(cluster).Where(container => "llumnix-" + container.Name != service && Names(ContainerStart.Of(cluster, container, Nothing), service))];
            Assert.True(clients.Length > 0 || overlay is "base" or "emulated" or "high-availability", $"nothing in {overlay} talks to {service}");
            Assert.All(clients, client =>
                Assert.True(
                    ContainerStart.Of(cluster, client, Secrets).Texts.Any(text => text == Secrets[key] || text.EndsWith("=" + Secrets[key], StringComparison.Ordinal)),
                    $"{client.Name} talks to {service} and does not get {key}"));
        }
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Arguments_WithoutTheSecret_AreComplete(string overlay)
    {
        RenderedOverlay cluster = RenderedOverlay.Load(overlay);
        Assert.All(Containers(cluster), container =>
            Assert.DoesNotContain(ContainerStart.Of(cluster, container, Nothing).Arguments, argument => argument.Contains("$(", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Scheduler_OfAnOverlay_ReadsTokenAndPasswordsOfItsStore(string overlay)
    {
        SchedulerArguments scheduler = SchedulerArguments.Of(overlay);
        SchedulerOptions options = Parse(scheduler, Secrets);

        Assert.Equal("the-token", options.Service.Token.Reveal());
        string redis = options.Discovery.Kind == DiscoveryKind.Kubernetes ? "" : "the-redis-password";
        Assert.Equal((redis, redis), (options.Cms.Redis.Password.Reveal(), options.Discovery.Redis.Redis.Password.Reveal()));
        Assert.Equal(
            options.Discovery.Kind == DiscoveryKind.Etcd ? ("the-etcd-user", "the-etcd-password") : ("", ""),
            (options.Discovery.Etcd.Etcd.User, options.Discovery.Etcd.Etcd.Password.Reveal()));
        SchedulerOptions without = Parse(scheduler, Nothing);
        Assert.True(without is { Service.Token.IsEmpty: true, Cms.Redis.Password.IsEmpty: true, Discovery.Redis.Redis.Password.IsEmpty: true });
    }

    [Theory]
    [InlineData("neutral/full-mode-scheduling", "llumnix-neutral")]
    [InlineData("pd/full-mode-scheduling", "llumnix-prefill")]
    [InlineData("pd/full-mode-scheduling", "llumnix-decode")]
    public void PatchedEngine_OfAnOverlay_ReadsThePasswordOfTheCms(string overlay, string workload)
    {
        RenderedOverlay cluster = RenderedOverlay.Load(overlay);
        V1Container engine = cluster.Workloads.Single(known => known.Name == workload).Pod.Containers.Single(container => container.Name == "vllm");

        Assert.Equal("the-redis-password", ContainerStart.Of(cluster, engine, Secrets).Environment["LLUMNIX_CMS_REDIS_PASSWORD"]);
    }

    [Fact]
    public void Gateway_OfPlainEngines_ReadsTheToken()
    {
        RenderedOverlay cluster = RenderedOverlay.Load("plain-engines");
        ContainerStart start = ContainerStart.Of(cluster, Container(cluster, "gateway"), Secrets);

        OptionsParseResult<GatewayFlags> parsed = OptionsParser.Parse(
            GatewayOptionTable.Instance, [.. start.Arguments.Skip(1)], start.Environment.ToDictionary(), static path => throw new FileNotFoundException(null, path));

        Assert.Empty(parsed.Errors);
        Assert.Equal("the-token", parsed.Options.ServiceToken.Reveal());
    }

    /// <summary>The component that deploy/README.md names: the engines are started with the key, and who asks them reads its file.</summary>
    [Theory]
    [InlineData("plain-engines")]
    [InlineData("high-availability-plain-engines")]
    public async Task EngineApiKey_WithTheComponent_ReachesEnginesSchedulerAndGateway(string shipped)
    {
        using var overlay = new OwnOverlay($"resources: [../{shipped}]\ncomponents: [../components/engine-api-key]");
        RenderedOverlay cluster = RenderedOverlay.Of(await overlay.BuildAsync());
        Dictionary<string, string> secrets = new() { ["engine-api-key"] = "the-engine-key" };

        Assert.Equal("the-engine-key", ContainerStart.Of(cluster, Container(cluster, "vllm"), secrets).Environment["VLLM_API_KEY"]);
        ContainerStart scheduler = ContainerStart.Of(cluster, Container(cluster, "scheduler"), secrets);
        OptionsParseResult<SchedulerOptions> options = SchedulerOptionsParser.Parse(
            [.. scheduler.Arguments], scheduler.Environment.ToDictionary(), SchedulerProgram.KnownNames, static path => throw new FileNotFoundException(null, path));
        Assert.Empty(OptionsReport.RenderProblems(options));
        AssertMounted(cluster, "scheduler", options.Options.Engines.Scraper.ApiKeyFile);
        ContainerStart gateway = ContainerStart.Of(cluster, Container(cluster, "gateway"), secrets);
        OptionsParseResult<GatewayFlags> flags = OptionsParser.Parse(
            GatewayOptionTable.Instance, [.. gateway.Arguments.Skip(1)], gateway.Environment.ToDictionary(), static path => throw new FileNotFoundException(null, path));
        Assert.Empty(flags.Errors);
        AssertMounted(cluster, "gateway", flags.Options.Gateway.EngineApiKeyFile);
    }

    /// <summary>The file is the key of the Secret.</summary>
    private static void AssertMounted(RenderedOverlay cluster, string container, string file)
    {
        V1PodSpec pod = cluster.Workloads.Single(workload => workload.Name == "llumnix-" + container).Pod;
        V1VolumeMount mount = pod.Containers.Single().VolumeMounts.Single(known => file.StartsWith(known.MountPath + "/", StringComparison.Ordinal));
        V1SecretVolumeSource source = pod.Volumes.Single(volume => volume.Name == mount.Name).Secret;
        V1KeyToPath item = Assert.Single(source.Items);
        Assert.Equal((Name, "engine-api-key", file), (source.SecretName, item.Key, mount.MountPath + "/" + item.Path));
    }

    private static SchedulerOptions Parse(SchedulerArguments scheduler, IReadOnlyDictionary<string, string> secrets)
    {
        ContainerStart start = ContainerStart.Of(scheduler.Overlay, scheduler.Container, secrets);
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            [.. start.Arguments], start.Environment.ToDictionary(), SchedulerProgram.KnownNames, static path => throw new FileNotFoundException(null, path));
        Assert.Empty(OptionsReport.RenderProblems(parsed));
        return parsed.Options;
    }

    private static bool Names(ContainerStart start, string service) =>
        start.Texts.SelectMany(text => text.Split('=', ':', ',', '.', '/')).Contains(service);

    private static V1Container Container(RenderedOverlay cluster, string name) => Containers(cluster).Single(container => container.Name == name);

    private static IEnumerable<V1Container> Containers(RenderedOverlay cluster) => cluster.Workloads.SelectMany(workload => workload.Pod.Containers);
}
