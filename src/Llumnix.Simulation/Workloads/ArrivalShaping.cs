namespace Llumnix.Simulation.Workloads;

/// <summary>Derives a faster or shorter workload from another.</summary>
public static class ArrivalShaping
{
    /// <summary>Divides every offset by <paramref name="factor"/>, so that the request rate grows by it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The factor is not a positive finite number.</exception>
    public static IReadOnlyList<RequestArrival> SpeedUp(this IReadOnlyList<RequestArrival> arrivals, double factor)
    {
        ArgumentNullException.ThrowIfNull(arrivals);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        ArgumentOutOfRangeException.ThrowIfEqual(double.IsFinite(factor), false, nameof(factor));
        return [.. arrivals.Select(arrival => arrival with { Offset = arrival.Offset / factor })];
    }

    /// <summary>Keeps the arrivals whose offset is below <paramref name="duration"/>.</summary>
    public static IReadOnlyList<RequestArrival> CutAt(this IReadOnlyList<RequestArrival> arrivals, TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(arrivals);
        return [.. arrivals.Where(arrival => arrival.Offset < duration)];
    }
}
