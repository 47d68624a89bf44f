namespace Llumnix.Cli.Profiling;

/// <summary>Measures the network's part of every latency.</summary>
internal interface IRoundTrip
{
    /// <returns>Round-trip time in milliseconds, above 0.</returns>
    /// <exception cref="ProfileException">The server cannot be reached.</exception>
    Task<double> MeasureAsync(CancellationToken cancellation);
}
