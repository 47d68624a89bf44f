using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Llumnix.Scheduling.Profiles;

/// <summary>The measured step times of an engine. Immutable.</summary>
/// <param name="Prefill">Milliseconds of a step by its prefill tokens.</param>
/// <param name="Decode">Milliseconds of a step by its decoding requests (rows) and their mean context in tokens (columns).</param>
public sealed record LatencyProfile(LatencyCurve Prefill, LatencyGrid Decode)
{
    /// <summary>Shortest mean context in tokens; shorter ones count as this long.</summary>
    private const double ShortestContext = 8;

    /// <summary>Some eleven days: beyond every target, and finite, so that sums and differences stay numbers.</summary>
    private const double UnknownMs = 1e9;

    /// <summary>The step times of an engine of which nothing is known: no target is met there.</summary>
    public static LatencyProfile Unknown { get; } = new(new LatencyCurve([1], [UnknownMs]), new LatencyGrid([1], [ShortestContext], [UnknownMs]));

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

    /// <summary>The mean contexts of four batches, as <see cref="DecodeMs(double, double)"/> looks them up.</summary>
    /// <param name="batches">Decoding requests.</param>
    /// <param name="tokens">Their context lengths, summed.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> ContextsOf(Vector256<double> batches, Vector256<double> tokens) =>
        Vector256.MaxNative(tokens / batches, Vector256.Create(ShortestContext));

    /// <summary>The part of the decode table in which a batch is found, whether its contexts become a little longer or shorter; none where it needs a search.</summary>
    /// <param name="batch">Decoding requests.</param>
    /// <param name="row">The grid's row of the batch, from <see cref="LatencyGrid.FindRow"/>.</param>
    /// <param name="rowWeight">The weight of the row, likewise.</param>
    /// <param name="tokens">Their context lengths, summed.</param>
    internal LatencyCell DecodeCell(double batch, int row, double rowWeight, double tokens) =>
        batch > 0 ? Decode.Around(row, rowWeight, Math.Max(ShortestContext, tokens / batch)) : default;

    /// <summary>
    /// <see cref="DecodeMs(double, double)"/> of four batches, each with the same roundings.
    /// </summary>
    /// <param name="batches">Decoding requests.</param>
    /// <param name="rows">The grid's rows of the batches, from <see cref="LatencyGrid.FindRow"/>.</param>
    /// <param name="rowWeights">The weights of the rows, likewise.</param>
    /// <param name="tokens">Their context lengths, summed.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector256<double> DecodeMs(
        Vector256<double> batches, Vector128<int> rows, Vector256<double> rowWeights, Vector256<double> tokens)
    {
        Vector256<double> isAny = Vector256.GreaterThan(batches, Vector256<double>.Zero) & Vector256.GreaterThan(tokens, Vector256<double>.Zero);
        return Decode.At(rows, rowWeights, ContextsOf(batches, tokens)) & isAny;
    }

    /// <summary><see cref="PrefillByChunksMs(double, double, double)"/> of four instances, each with the same roundings.</summary>
    /// <param name="tokens">Prompt tokens, whole numbers; 0 or less takes no time.</param>
    /// <param name="decodeStepsMs">The decode part of each step.</param>
    /// <param name="chunks">Largest number of tokens in a step, a whole number, at least 1.</param>
    /// <param name="chunksMs">The prefill times of so many tokens.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector256<double> PrefillByChunksMs(
        Vector256<double> tokens, Vector256<double> decodeStepsMs, Vector256<double> chunks, Vector256<double> chunksMs)
    {
        Vector256<double> isAny = Vector256.GreaterThan(tokens, Vector256<double>.Zero);
        if (Vector256.LessThanOrEqualAll(tokens, chunks))
        {
            return (Prefill.AtWhole(tokens) + decodeStepsMs) & isAny;
        }

        Vector256<double> isOne = Vector256.LessThanOrEqual(tokens, chunks);
        Vector256<double> full = Vector256.Floor(tokens / chunks);
        Vector256<double> rest = Vector256.ConditionalSelect(isOne, tokens, tokens - (full * chunks));
        Vector256<double> fullMs = full * (chunksMs + decodeStepsMs);
        Vector256<double> restMs = Prefill.AtWhole(rest);
        Vector256<double> several = Vector256.ConditionalSelect(
            Vector256.GreaterThan(rest, Vector256<double>.Zero), fullMs + restMs + decodeStepsMs, fullMs);
        return Vector256.ConditionalSelect(isOne, restMs + decodeStepsMs, several) & isAny;
    }
}
