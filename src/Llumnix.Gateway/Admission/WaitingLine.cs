namespace Llumnix.Gateway.Admission;

/// <summary>The requests of one class and model that wait, in the order of their arrival.</summary>
internal sealed class WaitingLine(int priority, string model)
{
    public int Priority { get; } = priority;

    public string Model { get; } = model;

    public LinkedList<Waiter> Waiters { get; } = [];

    public Waiter? First => Waiters.First?.Value;

    public Waiter Last => Waiters.Last!.Value;

    /// <summary>A request that comes back after its engine has failed keeps its ticket, and stands before those that came after it.</summary>
    public void Add(Waiter waiter)
    {
        LinkedListNode<Waiter>? before = Waiters.Last;
        while (before is not null && before.Value.Position.Ticket > waiter.Position.Ticket)
        {
            before = before.Previous;
        }

        waiter.InLine = before is null ? Waiters.AddFirst(waiter) : Waiters.AddAfter(before, waiter);
    }
}
