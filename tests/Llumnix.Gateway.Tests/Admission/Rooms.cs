using Llumnix.Gateway.Placement;

namespace Llumnix.Gateway.Tests.Admission;

/// <summary>Engines with room for so many requests of a model. Answers at once.</summary>
internal sealed class Rooms(int each)
{
    private readonly Dictionary<string, int> _free = [];

    /// <summary>The requests that got a place, in that order.</summary>
    public List<int> Placed { get; } = [];

    /// <summary>How often a place was asked for.</summary>
    public int Questions { get; private set; }

    public int FreeOf(string model) => _free.GetValueOrDefault(model, each);

    public PlacementAnswer Ask(int request, string model)
    {
        Questions++;
        if (FreeOf(model) == 0)
        {
            return new PlacementAnswer(PlacementRefusal.Busy, null);
        }

        _free[model] = FreeOf(model) - 1;
        Placed.Add(request);
        return new PlacementAnswer(PlacementRefusal.None, new Lease(this, model));
    }

    private sealed class Lease(Rooms rooms, string model) : PlacementLease(new EngineTarget { Id = model, Host = model, Port = 1 })
    {
        protected override ValueTask ReleaseAsync()
        {
            rooms._free[model]++;
            return ValueTask.CompletedTask;
        }
    }
}
