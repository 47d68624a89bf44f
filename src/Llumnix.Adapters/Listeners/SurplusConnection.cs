namespace Llumnix.Adapters.Listeners;

/// <summary>Marks a connection over the limits: probes are answered on it, other requests are refused.</summary>
public sealed class SurplusConnection
{
    /// <summary>The mark, a feature of the connection.</summary>
    public static readonly SurplusConnection Mark = new();
}
