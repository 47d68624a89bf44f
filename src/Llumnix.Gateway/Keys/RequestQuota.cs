using Llumnix.Gateway.Admission;
using Llumnix.Gateway.Http;
using Llumnix.Gateway.Telemetry;

namespace Llumnix.Gateway.Keys;

/// <summary>What one request takes of its key's allowances: tokens by estimate at first, by the engine's count in the end.</summary>
/// <param name="key">The request's key; null when none is asked for.</param>
internal sealed class RequestQuota(ApiKey? key)
{
    private int _taken;

    /// <summary>The highest priority class that the request may have.</summary>
    public int MaxPriority => key?.MaxPriority ?? RequestPriority.Highest;

    /// <summary>Takes the request itself.</summary>
    /// <returns>Why it is refused; null when it is not.</returns>
    public OpenAiError? TakeRequest() =>
        key?.Requests is not { } requests || requests.TryTake(1, out TimeSpan retryAfter) ? null : OpenAiError.RateLimited("requests", retryAfter);

    /// <summary>Takes the tokens of the prompt.</summary>
    /// <param name="estimate">How many they may be, 0 or above.</param>
    /// <returns>Why the request is refused; null when it is not.</returns>
    public OpenAiError? TakePrompt(int estimate)
    {
        if (key?.Tokens is not { } tokens)
        {
            return null;
        }

        if (!tokens.TryTake(estimate, out TimeSpan retryAfter))
        {
            return OpenAiError.RateLimited("tokens", retryAfter);
        }

        _taken = estimate;
        return null;
    }

    /// <summary>Takes what has come to more than the estimate, or gives back what has not.</summary>
    /// <param name="record">What is known of the request.</param>
    /// <param name="isRefused">Whether no engine did anything for it, as far as is known.</param>
    public void Settle(RequestRecord record, bool isRefused)
    {
        if (key?.Tokens is not { } tokens)
        {
            return;
        }

        long used = record.Usage is { } usage ? (long)usage.PromptTokens + usage.OutputTokens
            : isRefused ? 0
            : (long)_taken + record.Events;
        tokens.Settle(_taken - used);
    }
}
