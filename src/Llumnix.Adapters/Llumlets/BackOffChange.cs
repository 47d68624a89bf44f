namespace Llumnix.Adapters.Llumlets;

/// <summary>What a call's outcome has changed in whether its source is left alone.</summary>
public enum BackOffChange
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Calls keep failing: the source is left alone from now on, with tries that become rarer.</summary>
    Begins,

    /// <summary>The source answers again.</summary>
    Ends,
}
