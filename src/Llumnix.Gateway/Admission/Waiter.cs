using Llumnix.Gateway.Placement;

namespace Llumnix.Gateway.Admission;

/// <summary>One request that waits for room. Its outcome is set by whoever removes it from the queue.</summary>
/// <param name="position">Where it stands.</param>
/// <param name="deadline">Until when it waits, as a timestamp.</param>
/// <param name="ask">Asks for a place on its behalf.</param>
internal sealed class Waiter(QueuePosition position, long deadline, Func<ValueTask<PlacementAnswer>> ask)
{
    private readonly TaskCompletionSource<PlacementAnswer> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public QueuePosition Position { get; } = position;

    public long Deadline { get; } = deadline;

    /// <summary>Its entry in its line; null when it does not wait.</summary>
    public LinkedListNode<Waiter>? InLine { get; set; }

    /// <summary>Its entry in the order of deadlines; null when it does not wait.</summary>
    public LinkedListNode<Waiter>? InTime { get; set; }

    public Task<PlacementAnswer> Outcome => _outcome.Task;

    public ValueTask<PlacementAnswer> AskAsync() => ask();

    public void End(PlacementAnswer answer) => _outcome.SetResult(answer);

    public void Fail(Exception exception) => _outcome.SetException(exception);

    public void Cancel(CancellationToken cancellation) => _outcome.SetCanceled(cancellation);
}
