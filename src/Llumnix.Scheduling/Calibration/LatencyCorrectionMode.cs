namespace Llumnix.Scheduling.Calibration;

/// <summary>What is done with the difference between predicted and actual latencies.</summary>
public enum LatencyCorrectionMode
{
    /// <summary>Nothing is measured.</summary>
    Off,

    /// <summary>It is measured and shown; predictions are those of the tables.</summary>
    Observe,

    /// <summary>Predictions are the tables' times the measured factors.</summary>
    On,
}
