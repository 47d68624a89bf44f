namespace Llumnix.Scheduling.Instances;

/// <summary>
/// What predictions on an instance start from, whatever the request: taken together once after each change of its load, not once per decision.
/// </summary>
internal struct LatencyInputs
{
    /// <summary>Whose profile the times are from; null: the load has changed since, everything else is out of date.</summary>
    public object? Predictor;

    /// <summary>Largest number of tokens in a step.</summary>
    public double Chunk;

    /// <summary>Requests that decode.</summary>
    public double DecodeBatch;

    /// <summary>Their tokens.</summary>
    public double DecodeTokens;

    /// <summary>The decode part of a step, milliseconds.</summary>
    public double DecodeStepMs;

    /// <summary>Time of the prefills in the status, milliseconds.</summary>
    public double KnownMs;

    /// <summary>Time of the prefill step under way, milliseconds.</summary>
    public double StepMs;

    /// <summary>Prompt tokens in flight.</summary>
    public double InFlightTokens;

    /// <summary>Prompt tokens in the status and in flight.</summary>
    public double BacklogTokens;
}
