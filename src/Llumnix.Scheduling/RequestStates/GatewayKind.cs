namespace Llumnix.Scheduling.RequestStates;

/// <summary>The connection of a gateway when it was given its states, which determines their lifetime.</summary>
internal enum GatewayKind
{
    /// <summary>Without a keep-alive connection.</summary>
    Unconnected,

    /// <summary>With a keep-alive connection: the states end with it.</summary>
    Connected,

    /// <summary>Shortly after its last connection was lost.</summary>
    Lost,
}
