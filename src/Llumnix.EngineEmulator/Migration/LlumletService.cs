using System.Globalization;
using Grpc.Core;
using Llumnix.EngineEmulator.Engines;
using Llumnix.Protocol.Llumlet;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>The engines' llumlets. The local port of a call identifies the engine.</summary>
internal sealed class LlumletService(EngineRegistry registry, HttpClient http, EngineHostOptions options) : Llumlet.LlumletBase
{
    /// <summary>Moves the picked requests one after the other. Answers when each has moved, has ended, or was refused.</summary>
    public override async Task<MigrateResponse> Migrate(MigrateRequest request, ServerCallContext context)
    {
        HostedEngine engine = FindEngine(context);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, engine.Ended);
        try
        {
            return await FailAsync(engine, ending.Token) ?? await MigrateAsync(engine, request, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            context.GetHttpContext().Abort();
            throw;
        }
    }

    /// <summary>Breaks requests off by their engine ids; their clients' connections are closed.</summary>
    public override Task<AbortResponse> Abort(AbortRequests request, ServerCallContext context)
    {
        HostedEngine engine = FindEngine(context);
        string[] unknown = [.. request.RequestIds.Where(id => !engine.Runner.Break(id))];
        return Task.FromResult(new AbortResponse
        {
            Success = unknown.Length == 0,
            Message = unknown.Length == 0 ? "" : "unknown requests: " + string.Join(", ", unknown),
        });
    }

    private static async Task<MigrateResponse?> FailAsync(HostedEngine engine, CancellationToken cancellationToken)
    {
        switch (engine.MigrateFault)
        {
            case MigrateFault.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                return null;
            case MigrateFault.Refuse:
                return Refusal("told to refuse");
            case MigrateFault.Error:
                throw new RpcException(new Status(StatusCode.Internal, "told to fail"));
            default:
                return null;
        }
    }

    private static MigrateResponse Refusal(string reason) => new() { Success = false, Message = reason };

    private async Task<MigrateResponse> MigrateAsync(HostedEngine engine, MigrateRequest request, CancellationToken cancellationToken)
    {
        if (request.SrcEngineId != engine.InstanceId)
        {
            return Refusal($"this is {engine.InstanceId}, not {request.SrcEngineId}");
        }

        if (request.DstEngineId == engine.InstanceId)
        {
            return Refusal("source and destination are the same");
        }

        if (MigrateRequestReader.Read(request, out string problem) is not { } selection)
        {
            return Refusal(problem);
        }

        IReadOnlyList<string> picked = engine.Runner.PickForMigration(selection);
        return picked.Count == 0 ? Refusal("no request matches") : await MigrateAsync(engine, picked, request, cancellationToken);
    }

    private async Task<MigrateResponse> MigrateAsync(
        HostedEngine engine, IReadOnlyList<string> requestIds, MigrateRequest request, CancellationToken cancellationToken)
    {
        int moved = 0, refused = 0;
        string reason = "";
        foreach (string requestId in requestIds)
        {
            if (await MoveAsync(engine, requestId, request, cancellationToken) is not { } refusal)
            {
                moved++;
            }
            else
            {
                // A request that has ended meanwhile is not a refusal.
                refused += engine.Runner.Holds(requestId) ? 1 : 0;
                reason = reason.Length == 0 ? refusal : reason;
            }
        }

        return new MigrateResponse
        {
            Success = moved > 0 && refused == 0,
            Message = reason.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{moved} of {requestIds.Count} moved: {reason}"),
        };
    }

    private Task<string?> MoveAsync(HostedEngine engine, string requestId, MigrateRequest request, CancellationToken cancellationToken)
    {
        var address = new EngineAddress(request.DstEngineId, request.DstEngineIp, request.DstEnginePort);
        HostedEngine? local = registry.ById(request.DstEngineId);
        if (local is null && !address.IsUsable)
        {
            return Task.FromResult<string?>("dst_engine_ip and dst_engine_port are no address");
        }

        IMigrationTarget target = local is not null
            ? new LocalTarget(local.Runner, local.Ended)
            : new RemoteTarget(http, address, options.MigrationTimeout, options.TimeProvider);
        return new RequestMigration(engine.Runner, target, options.TimeProvider).RunAsync(requestId, cancellationToken);
    }

    /// <exception cref="RpcException">The engine has ended.</exception>
    private HostedEngine FindEngine(ServerCallContext context)
    {
        HttpContext http = context.GetHttpContext();
        if (registry.ByLlumletPort(http.Connection.LocalPort) is { HasEnded: false } engine)
        {
            return engine;
        }

        http.Abort();
        throw new RpcException(new Status(StatusCode.Unavailable, "the engine has ended"));
    }
}
