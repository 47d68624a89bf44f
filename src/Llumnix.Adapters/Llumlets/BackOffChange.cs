namespace Llumnix.Adapters.Llumlets;

/// <summary>How the outcome of a call changes the back-off of its source.</summary>
public enum BackOffChange
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Calls keep failing: the source is backed off from now on, with increasingly rare tries.</summary>
    Begins,

    /// <summary>The source answers again.</summary>
    Ends,
}
