namespace Llumnix.Gateway.Mirroring;

/// <summary>Where copies of requests go, and how many. No record: its text must not hold the key.</summary>
internal sealed class MirrorTarget
{
    /// <summary>Base address, http or https. A version at its end takes the place of the path's.</summary>
    public required Uri Url { get; init; }

    /// <summary>Share of the requests in percent, 0 to 100.</summary>
    public double Ratio { get; init; }

    /// <summary>Longest time until a copy is answered in full, above 0.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>The value of the header <c>Authorization</c>; empty: none is sent.</summary>
    public string Authorization { get; init; } = "";
}
