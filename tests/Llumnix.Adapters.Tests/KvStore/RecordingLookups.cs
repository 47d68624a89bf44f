using Llumnix.Adapters.KvStore;

namespace Llumnix.Adapters.Tests.KvStore;

/// <summary>Counts what lookups tell of themselves.</summary>
internal sealed class RecordingLookups : IPrefixLookupObserver
{
    internal TimeSpan Whole { get; private set; }

    internal int Completed { get; private set; }

    internal int CutShort { get; private set; }

    internal int Failed { get; private set; }

    public void LookupCompleted(TimeSpan query, TimeSpan whole) => (Completed, Whole) = (Completed + 1, whole);

    public void LookupCutShort() => CutShort++;

    public void LookupFailed() => Failed++;

    public void HitsMissing()
    {
    }
}
