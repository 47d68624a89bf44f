namespace Llumnix.Server.Options;

/// <summary>Where full mode gets the engines' statuses from.</summary>
public enum StatusSourceKind
{
    /// <summary>The CMS, into which an agent beside each engine writes.</summary>
    Cms,

    /// <summary>The engines' own metrics; discovery tells which engines there are.</summary>
    Engines,
}
