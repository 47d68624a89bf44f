namespace Llumnix.Scheduling.Collections;

/// <summary>The two ends of a list of entries, which are known by their index; 0 means none, so that a new list is empty.</summary>
internal struct IndexList
{
    internal int First;
    internal int Last;

    internal readonly bool IsEmpty => First == 0;
}
