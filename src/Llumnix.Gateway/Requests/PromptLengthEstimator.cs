using System.Collections.Concurrent;

namespace Llumnix.Gateway.Requests;

/// <summary>
/// Estimates the tokens of a prompt from its shape, and learns per model from the lengths that engines report for finished requests. Safe for
/// concurrent use.
/// </summary>
internal sealed class PromptLengthEstimator
{
    /// <summary>Largest number of models with an estimate of their own; all others share one.</summary>
    private const int MaxModels = 256;

    private readonly ConcurrentDictionary<string, PromptLengthModel> _models = new(StringComparer.Ordinal);
    private readonly PromptLengthModel _shared = new();

    /// <summary>The estimated length in tokens, 0 or above.</summary>
    public int Estimate(string model, in PromptShape shape) => (_models.TryGetValue(model, out PromptLengthModel? known) ? known : _shared).Estimate(in shape);

    /// <summary>Learns from the true length of a prompt.</summary>
    /// <param name="model">The model.</param>
    /// <param name="shape">The prompt's shape.</param>
    /// <param name="tokens">Its length as the engine reports it; ignored unless above <see cref="PromptShape.Ids"/>, and for a prompt of ids alone.</param>
    public void Learn(string model, in PromptShape shape, int tokens)
    {
        if (shape.IsIds || tokens <= shape.Ids)
        {
            return;
        }

        PromptLengthModel learner = _models.TryGetValue(model, out PromptLengthModel? known) ? known
            : _models.Count < MaxModels ? _models.GetOrAdd(model, static _ => new PromptLengthModel())
            : _shared;
        learner.Learn(in shape, tokens);
    }
}
