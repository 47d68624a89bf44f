namespace Llumnix.Scheduling.Instances;

/// <summary>Port: takes what discovery has found. One source calls it, one call at a time.</summary>
public interface IDiscoverySink
{
    /// <summary>
    /// Makes the view's membership equal to the list. An instance that is not in it leaves, one with a higher version has been
    /// restarted; both lose their request states. Never blocks decisions for longer than a few microseconds.
    /// </summary>
    /// <param name="instances">The whole fleet, at most one entry per id. The first call loads the first view, also with an empty list.</param>
    void Synchronize(IReadOnlyList<DiscoveredInstance> instances);
}
