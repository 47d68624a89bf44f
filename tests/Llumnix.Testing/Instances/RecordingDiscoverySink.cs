using Llumnix.Scheduling.Instances;

namespace Llumnix.Testing.Instances;

/// <summary>A discovery sink that records its calls, and lets a test await a state.</summary>
public sealed class RecordingDiscoverySink : RecordingPort<RecordingDiscoverySink>, IDiscoverySink
{
    /// <summary>The last list by instance id.</summary>
    public IReadOnlyDictionary<string, DiscoveredInstance> Instances { get; private set; } = new Dictionary<string, DiscoveredInstance>();

    /// <summary>Number of lists received.</summary>
    public int Synchronizations { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An instance id occurs twice.</exception>
    public void Synchronize(IReadOnlyList<DiscoveredInstance> instances)
    {
        var byId = instances.ToDictionary(instance => instance.Id);
        Record(() => (Instances, Synchronizations) = (byId, Synchronizations + 1));
    }

    /// <summary>Completes when the list has exactly these instances.</summary>
    public Task WaitForAsync(params string[] ids) =>
        WaitUntilAsync(sink => sink.Synchronizations > 0 && sink.Instances.Count == ids.Length && ids.All(sink.Instances.ContainsKey));

    /// <summary>Completes after a number of lists from now on.</summary>
    public Task WaitForSynchronizationsAsync(int count = 2)
    {
        int target = Synchronizations + count;
        return WaitUntilAsync(sink => sink.Synchronizations >= target);
    }
}
