namespace Llumnix.Server.Connections;

/// <summary>Marks a connection over the limits: probes are answered on it, other requests are refused.</summary>
internal sealed class SurplusConnection
{
    internal static readonly SurplusConnection Mark = new();
}
