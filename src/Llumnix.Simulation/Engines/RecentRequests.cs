namespace Llumnix.Simulation.Engines;

/// <summary>Ids of the requests that entered an engine in the last 10 seconds; the newest 4096 at most.</summary>
internal sealed class RecentRequests
{
    private const int Capacity = 4096;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Queue<(string Id, TimeSpan EnteredAt)> _entries = new();
    private string[]? _ids;

    public void Add(string id, TimeSpan now)
    {
        if (_entries.Count == Capacity)
        {
            _entries.Dequeue();
        }

        _entries.Enqueue((id, now));
        _ids = null;
    }

    public string[] Ids(TimeSpan now)
    {
        while (_entries.TryPeek(out (string Id, TimeSpan EnteredAt) oldest) && now - oldest.EnteredAt > Window)
        {
            _entries.Dequeue();
            _ids = null;
        }

        return _ids ??= [.. _entries.Select(entry => entry.Id)];
    }
}
