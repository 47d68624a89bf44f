using Llumnix.Scheduling.Slo;

namespace Llumnix.Server.Options;

/// <summary>Adaptive prefill-decode scheduling, where every instance may take either role.</summary>
public sealed record AdaptivePdOptions
{
    /// <summary>Whether roles are assigned per request.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>Share of the TPOT target from which an instance is relieved; above 0.</summary>
    public double MigrateOutCeilThreshold { get; init; } = 0.95;

    /// <summary>Share of the TPOT target below which an instance is emptied; 0 or above, below the ceiling.</summary>
    public double MigrateOutFloorThreshold { get; init; } = 0.60;

    /// <summary>Which rules place and move requests.</summary>
    public AdaptivePdRules Rules { get; init; } = AdaptivePdRules.Tuned;
}
