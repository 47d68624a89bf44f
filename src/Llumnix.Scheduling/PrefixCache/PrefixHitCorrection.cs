namespace Llumnix.Scheduling.PrefixCache;

/// <summary>
/// Corrects the estimated prefix hits of one instance by the engine's own counters. An engine that hits less than was estimated, as its cache is smaller, is
/// used by others, or is switched off, has its estimates multiplied by hits counted / hits estimated. Estimates are never raised: hits of other
/// routers' requests are in the counters, too.
/// </summary>
internal sealed class PrefixHitCorrection
{
    /// <summary>Estimated hits below which nothing is concluded, in tokens.</summary>
    internal const double EnoughTokens = 16_384;

    /// <summary>Placed prompt tokens after which all sums are halved, so that the present outweighs the past.</summary>
    internal const double WindowTokens = 524_288;

    private double _placedTokens;
    private double _estimatedTokens;
    private double _queriedTokens;
    private double _hitTokens;
    private (double Queried, double Hit)? _last;

    /// <summary>What estimates are multiplied by, 0 to 1.</summary>
    internal double Factor { get; private set; } = 1;

    /// <summary>Takes a placement.</summary>
    /// <param name="promptTokens">The prompt's length.</param>
    /// <param name="estimatedTokens">Its estimated hit, without a correction.</param>
    internal void Place(int promptTokens, double estimatedTokens)
    {
        _placedTokens += promptTokens;
        _estimatedTokens += estimatedTokens;
    }

    /// <summary>Takes the engine's counters, in tokens since its start.</summary>
    /// <param name="queriedTokens">Prompt tokens that it has searched its cache for.</param>
    /// <param name="hitTokens">Those of them that it has found.</param>
    /// <returns>False when a counter went back: the engine was restarted.</returns>
    internal bool TryCount(double queriedTokens, double hitTokens)
    {
        if (_last is { } last)
        {
            if (queriedTokens < last.Queried || hitTokens < last.Hit)
            {
                return false;
            }

            _queriedTokens += queriedTokens - last.Queried;
            _hitTokens += hitTokens - last.Hit;
        }
        else
        {
            // What was placed before the first reading may be in its counters already.
            (_placedTokens, _estimatedTokens) = (0, 0);
        }

        _last = (queriedTokens, hitTokens);
        Correct();
        return true;
    }

    private void Correct()
    {
        // The engine has not searched for the prompts that still wait: only their share of the estimate is due.
        double due = _placedTokens == 0 ? 0 : _estimatedTokens * Math.Min(1, _queriedTokens / _placedTokens);
        if (due >= EnoughTokens)
        {
            Factor = Math.Min(1, _hitTokens / due);
        }

        if (_placedTokens > WindowTokens)
        {
            (_placedTokens, _estimatedTokens) = (_placedTokens / 2, _estimatedTokens / 2);
            (_queriedTokens, _hitTokens) = (_queriedTokens / 2, _hitTokens / 2);
        }
    }
}
