namespace Llumnix.Adapters.KvStore;

/// <summary>Port: receives the results of lookups, for telemetry. Called from any thread; must not block.</summary>
public interface IPrefixLookupObserver
{
    /// <summary>A lookup has ended with hits, complete or a lower bound.</summary>
    /// <param name="query">Time spent waiting for the service.</param>
    /// <param name="whole">Whole duration, hashing and counting included.</param>
    void LookupCompleted(TimeSpan query, TimeSpan whole);

    /// <summary>A lookup has ended without an answer: the service failed, or the budget was used up.</summary>
    void LookupFailed();

    /// <summary>A lookup had answers but was not complete when the budget ran out or the service failed: its hits are a lower bound.</summary>
    void LookupCutShort();

    /// <summary>Many prompts in a row that begin like earlier ones had no hit.</summary>
    void HitsMissing();
}
