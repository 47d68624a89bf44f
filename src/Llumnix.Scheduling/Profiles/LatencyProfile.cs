namespace Llumnix.Scheduling.Profiles;

/// <summary>The measured step times of an engine. Immutable.</summary>
/// <param name="Prefill">Milliseconds of a step by its prefill tokens.</param>
/// <param name="Decode">Milliseconds of a step by its decoding requests (rows) and their mean context in tokens (columns).</param>
public sealed record LatencyProfile(LatencyCurve Prefill, LatencyGrid Decode)
{
    /// <summary>Shortest mean context in tokens; shorter ones count as this long.</summary>
    private const double ShortestContext = 8;

    /// <summary>Milliseconds of the prefill part of a step; 0 without tokens.</summary>
    public double PrefillMs(double tokens) => tokens > 0 ? Prefill.At(tokens) : 0;

    /// <summary>Milliseconds of the decode part of a step, table(batch, max(8, tokens / batch)); 0 when either is 0.</summary>
    /// <param name="batch">Decoding requests.</param>
    /// <param name="tokens">Their context lengths, summed.</param>
    public double DecodeMs(double batch, double tokens) =>
        batch > 0 && tokens > 0 ? Decode.At(batch, Math.Max(ShortestContext, tokens / batch)) : 0;

    /// <summary>
    /// Milliseconds until a number of prompt tokens is computed in chunks, with the decodes going on: the sum over the chunks of <c>table(chunk) +
    /// decode step</c>, in closed form.
    /// </summary>
    /// <param name="tokens">Prompt tokens; 0 or less takes no time.</param>
    /// <param name="decodeStepMs">The decode part of each step.</param>
    /// <param name="chunk">Largest number of tokens in a step, at least 1.</param>
    public double PrefillByChunksMs(double tokens, double decodeStepMs, double chunk)
    {
        if (!(tokens > 0))
        {
            return 0;
        }

        if (tokens <= chunk)
        {
            return Prefill.At(tokens) + decodeStepMs;
        }

        double full = Math.Floor(tokens / chunk);
        double rest = tokens - (full * chunk);
        double ms = full * (Prefill.At(chunk) + decodeStepMs);
        return rest > 0 ? ms + Prefill.At(rest) + decodeStepMs : ms;
    }
}
