namespace Llumnix.Simulation.Fleet;

/// <summary>Events ordered by time, then by the order in which they were added: a binary heap of values.</summary>
internal sealed class EventQueue
{
    private SimulationEvent[] _heap = new SimulationEvent[1024];
    private long _order;

    public int Count { get; private set; }

    public void Add(TimeSpan at, SimulationEventKind kind, int index = 0, object? subject = null)
    {
        if (Count == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * Count);
        }

        var entry = new SimulationEvent(at.Ticks, _order++, kind, index, subject);
        int place = Count++;
        while (place > 0)
        {
            int parent = (place - 1) / 2;
            if (!IsBefore(in entry, in _heap[parent]))
            {
                break;
            }

            _heap[place] = _heap[parent];
            place = parent;
        }

        _heap[place] = entry;
    }

    /// <summary>Removes and returns the next event. There must be one.</summary>
    public SimulationEvent Take()
    {
        SimulationEvent first = _heap[0];
        SimulationEvent last = _heap[--Count];
        _heap[Count] = default;
        int place = 0;
        while (true)
        {
            int child = (2 * place) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && IsBefore(in _heap[child + 1], in _heap[child]))
            {
                child++;
            }

            if (!IsBefore(in _heap[child], in last))
            {
                break;
            }

            _heap[place] = _heap[child];
            place = child;
        }

        if (Count > 0)
        {
            _heap[place] = last;
        }

        return first;
    }

    private static bool IsBefore(in SimulationEvent a, in SimulationEvent b) => a.At < b.At || (a.At == b.At && a.Order < b.Order);
}
