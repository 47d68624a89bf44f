using Llumnix.Gateway.Placement;

namespace Llumnix.Cli.Serve;

/// <summary>A request's use of an instance that the scheduler in the same process gave it.</summary>
/// <param name="placer">Who gave it.</param>
/// <param name="requestId">The request, as the scheduler knows it.</param>
/// <param name="promptTokens">Length of its prompt in tokens.</param>
/// <param name="target">The instance.</param>
internal sealed class LocalLease(LocalPlacer placer, string requestId, int promptTokens, EngineTarget target) : PlacementLease(target)
{
    internal string RequestId { get; } = requestId;

    internal int PromptTokens { get; } = promptTokens;

    /// <summary>Whether the scheduler knows of the first token. Owned by the placer's reports.</summary>
    internal bool IsFirstTokenTold { get; set; }

    /// <inheritdoc/>
    protected override ValueTask ReleaseAsync()
    {
        placer.Release(this);
        return ValueTask.CompletedTask;
    }
}
