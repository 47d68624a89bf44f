namespace Llumnix.Scheduling.Instances;

/// <summary>
/// The inputs of predictions that depend on the instance alone, not on the request: computed once after each change of its load, not once per decision.
/// </summary>
internal struct LatencyInputs
{
    /// <summary>The predictor that computed the inputs; null when the load has changed since, and all other fields are out of date.</summary>
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
