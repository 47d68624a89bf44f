namespace Llumnix.Scheduling.Instances;

/// <summary>Port: receives the readings of a source of the cluster's state (the CMS). One source calls it, one call at a time.</summary>
public interface IClusterStateSink
{
    /// <summary>
    /// Makes the view's membership equal to the readings and takes over each reading's newer metadata and status.
    /// An instance without a reading leaves the view. Never blocks decisions for longer than a few microseconds.
    /// </summary>
    /// <param name="readings">
    /// The whole cluster, at most one reading per instance id. An unchanged status must be the same object as before: a different object counts as a
    /// sign of life of its engine.
    /// </param>
    void Synchronize(IReadOnlyList<InstanceReading> readings);

    /// <summary>
    /// Takes over the newer statuses of some instances, and changes nothing else. A source that hears of one instance at a time so need not pass on the whole
    /// cluster each time; it calls <see cref="Synchronize"/> for every change of membership or metadata, and about once a second besides.
    /// </summary>
    /// <param name="changed">Readings of instances of the last <see cref="Synchronize"/>, with the same metadata. Others are ignored.</param>
    void Update(IReadOnlyList<InstanceReading> changed);

    /// <summary>Whether there are instances and all of them are stale: most likely the source has failed, not every engine at once.</summary>
    bool IsSilent();

    /// <summary>Sets whether the source's store answers. While it does not, decisions use the last view until all of its instances are stale.</summary>
    void SetStoreAvailable(bool available);
}
