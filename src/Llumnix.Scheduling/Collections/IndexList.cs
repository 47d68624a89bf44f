namespace Llumnix.Scheduling.Collections;

/// <summary>The ends of a list of entries by their index; 0 means none, so that the default value is an empty list.</summary>
internal struct IndexList
{
    internal int First;
    internal int Last;

    internal readonly bool IsEmpty => First == 0;
}
