using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>A reservation request from one emulator process to another.</summary>
internal sealed record ReservationMessage
{
    public required string EngineId { get; init; }

    public required string RequestId { get; init; }

    public required int PromptTokens { get; init; }

    public required int OutputTokens { get; init; }

    public InferType Role { get; init; }

    public required IReadOnlyList<ulong> ContentIds { get; init; }

    public int EmittedTokens { get; init; }

    public int ComputedTokens { get; init; }

    public bool NeedsLoad { get; init; }

    public static ReservationMessage Of(MigratingRequest request, string engineId) => new()
    {
        EngineId = engineId,
        RequestId = request.Request.Id,
        PromptTokens = request.Request.PromptTokens,
        OutputTokens = request.Request.OutputTokens,
        Role = request.Request.Role,
        ContentIds = request.Request.ContentIds.ToArray(),
        EmittedTokens = request.EmittedTokens,
        ComputedTokens = request.ComputedTokens,
        NeedsLoad = request.NeedsLoad,
    };

    public MigratingRequest ToRequest(object context) => new(
        new EngineRequest
        {
            Id = RequestId,
            PromptTokens = PromptTokens,
            OutputTokens = OutputTokens,
            Role = Role,
            ContentIds = ContentIds.ToArray(),
            Context = context,
        },
        EmittedTokens,
        ComputedTokens,
        NeedsLoad);
}
