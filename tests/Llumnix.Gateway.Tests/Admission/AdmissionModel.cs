namespace Llumnix.Gateway.Tests.Admission;

/// <summary>What an admission queue is to do, said as simply as can be: one list of those that wait, searched from the front.</summary>
internal sealed class AdmissionModel(int bound, int timeout, int roomsEach)
{
    private readonly List<Request> _waiting = [];
    private readonly Dictionary<string, int> _free = [];
    private int _now;

    /// <summary>The requests that got a place, in that order.</summary>
    public List<int> Placed { get; } = [];

    /// <summary>What became of each request: P placed, F full, B busy, C cancelled; W while it waits.</summary>
    public List<char> Outcomes { get; } = [];

    /// <summary>Those that have not given it back.</summary>
    public List<int> Held { get; } = [];

    public IEnumerable<int> Waiting => _waiting.Select(static request => request.Id);

    public void Arrive(int priority, string model)
    {
        var request = new Request(Outcomes.Count, priority, model, _now + timeout);
        Outcomes.Add('W');
        if (FreeOf(model) > 0 && !_waiting.Exists(other => other.Model == model && other.Priority >= priority))
        {
            Place(request);
            return;
        }

        if (_waiting.Count >= bound)
        {
            Request? least = _waiting.OrderBy(static other => other.Priority).ThenByDescending(static other => other.Id).FirstOrDefault();
            if (least is null || least.Priority >= priority)
            {
                Outcomes[request.Id] = 'F';
                return;
            }

            Outcomes[least.Id] = 'F';
            _waiting.Remove(least);
        }

        _waiting.Add(request);
    }

    public void GiveBack(int id, string model)
    {
        Held.Remove(id);
        _free[model]++;
        if (_waiting.Where(request => request.Model == model).OrderByDescending(static request => request.Priority).ThenBy(static request => request.Id).FirstOrDefault()
            is { } next)
        {
            _waiting.Remove(next);
            Place(next);
        }
    }

    public void Cancel(int id)
    {
        _waiting.RemoveAll(request => request.Id == id);
        Outcomes[id] = 'C';
    }

    public void Advance(int milliseconds)
    {
        _now += milliseconds;
        foreach (Request request in _waiting.Where(request => request.Deadline <= _now))
        {
            Outcomes[request.Id] = 'B';
        }

        _waiting.RemoveAll(request => request.Deadline <= _now);
    }

    private int FreeOf(string model) => _free.GetValueOrDefault(model, roomsEach);

    private void Place(Request request)
    {
        _free[request.Model] = FreeOf(request.Model) - 1;
        Placed.Add(request.Id);
        Held.Add(request.Id);
        Outcomes[request.Id] = 'P';
    }

    private sealed record Request(int Id, int Priority, string Model, int Deadline);
}
