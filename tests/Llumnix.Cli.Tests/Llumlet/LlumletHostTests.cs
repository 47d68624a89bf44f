using System.Net;
using Grpc.Net.Client;
using Llumnix.EngineEmulator;
using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Cms;
using Llumnix.Testing.Polling;

namespace Llumnix.Cli.Tests.Llumlet;

/// <summary>A plain engine with a llumlet of ours beside it, in a CMS with a patched one.</summary>
public sealed class LlumletHostTests
{
    private const string Short = """{"max_tokens":2,"messages":[{"role":"user","content":"a"}]}""";
    private const string Long = """{"stream":true,"max_tokens":100000,"messages":[{"role":"user","content":"a"}]}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MetricsFace.Vllm, "vllm")]
    [InlineData(MetricsFace.Sglang, "sglang")]
    public async Task Run_EngineHasLoadOfOthers_TheSchedulerSeesIt(MetricsFace face, string backend)
    {
        await using PlainFleet fleet = await PlainFleet.StartAsync(face);
        var foreign = new List<HttpResponseMessage>();
        for (int i = 0; i < 20; i++)
        {
            foreign.Add(await fleet.PostAsync(Long, FormattableString.Invariant($"foreign-{i}"), directly: fleet.PlainEngine));
        }

        await Eventually.TrueAsync(() => fleet.Find(PlainFleet.PlainId)!.Status.RunningRequestCount == 20);
        InstanceSnapshot seen = fleet.Find(PlainFleet.PlainId)!;
        Assert.Equal((backend, false, fleet.PlainEngine.Port), (seen.Metadata.BackendType, seen.Metadata.NamesRequests, seen.Metadata.ApiServerPort));
        Assert.Equal(0, fleet.Scheduler.Snapshot().LedgerEntries);
        Assert.True(seen.Status.UsedGpuTokens > 0);
        foreign.ForEach(static answer => answer.Dispose());
    }

    /// <summary>Statuses of the one name requests, those of the other do not: each request is accounted for until its end, and not after it.</summary>
    [Fact]
    public async Task Post_ManyThroughTheGateway_AllAccountsReturnToZero()
    {
        await using PlainFleet fleet = await PlainFleet.StartAsync();
        var streams = new List<HttpResponseMessage>();
        for (int i = 0; i < 20; i++)
        {
            streams.Add(await fleet.PostAsync(Long, FormattableString.Invariant($"long-{i}")));
            Assert.Equal(HttpStatusCode.OK, streams[^1].StatusCode);
        }

        // Neither once more in the ledger nor lost between ledger and status.
        await Eventually.TrueAsync(() => fleet.Instances.All(static instance => instance.Dispatched == default)
            && fleet.Instances.Sum(static instance => instance.Status.RunningRequestCount) == 20);
        Assert.All(fleet.Instances, static instance => Assert.True(instance.Status.RunningRequestCount > 0));
        streams.ForEach(static answer => answer.Dispose());
        HttpResponseMessage[] answers = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => fleet.PostAsync(Short, FormattableString.Invariant($"short-{i}"))));
        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        await Eventually.TrueAsync(() => fleet.Scheduler.Snapshot().LedgerEntries == 0
            && fleet.Instances.All(static instance => instance.Dispatched == default && instance.Status.RunningRequestCount == 0));
    }

    [Fact]
    public async Task Run_EngineDiesAndComesBack_ItIsOutAndThenAnotherProcess()
    {
        await using PlainFleet fleet = await PlainFleet.StartAsync();
        double created = fleet.Find(PlainFleet.PlainId)!.Metadata.UtcCreate;
        await fleet.RestartPlainAsync(async () =>
        {
            await Eventually.TrueAsync(() => fleet.Find(PlainFleet.PlainId)!.Health == InstanceHealth.Unschedulable);
            using HttpResponseMessage ready = await fleet.Client.GetAsync(ReadyOf(fleet), Cancellation);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Equal("the engine of plain does not answer", await ready.Content.ReadAsStringAsync(Cancellation));
        });
        await Eventually.TrueAsync(() => fleet.Find(PlainFleet.PlainId) is { Health: InstanceHealth.Ok } back && back.Metadata.UtcCreate > created);
        using HttpResponseMessage again = await fleet.Client.GetAsync(ReadyOf(fleet), Cancellation);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    /// <summary>An engine that does not tell its load must not seem idle.</summary>
    [Theory]
    [InlineData(MetricsFault.Error)]
    [InlineData(MetricsFault.Garbage)]
    [InlineData(MetricsFault.Slow)]
    public async Task Run_MetricsBreak_NothingMoreIsWritten(MetricsFault fault)
    {
        await using PlainFleet fleet = await PlainFleet.StartAsync();
        fleet.PlainEngine.MetricsFault = fault;
        await Eventually.TrueAsync(() => fleet.Find(PlainFleet.PlainId)!.Health == InstanceHealth.Stale);
        Assert.NotNull(fleet.Find(PlainFleet.PlainId)!.Status.Reading);
    }

    [Fact]
    public async Task Run_StoreLosesEverything_ItIsWrittenAgain()
    {
        await using PlainFleet fleet = await PlainFleet.StartAsync();
        await fleet.Store.KeyDeleteAsync([CmsWriter.MetadataKey(PlainFleet.PlainId), CmsWriter.StatusKey(PlainFleet.PlainId)]);
        await Eventually.TrueAsync(async () => await fleet.Store.KeyExistsAsync(CmsWriter.MetadataKey(PlainFleet.PlainId)), TimeSpan.FromSeconds(30));
        Assert.InRange((await fleet.Store.KeyTimeToLiveAsync(CmsWriter.MetadataKey(PlainFleet.PlainId)))!.Value.TotalSeconds, 60, 100);
    }

    [Fact]
    public async Task Stop_Running_DeletesItsKeys()
    {
        await using PlainFleet fleet = await PlainFleet.StartAsync();
        await fleet.Llumlet.DisposeAsync();
        Assert.Equal(0, await fleet.Store.KeyExistsAsync([CmsWriter.MetadataKey(PlainFleet.PlainId), CmsWriter.StatusKey(PlainFleet.PlainId)]));
        await Eventually.TrueAsync(() => fleet.Find(PlainFleet.PlainId) is null);
    }

    [Fact]
    public async Task Migrate_PlainEngine_IsNotSupported()
    {
        await using PlainFleet fleet = await PlainFleet.StartAsync();
        InstanceMetadata metadata = fleet.Find(PlainFleet.PlainId)!.Metadata;
        Assert.Equal(fleet.Llumlet.GrpcPort, metadata.LlumletPort);
        using var channel = GrpcChannel.ForAddress(FormattableString.Invariant($"http://{metadata.Ip}:{metadata.LlumletPort}"));
        MigrateResponse answer = await new Protocol.Llumlet.Llumlet.LlumletClient(channel).MigrateAsync(new MigrateRequest(), cancellationToken: Cancellation);
        Assert.False(answer.Success);
        Assert.Contains("not supported", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Probe_ByHead_IsAnsweredWithoutABody(string path)
    {
        await using PlainFleet fleet = await PlainFleet.StartAsync();
        using var client = new HttpClient();
        using HttpResponseMessage answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri(ReadyOf(fleet), path)), Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    private static Uri ReadyOf(PlainFleet fleet) => new(FormattableString.Invariant($"http://127.0.0.1:{fleet.Llumlet.Port}/readyz"));
}
