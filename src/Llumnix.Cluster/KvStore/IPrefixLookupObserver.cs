namespace Llumnix.Cluster.KvStore;

/// <summary>Port: hears what lookups do, for telemetry. Called from any thread; must not block.</summary>
public interface IPrefixLookupObserver
{
    /// <summary>A lookup has ended with an answer.</summary>
    /// <param name="query">The part of it that was spent waiting for the service.</param>
    /// <param name="whole">All of it, hashing and counting included.</param>
    void LookupCompleted(TimeSpan query, TimeSpan whole);

    /// <summary>A lookup has ended without an answer: the service failed, or the budget was spent.</summary>
    void LookupFailed();

    /// <summary>Prompts that begin as earlier ones did have not hit anything for a long time.</summary>
    void HitsMissing();
}
