namespace Llumnix.Scheduling.RequestStates;

/// <summary>Under which circumstances a gateway was given its states; they live accordingly.</summary>
internal enum GatewayKind
{
    /// <summary>Without a keep-alive connection.</summary>
    Unconnected,

    /// <summary>While it was connected: they go with its connections.</summary>
    Connected,

    /// <summary>A moment after its last connection had gone.</summary>
    Lost,
}
