using Llumnix.Scheduling.Instances;

namespace Llumnix.Testing.Instances;

/// <summary>A cluster state sink that records its calls, and lets a test await a state.</summary>
public sealed class RecordingSink : RecordingPort<RecordingSink>, IClusterStateSink
{
    /// <summary>The last readings by instance id.</summary>
    public IReadOnlyDictionary<string, InstanceReading> Readings { get; private set; } = new Dictionary<string, InstanceReading>();

    /// <summary>The instances of the last call: all of them after a synchronization.</summary>
    public IReadOnlyCollection<string> LastHeard { get; private set; } = [];

    /// <summary>Number of synchronizations and updates.</summary>
    public int Synchronizations { get; private set; }

    /// <summary>Every reported availability, in order.</summary>
    public IReadOnlyList<bool> Availabilities { get; private set; } = [];

    /// <summary>The last reported availability; null when there was none.</summary>
    public bool? IsAvailable => Availabilities.Count == 0 ? null : Availabilities[^1];

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An instance id occurs twice, or a reading's parts name different instances.</exception>
    public void Synchronize(IReadOnlyList<InstanceReading> readings)
    {
        var byId = new Dictionary<string, InstanceReading>(readings.Count);
        foreach (InstanceReading reading in readings)
        {
            byId.Add(reading.Metadata.InstanceId, reading);
            if (reading.Status.InstanceId != reading.Metadata.InstanceId)
            {
                throw new ArgumentException($"The reading of {reading.Metadata.InstanceId} has the status of {reading.Status.InstanceId}.");
            }
        }

        Record(() => (Readings, LastHeard, Synchronizations) = (byId, byId.Keys, Synchronizations + 1));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A reading is of no instance of the last synchronization, or has other metadata.</exception>
    public void Update(IReadOnlyList<InstanceReading> changed)
    {
        var byId = new Dictionary<string, InstanceReading>(Readings);
        foreach (InstanceReading reading in changed)
        {
            if (!byId.TryGetValue(reading.Metadata.InstanceId, out InstanceReading known) || !ReferenceEquals(known.Metadata, reading.Metadata))
            {
                throw new ArgumentException($"{reading.Metadata.InstanceId} is not one of the last synchronization.");
            }

            byId[reading.Metadata.InstanceId] = reading;
        }

        Record(() => (Readings, LastHeard, Synchronizations) = (byId, [.. changed.Select(static reading => reading.Metadata.InstanceId)], Synchronizations + 1));
    }

    /// <summary>The answer to the source's question whether the store is silent.</summary>
    public bool AnswersSilent { get; set; }

    /// <inheritdoc/>
    public bool IsSilent() => AnswersSilent;

    /// <inheritdoc/>
    public void SetStoreAvailable(bool available) => Record(() => Availabilities = [.. Availabilities, available]);

    /// <summary>Completes after a number of whole synchronizations from now on.</summary>
    public Task WaitForSynchronizationsAsync(int count = 2)
    {
        int target = Synchronizations + count;
        return WaitUntilAsync(sink => sink.Synchronizations >= target);
    }
}
