namespace Llumnix.Server.Connections;

/// <summary>Marks a connection over the limits: it is there to be told so, or for a probe.</summary>
internal sealed class SurplusConnection
{
    internal static readonly SurplusConnection Mark = new();
}
