namespace Llumnix.Scheduling.Instances;

/// <summary>Port: takes what a source of the cluster's state (the CMS) has read. One source calls it, one call at a time.</summary>
public interface IClusterStateSink
{
    /// <summary>
    /// Makes the view's membership equal to the readings and takes over each reading's newer metadata and status.
    /// An instance that is not among the readings leaves. Never blocks decisions for longer than a few microseconds.
    /// </summary>
    /// <param name="readings">
    /// The whole cluster, at most one reading per instance id. A status that has not changed must be the same object as before: another object
    /// is the sign that its engine lives.
    /// </param>
    void Synchronize(IReadOnlyList<InstanceReading> readings);

    /// <summary>Whether there are instances, and not one of them has a status that is fresh: then it is the source that fails, not the fleet.</summary>
    bool IsSilent();

    /// <summary>Tells whether the source's store answers. While it does not, decisions go on over the last view until it is stale.</summary>
    void SetStoreAvailable(bool available);
}
