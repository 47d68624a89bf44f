namespace Llumnix.Adapters.Liveness;

/// <summary>Tells entries that were taken out of a store from those that the store has lost, which are kept until they are written again.</summary>
/// <remarks>
/// A fleet is taken down one entry after the other. A store has lost entries
/// <list type="bullet">
/// <item>when it is another one than before, or was restarted;</item>
/// <item>when several were there and each of them has lost something at once, as after a flush: parts of them may be written again already. In a
/// fleet that becomes smaller, however fast, those that stay keep everything;</item>
/// <item>when they expire while nobody can write into it.</item>
/// </list>
/// Writers that can reach the store write again within a window, and who has not by its end is gone. It begins when the store shows a sign of
/// life; only after a flush, which keeps nobody from writing, does it begin at once. For one thread at a time.
/// </remarks>
/// <param name="window">How long writers have to write again; not negative.</param>
/// <param name="timeProvider">Measures the window.</param>
internal sealed class LossGuard(TimeSpan window, TimeProvider timeProvider)
{
    private string? _store;
    private long? _windowStart;
    private bool _awaitsSignOfLife;

    /// <summary>Whether entries that were marked as lost are kept.</summary>
    public bool IsKeeping => _windowStart is not null;

    /// <summary>Whether the store has nothing left of all that is in use.</summary>
    public bool HasLostAll { get; private set; }

    /// <summary>
    /// Whether what living writers write at every turn must be there again: the store has been emptied, and nothing has kept anybody from writing
    /// since for longer than they ever pause.
    /// </summary>
    /// <param name="longestTurn">The longest time between two turns of a writer.</param>
    public bool ArePromptWritersDue(TimeSpan longestTurn) =>
        _windowStart is { } start && !_awaitsSignOfLife && timeProvider.GetElapsedTime(start) >= longestTurn;

    /// <summary>How long the lost entries are kept if nothing changes; zero when none are.</summary>
    public TimeSpan Remaining =>
        _windowStart is { } start && window > timeProvider.GetElapsedTime(start) ? window - timeProvider.GetElapsedTime(start) : TimeSpan.Zero;

    /// <summary>Judges a read.</summary>
    /// <returns>Whether what is missing now counts as lost.</returns>
    public bool Judge(StoreContents contents)
    {
        bool isReplaced = contents.Store is not null && _store is not null && contents.Store != _store;
        // After a flush, silence is no news: who lives has written again, or is gone at the window's end.
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
