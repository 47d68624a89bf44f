using System.Collections.Concurrent;

namespace Llumnix.Gateway.Requests;

/// <summary>
/// Estimates how many tokens a prompt has, by its shape, and learns from what engines say that finished ones had, model by model.
/// Safe for concurrent use.
/// </summary>
internal sealed class PromptLengthEstimator
{
    /// <summary>Models that are told apart; all others share one.</summary>
    private const int MaxModels = 256;

    private readonly ConcurrentDictionary<string, PromptLengthModel> _models = new(StringComparer.Ordinal);
    private readonly PromptLengthModel _shared = new();

    /// <summary>The length in tokens, 0 or above.</summary>
    public int Estimate(string model, in PromptShape shape) => (_models.TryGetValue(model, out PromptLengthModel? known) ? known : _shared).Estimate(in shape);

    /// <summary>Takes over how long a prompt was.</summary>
    /// <param name="model">The model.</param>
    /// <param name="shape">The prompt.</param>
    /// <param name="tokens">Its length as the engine says it; 0 teaches nothing.</param>
    public void Learn(string model, in PromptShape shape, int tokens)
    {
        if (tokens <= shape.Ids)
        {
            return;
        }

        PromptLengthModel learner = _models.TryGetValue(model, out PromptLengthModel? known) ? known
            : _models.Count < MaxModels ? _models.GetOrAdd(model, static _ => new PromptLengthModel())
            : _shared;
        learner.Learn(in shape, tokens);
    }
}
