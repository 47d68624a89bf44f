using Llumnix.Cli.Profiling;

namespace Llumnix.Cli.Tests.Profiling;

/// <summary>A network whose round trip is known.</summary>
internal sealed class FixedRoundTrip(double milliseconds) : IRoundTrip
{
    public Task<double> MeasureAsync(CancellationToken cancellation) => Task.FromResult(milliseconds);
}
