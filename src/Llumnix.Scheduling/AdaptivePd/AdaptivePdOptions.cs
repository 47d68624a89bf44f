namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>Adaptive prefill-decode scheduling, where every instance may take either role.</summary>
public sealed record AdaptivePdOptions
{
    /// <summary>Whether every instance may take both roles: <c>--enable-adaptive-pd</c>.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>Share of the TPOT target from which an instance is relieved, above 0: <c>--tpot-migrate-out-ceil-threshold</c>.</summary>
    public double MigrateOutCeilThreshold { get; init; } = 0.95;

    /// <summary>
    /// Share of the TPOT target below which an instance is emptied, not negative and below the ceiling: <c>--tpot-migrate-out-floor-threshold</c>.
    /// </summary>
    public double MigrateOutFloorThreshold { get; init; } = 0.60;

    /// <summary>How closely it looks before it places or moves a request: <c>--adaptive-pd-rules</c>.</summary>
    public AdaptivePdRules Rules { get; init; } = AdaptivePdRules.Tuned;
}
