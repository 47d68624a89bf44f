namespace Llumnix.Scheduling.Instances;

/// <summary>Port: receives the instances that discovery has found. One source calls it, one call at a time.</summary>
public interface IDiscoverySink
{
    /// <summary>
    /// Makes the view's membership equal to the list. An instance that is not in the list leaves, and one with a higher version counts as restarted; both
    /// lose their request states. Never blocks decisions for longer than a few microseconds.
    /// </summary>
    /// <param name="instances">The whole fleet, at most one entry per id. An empty list also loads the first view.</param>
    void Synchronize(IReadOnlyList<DiscoveredInstance> instances);
}
