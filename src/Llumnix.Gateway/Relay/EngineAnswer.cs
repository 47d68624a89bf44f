namespace Llumnix.Gateway.Relay;

/// <summary>What came of sending a request to an engine.</summary>
/// <param name="Response">The answer, of which only the headers are there; null without one. To be disposed of by the caller.</param>
/// <param name="Failure">Why there is none.</param>
internal readonly record struct EngineAnswer(HttpResponseMessage? Response, EngineFailure Failure)
{
    /// <summary>Whether another engine may do better: this one is away or says itself that it failed.</summary>
    public bool IsFailure => Response is null || (int)Response.StatusCode >= 500;
}
