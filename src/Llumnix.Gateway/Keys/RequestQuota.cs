using Llumnix.Gateway.Admission;
using Llumnix.Gateway.Http;
using Llumnix.Gateway.Telemetry;

namespace Llumnix.Gateway.Keys;

/// <summary>What one request takes of its key's allowances: tokens by estimate at first, by the engine's count in the end.</summary>
/// <param name="key">The request's key; null when none is asked for.</param>
internal sealed class RequestQuota(ApiKey? key)
{
    /// <summary>The name of the allowance of requests.</summary>
    public const string Requests = "requests";

    /// <summary>The name of the allowance of tokens.</summary>
    public const string Tokens = "tokens";

    private int _estimate;
    private string? _refusal;

    /// <summary>The highest priority class that the request may have.</summary>
    public int MaxPriority => key?.MaxPriority ?? RequestPriority.Highest;

    /// <summary>Takes the request itself.</summary>
    /// <returns>Why it is refused; null when it is not.</returns>
    public OpenAiError? TakeRequest() =>
        key?.Requests is not { } requests || requests.TryTake(1, out TimeSpan retryAfter) ? null : Refuse(Requests, retryAfter);

    /// <summary>Takes the tokens of the prompt.</summary>
    /// <param name="estimate">How many they may be, 0 or above.</param>
    /// <returns>Why the request is refused; null when it is not.</returns>
    public OpenAiError? TakePrompt(int estimate)
    {
        if (key?.Tokens is { } tokens && !tokens.TryTake(estimate, out TimeSpan retryAfter))
        {
            return Refuse(Tokens, retryAfter);
        }

        _estimate = estimate;
        return null;
    }

    /// <summary>Takes what has come to more than the estimate, or gives back what has not, and counts the request.</summary>
    /// <param name="telemetry">Where it is counted.</param>
    /// <param name="record">What is known of the request.</param>
    /// <param name="isRefused">Whether no engine did anything for it, as far as is known.</param>
    public void Settle(KeyTelemetry telemetry, RequestRecord record, bool isRefused)
    {
        if (key is null)
        {
            return;
        }

        long used = record.Usage is { } usage ? (long)usage.PromptTokens + usage.OutputTokens
            : isRefused ? 0
            : (long)_estimate + record.Events;
        key.Tokens?.Settle(_estimate - used);
        telemetry.OnDone(key.Name, used, _refusal);
    }

    private OpenAiError Refuse(string allowance, TimeSpan retryAfter)
    {
        _refusal = allowance;
        return OpenAiError.RateLimited(allowance, retryAfter);
    }
}
