using Llumnix.Scheduling.Instances;

namespace Llumnix.Testing.Instances;

/// <summary>A sink of discovery that remembers what it was told, and lets a test await a state of it.</summary>
public sealed class RecordingDiscoverySink : RecordingPort<RecordingDiscoverySink>, IDiscoverySink
{
    /// <summary>The last list by instance id.</summary>
    public IReadOnlyDictionary<string, DiscoveredInstance> Instances { get; private set; } = new Dictionary<string, DiscoveredInstance>();

    /// <summary>How often a list came.</summary>
    public int Synchronizations { get; private set; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An instance id comes twice.</exception>
    public void Synchronize(IReadOnlyList<DiscoveredInstance> instances)
    {
        var byId = instances.ToDictionary(instance => instance.Id);
        Record(() => (Instances, Synchronizations) = (byId, Synchronizations + 1));
    }

    /// <summary>Completes when the list has exactly these instances.</summary>
    public Task WaitForAsync(params string[] ids) =>
        WaitUntilAsync(sink => sink.Synchronizations > 0 && sink.Instances.Count == ids.Length && ids.All(sink.Instances.ContainsKey));

    /// <summary>Completes once so many lists have come after this call.</summary>
    public Task WaitForSynchronizationsAsync(int count = 2)
    {
        int target = Synchronizations + count;
        return WaitUntilAsync(sink => sink.Synchronizations >= target);
    }
}
