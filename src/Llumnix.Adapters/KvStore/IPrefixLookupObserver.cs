namespace Llumnix.Adapters.KvStore;

/// <summary>Port: hears what lookups do, for telemetry. Called from any thread; must not block.</summary>
public interface IPrefixLookupObserver
{
    /// <summary>A lookup has ended with hits that are known, be they complete or not.</summary>
    /// <param name="query">The part of it that was spent waiting for the service.</param>
    /// <param name="whole">All of it, hashing and counting included.</param>
    void LookupCompleted(TimeSpan query, TimeSpan whole);

    /// <summary>A lookup has ended without an answer: the service failed, or the budget was spent.</summary>
    void LookupFailed();

    /// <summary>A lookup that has answers was not complete when the budget ran out or the service failed: its hits are a lower bound.</summary>
    void LookupCutShort();

    /// <summary>Prompts that begin as earlier ones did have not hit anything for a long time.</summary>
    void HitsMissing();
}
