namespace Llumnix.Adapters.Liveness;

/// <summary>
/// Distinguishes entries that were removed from a store from entries that the store has lost. Lost entries are kept until they are written again.
/// </summary>
/// <remarks>
/// A fleet is scaled down entry by entry. A store has lost entries
/// <list type="bullet">
/// <item>when it is another store than before, or was restarted;</item>
/// <item>when it had several entries and each of them has lost something at once, as after a flush: parts of them may already have been rewritten. In
/// a fleet that shrinks, however fast, the remaining entries stay complete;</item>
/// <item>when entries expire while no writer can write.</item>
/// </list>
/// Writers that can reach the store write again within a window; what is not rewritten by its end is removed. The window begins when the store shows
/// a sign of life. After a flush, which prevents no writer from writing, it begins at once. For one thread at a time.
/// </remarks>
/// <param name="window">How long writers have to write again; not negative.</param>
/// <param name="timeProvider">Measures the window.</param>
internal sealed class LossGuard(TimeSpan window, TimeProvider timeProvider)
{
    private string? _store;
    private long? _windowStart;
    private bool _awaitsSignOfLife;

    /// <summary>Whether lost entries are being kept.</summary>
    public bool IsKeeping => _windowStart is not null;

    /// <summary>Whether the store has lost every entry in use.</summary>
    public bool HasLostAll { get; private set; }

    /// <summary>
    /// Whether values that living writers rewrite at every turn must exist again: the store has been emptied, and writers have been able to write
    /// since, for longer than the longest turn.
    /// </summary>
    /// <param name="longestTurn">The longest time between two turns of a writer.</param>
    public bool ArePromptWritersDue(TimeSpan longestTurn) =>
        _windowStart is { } start && !_awaitsSignOfLife && timeProvider.GetElapsedTime(start) >= longestTurn;

    /// <summary>How long the lost entries are still kept if nothing changes; zero when there are none.</summary>
    public TimeSpan Remaining =>
        _windowStart is { } start && window > timeProvider.GetElapsedTime(start) ? window - timeProvider.GetElapsedTime(start) : TimeSpan.Zero;

    /// <summary>Judges the contents of the store.</summary>
    /// <returns>Whether missing entries now count as lost.</returns>
    public bool Judge(StoreContents contents)
    {
        bool isReplaced = contents.Store is not null && _store is not null && contents.Store != _store;
        // After a flush, silence means nothing new: a living writer has written again, or its entry ends with the window.
        bool isStarved = contents.IsQuiet && contents.Incomplete > 0 && (!IsKeeping || _awaitsSignOfLife);
        bool isEmptied = contents.Known > 1 && Math.Max(contents.Missing, contents.Incomplete) == contents.Known && !IsKeeping;
        _store = contents.Store ?? _store;
        bool isLoss = contents.Known > 0 && (isReplaced || isStarved || isEmptied);
        if (isLoss)
        {
            _awaitsSignOfLife = isReplaced || isStarved || (IsKeeping && _awaitsSignOfLife);
            _windowStart = timeProvider.GetTimestamp();
        }
        else if (IsKeeping && _awaitsSignOfLife && (contents.Present == 0 || contents.IsQuiet))
        {
            _windowStart = timeProvider.GetTimestamp();
        }
        else if (IsKeeping && Remaining == TimeSpan.Zero)
        {
            _windowStart = null;
        }

        HasLostAll = IsKeeping && contents.Known > 0 && contents.Missing == contents.Known;
        return isLoss;
    }
}
