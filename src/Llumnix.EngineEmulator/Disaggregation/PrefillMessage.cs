using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Disaggregation;

/// <summary>A decode engine's request that a prefill engine compute a prompt.</summary>
internal sealed record PrefillMessage
{
    /// <summary>The request's id at both engines.</summary>
    public required string RequestId { get; init; }

    public required int PromptTokens { get; init; }

    public required IReadOnlyList<ulong> ContentIds { get; init; }

    public static PrefillMessage Of(EngineRequest request) => new()
    {
        RequestId = request.Id,
        PromptTokens = request.PromptTokens,
        ContentIds = request.ContentIds.ToArray(),
    };

    public EngineRequest ToRequest(object context) => new()
    {
        Id = RequestId,
        PromptTokens = PromptTokens,
        OutputTokens = 1,
        Role = InferType.Prefill,
        ContentIds = ContentIds.ToArray(),
        Context = context,
    };
}
