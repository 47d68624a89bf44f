using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Prediction;

namespace Llumnix.Scheduling.FullMode;

/// <summary>The prediction for a request in one role, and what is known so far of what comes.</summary>
internal struct OpenPrediction
{
    public string RequestId;
    public FullModeInstance Instance;
    public InferType Role;

    /// <summary>When it was placed, milliseconds of the scheduler's clock.</summary>
    public double PlacedMs;

    /// <summary>The predicted time to first token; without meaning for a decode.</summary>
    public PredictedLatency Ttft;

    /// <summary>The predicted time per output token; without meaning for a prefill.</summary>
    public PredictedLatency Tpot;

    /// <summary>Whether its time to first token is known.</summary>
    public bool HasFirstToken;

    /// <summary>The instance's decoding steps, and their time, at the placement of a decode.</summary>
    public double DecodingSteps;
    public double DecodingMs;

    /// <summary>The first report after the first token, and the newest one; the times are 0 without one.</summary>
    public double FirstReportMs;
    public double LastReportMs;
    public long FirstReportTokens;
    public long LastReportTokens;
}
