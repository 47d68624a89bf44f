namespace Llumnix.Scheduling.PrefixCache;

/// <summary>
/// Corrects the estimated prefix hits of one instance by the engine's own counters. An engine that hits less than was estimated, as its cache is smaller, is
/// used by others, or is switched off, has its estimates multiplied by hits counted / hits estimated. Estimates are never raised: hits of other
/// routers' requests are in the counters, too.
/// </summary>
internal sealed class PrefixHitCorrection
{
    /// <summary>Estimated hits below which nothing is concluded, in tokens.</summary>
    internal const double EnoughTokens = 65_536;

    /// <summary>Placed prompt tokens after which all sums are halved, so that the present outweighs the past.</summary>
    internal const double WindowTokens = 524_288;

    /// <summary>
    /// Share of the estimated hits from which the estimate is left as it is. Instances that hold the same prefix must be equally good, so that the load decides among
    /// them: small corrections would send all new prompts to the instances that happen to have none.
    /// </summary>
    internal const double TrustedShare = 0.75;

    private double _placedTokens;
    private double _estimatedTokens;
    private double _hitTokens;
    private double _pendingTokens;
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
        _pendingTokens += promptTokens;
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

            _pendingTokens = Math.Max(0, _pendingTokens - (queriedTokens - last.Queried));
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
        // The engine has not searched for the prompts that still wait, and all of their tokens may be hits: the rest of the estimate is due for certain.
        double due = _estimatedTokens - _pendingTokens;
        if (due >= EnoughTokens)
        {
            double share = _hitTokens / due;
            Factor = share >= TrustedShare ? 1 : share;
        }

        if (_placedTokens > WindowTokens)
        {
            // Requests that never came and errors of estimated lengths must not pend for ever.
            (_placedTokens, _pendingTokens) = (_placedTokens / 2, _pendingTokens / 2);
            (_estimatedTokens, _hitTokens) = (_estimatedTokens / 2, _hitTokens / 2);
        }
    }
}
