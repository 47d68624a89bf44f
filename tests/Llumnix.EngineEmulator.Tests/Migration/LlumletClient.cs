using Grpc.Core;
using Grpc.Net.Client;
using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Tests.Migration;

/// <summary>Calls one engine's llumlet as a rescheduler does: by what the engine's metadata say.</summary>
internal sealed class LlumletClient : IDisposable
{
    private readonly InstanceMetadata _source;
    private readonly GrpcChannel _channel;
    private readonly Llumlet.LlumletClient _client;

    public LlumletClient(HostedEngine source)
    {
        _source = source.Metadata;
        _channel = GrpcChannel.ForAddress($"http://{_source.Ip}:{_source.LlumletPort}");
        _client = new Llumlet.LlumletClient(_channel);
    }

    public MigrateRequest To(InstanceMetadata destination, int requests = 1, string order = "FCR") => new()
    {
        SrcEngineId = _source.InstanceId,
        DstEngineId = destination.InstanceId,
        DstEngineIp = destination.IpKvs,
        DstEnginePort = destination.KvtPort,
        MigrationType = "NUM_REQ",
        MigrationReqPolicy = order,
        NumReqs = requests,
        TriggerPolicy = "test",
    };

    public Task<MigrateResponse> MigrateAsync(HostedEngine destination, int requests = 1, string order = "FCR", CancellationToken? cancellation = null) =>
        MigrateAsync(To(destination.Metadata, requests, order), cancellation);

    public async Task<MigrateResponse> MigrateAsync(MigrateRequest request, CancellationToken? cancellation = null) =>
        await _client.MigrateAsync(request, new CallOptions(cancellationToken: cancellation ?? TestContext.Current.CancellationToken));

    public async Task<AbortResponse> AbortAsync(params string[] requestIds) =>
        await _client.AbortAsync(new AbortRequests { RequestIds = { requestIds } }, cancellationToken: TestContext.Current.CancellationToken);

    public void Dispose() => _channel.Dispose();
}
