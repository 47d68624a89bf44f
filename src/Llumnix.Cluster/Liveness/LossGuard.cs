namespace Llumnix.Cluster.Liveness;

/// <summary>Tells entries that were taken out of a store from those that the store has lost, which are kept until they are written again.</summary>
/// <remarks>
/// A fleet is taken down one entry after the other. A store has lost entries
/// <list type="bullet">
/// <item>when it is another one than before, or was restarted;</item>
/// <item>when several were there and nearly all of them have lost something at once, as after a flush: some may be written again already;</item>
/// <item>when they expire while nobody can write into it.</item>
/// </list>
/// Writers that can reach the store write again within a window, and who has not by its end is gone. It begins when the store shows a sign of
/// life; only after a flush, which keeps nobody from writing, does it begin at once. For one thread at a time.
/// </remarks>
/// <param name="window">How long writers have to write again; not negative.</param>
/// <param name="timeProvider">Measures the window.</param>
internal sealed class LossGuard(TimeSpan window, TimeProvider timeProvider)
{
    /// <summary>Of so many at once a flush is the likelier reason than as many entries that were taken out one by one.</summary>
    private const double FlushedShare = 0.75;

    private string? _store;
    private long? _windowStart;
    private bool _awaitsSignOfLife;

    /// <summary>Whether entries that were marked as lost are kept.</summary>
    public bool IsKeeping => _windowStart is not null;

    /// <summary>Whether the store has nothing left of all that is in use.</summary>
    public bool HasLostAll { get; private set; }

    /// <summary>How long the lost entries are kept if nothing changes; zero when none are.</summary>
    public TimeSpan Remaining =>
        _windowStart is { } start && window > timeProvider.GetElapsedTime(start) ? window - timeProvider.GetElapsedTime(start) : TimeSpan.Zero;

    /// <summary>Judges a read.</summary>
    /// <returns>Whether what is missing now counts as lost.</returns>
    public bool Judge(StoreContents contents)
    {
        bool isReplaced = contents.Store is not null && _store is not null && contents.Store != _store;
        bool isStarved = contents.IsQuiet && contents.Incomplete > 0;
        int harmed = Math.Max(contents.Missing, contents.Incomplete);
        bool isEmptied = contents.Known > 1 && harmed >= FlushedShare * contents.Known && !IsKeeping;
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
