using Grpc.Core;
using Llumnix.Protocol.Llumlet;

namespace Llumnix.Cli.Llumlet;

/// <summary>The llumlet of an engine that cannot move requests: refuses, and says why.</summary>
internal sealed class UnsupportedMigrations : Protocol.Llumlet.Llumlet.LlumletBase
{
    private const string Reason = "not supported: the engine is not patched for it";

    /// <inheritdoc/>
    public override Task<MigrateResponse> Migrate(MigrateRequest request, ServerCallContext context) =>
        Task.FromResult(new MigrateResponse { Success = false, Message = Reason });

    /// <inheritdoc/>
    public override Task<AbortResponse> Abort(AbortRequests request, ServerCallContext context) =>
        Task.FromResult(new AbortResponse { Success = false, Message = Reason });
}
