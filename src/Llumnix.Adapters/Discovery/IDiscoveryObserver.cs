namespace Llumnix.Adapters.Discovery;

/// <summary>Port: receives events of a discovery source, for telemetry. Called on the source's own loop; must not block.</summary>
public interface IDiscoveryObserver
{
    /// <summary>A new entry, or a part of one, was not usable. Called once per change of the entry, not per read.</summary>
    void EntrySkipped(DiscoverySkipReason reason);
}
