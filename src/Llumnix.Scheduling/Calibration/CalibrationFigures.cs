namespace Llumnix.Scheduling.Calibration;

/// <summary>What is known of the errors of predictions, for telemetry.</summary>
/// <param name="Errors">Errors of the latencies of whole requests, by class.</param>
/// <param name="Tables">Errors of the tables, by instance.</param>
public sealed record CalibrationFigures(IReadOnlyList<LatencyErrorFigures> Errors, IReadOnlyList<TableErrorFigures> Tables)
{
    /// <summary>Nothing is known.</summary>
    public static CalibrationFigures None { get; } = new([], []);
}
