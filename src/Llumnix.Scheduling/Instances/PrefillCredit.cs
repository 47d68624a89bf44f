namespace Llumnix.Scheduling.Instances;

/// <summary>
/// Prompt tokens that an engine says it has prefilled and that no request accounts for yet. Requests whose prefill is taken to have ended pay with them. Owned by the
/// ledger.
/// </summary>
internal struct PrefillCredit
{
    /// <summary>Prompt lengths are estimates: this share of a prompt suffices for its prefill to be taken as ended.</summary>
    private const double SufficientShare = 0.75;

    private double? _total;
    private double _left;
    private double _owed;
    private double _owedBefore;

    /// <summary>Whether the engine counts prefilled tokens.</summary>
    internal readonly bool IsKnown => _total is not null;

    /// <summary>Takes the engine's count from a reading; null when it does not count. The first count and one after a restart give nothing.</summary>
    internal void Take(double? total)
    {
        bool isContinued = total >= _total;
        _left = isContinued ? _left + (total - _total ?? 0) - _owed : 0;
        (_total, _owedBefore, _owed) = (total, isContinued ? _owed : 0, 0);
    }

    /// <summary>The end of a prefill is known from elsewhere: the next count contains its tokens.</summary>
    internal void Owe(long promptTokens) => _owed += promptTokens;

    /// <summary>Pays for a prompt, if what is left suffices.</summary>
    internal bool TryPay(long promptTokens)
    {
        if (_left < SufficientShare * promptTokens)
        {
            return false;
        }

        _left = Math.Max(0, _left - promptTokens);
        return true;
    }

    /// <summary>
    /// Ends a reading. Where no own prefill is under way, what is left is others'. What is missing is carried on as far as the reading may have been too early to show
    /// it, so that errors of estimates do not add up.
    /// </summary>
    internal void Settle(bool isAnyPrefillUnderWay) =>
        _left = Math.Max(isAnyPrefillUnderWay ? _left : Math.Min(_left, 0), -_owedBefore);
}
