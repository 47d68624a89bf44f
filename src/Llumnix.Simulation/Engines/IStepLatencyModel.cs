namespace Llumnix.Simulation.Engines;

/// <summary>How long an engine computes. A step that mixes prefill and decode lasts the sum of both parts.</summary>
public interface IStepLatencyModel
{
    /// <summary>Time that the prefill part of a step takes.</summary>
    /// <param name="tokens">Prompt tokens computed in the step, at least 1.</param>
    TimeSpan Prefill(int tokens);

    /// <summary>Time that the decode part of a step takes.</summary>
    /// <param name="batch">Requests that decode in the step, at least 1.</param>
    /// <param name="kvTokens">Their context lengths, summed.</param>
    TimeSpan Decode(int batch, long kvTokens);
}
