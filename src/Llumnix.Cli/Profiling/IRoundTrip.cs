namespace Llumnix.Cli.Profiling;

/// <summary>Measures what the network adds to every latency.</summary>
internal interface IRoundTrip
{
    /// <returns>Milliseconds there and back, above 0.</returns>
    /// <exception cref="ProfileException">Nobody is there.</exception>
    Task<double> MeasureAsync(CancellationToken cancellation);
}
