namespace Llumnix.Gateway.Relay;

/// <summary>The outcome of sending a request to an engine.</summary>
/// <param name="Response">The answer with its body not yet read; null when there is none. The caller disposes of it.</param>
/// <param name="Failure">Why there is no answer.</param>
internal readonly record struct EngineAnswer(HttpResponseMessage? Response, EngineFailure Failure)
{
    /// <summary>Whether a retry on another engine may succeed: this one did not answer, or answered with an error of its own.</summary>
    public bool IsFailure => Response is null || (int)Response.StatusCode >= 500;
}
