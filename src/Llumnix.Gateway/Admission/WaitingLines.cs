namespace Llumnix.Gateway.Admission;

/// <summary>All requests that wait, a line for each class and model. Not thread-safe.</summary>
/// <param name="bound">How many may wait.</param>
internal sealed class WaitingLines(int bound)
{
    private readonly Dictionary<(int Priority, string Model), WaitingLine> _lines = [];

    /// <summary>All of them by their deadlines, which are equally far from when they began to wait.</summary>
    private readonly LinkedList<Waiter> _inTime = [];

    /// <summary>How many wait.</summary>
    public int Count => _inTime.Count;

    /// <summary>The one whose deadline comes first; null when none waits.</summary>
    public Waiter? NextToExpire => _inTime.First?.Value;

    /// <summary>Whether a request would overtake one for the same model that waits and is not of a lower class.</summary>
    public bool HasAhead(QueuePosition position)
    {
        foreach (WaitingLine line in _lines.Values)
        {
            if (line.Model == position.Model
                && (line.Priority > position.Priority
                    || (line.Priority == position.Priority && line.First!.Position.Ticket < position.Ticket)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a request. When the bound is reached, it takes the place of the last that has come of the lowest class below its own.</summary>
    /// <param name="waiter">The request.</param>
    /// <param name="displaced">The one whose place it has; null when there was room.</param>
    /// <returns>False when there is no place.</returns>
    public bool TryAdd(Waiter waiter, out Waiter? displaced)
    {
        displaced = null;
        if (Count >= bound)
        {
            displaced = FindLeast();
            if (displaced is null || displaced.Position.Priority >= waiter.Position.Priority)
            {
                displaced = null;
                return false;
            }

            Remove(displaced);
        }

        (int, string) key = (waiter.Position.Priority, waiter.Position.Model);
        if (!_lines.TryGetValue(key, out WaitingLine? line))
        {
            line = new WaitingLine(waiter.Position.Priority, waiter.Position.Model);
            _lines.Add(key, line);
        }

        line.Add(waiter);
        waiter.InTime = _inTime.AddLast(waiter);
        return true;
    }

    /// <summary>Removes a request.</summary>
    /// <returns>False when it no longer waits.</returns>
    public bool Remove(Waiter waiter)
    {
        if (waiter.InLine is null)
        {
            return false;
        }

        LinkedList<Waiter> line = waiter.InLine.List!;
        line.Remove(waiter.InLine);
        if (line.Count == 0)
        {
            _lines.Remove((waiter.Position.Priority, waiter.Position.Model));
        }

        _inTime.Remove(waiter.InTime!);
        waiter.InLine = null;
        waiter.InTime = null;
        return true;
    }

    /// <summary>The first of the line of a waiter's class and model; null when none waits there.</summary>
    public Waiter? FirstOf(int priority, string model) => _lines.TryGetValue((priority, model), out WaitingLine? line) ? line.First : null;

    /// <summary>The lines in the order in which they are asked for: higher classes first, within a class the one whose first has waited longest.</summary>
    public IReadOnlyList<WaitingLine> InOrder() =>
        [.. _lines.Values.OrderByDescending(static line => line.Priority).ThenBy(static line => line.First!.Position.Ticket)];

    private Waiter? FindLeast()
    {
        Waiter? least = null;
        foreach (WaitingLine line in _lines.Values)
        {
            if (least is null
                || line.Priority < least.Position.Priority
                || (line.Priority == least.Position.Priority && line.Last.Position.Ticket > least.Position.Ticket))
            {
                least = line.Last;
            }
        }

        return least;
    }
}
