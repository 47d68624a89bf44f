namespace Llumnix.Gateway.Placement;

/// <summary>Says where requests go and keeps account of where they are. Safe for concurrent use.</summary>
public interface IRequestPlacer
{
    /// <summary>Asks where a request goes. What is given is accounted for until the lease is disposed of.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    ValueTask<PlacementAnswer> PlaceAsync(PlacementQuery query, CancellationToken cancellation);

    /// <summary>Does what goes on beside requests, such as reports, until it is cancelled.</summary>
    Task RunAsync(CancellationToken cancellation);

    /// <summary>Why no request can be placed at the moment; null when they can.</summary>
    string? FindReasonNotReady();

    /// <summary>What does not work although requests are placed; null when all does.</summary>
    string? FindWarning() => null;
}
