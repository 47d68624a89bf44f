using Llumnix.Cli.Load;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Cli.Tests.Load;

/// <summary>Plays arrivals and gives the result.</summary>
internal static class LoadRun
{
    public static IReadOnlyList<RequestArrival> AtOnce(int count, int promptTokens = 100, int outputTokens = 5) =>
        [.. Enumerable.Repeat(new RequestArrival(TimeSpan.Zero, promptTokens, outputTokens), count)];

    public static async Task<LoadResult> PlayAsync(Uri gateway, IReadOnlyList<RequestArrival> arrivals, TimeProvider? time = null)
    {
        var statistics = new LoadStatistics(time ?? TimeProvider.System);
        await PlayAsync(new(gateway), arrivals, statistics, time ?? TimeProvider.System, TestContext.Current.CancellationToken);
        return statistics.ToResult();
    }

    public static async Task PlayAsync(
        GatewayLoadOptions options,
        IReadOnlyList<RequestArrival> arrivals,
        LoadStatistics statistics,
        TimeProvider time,
        CancellationToken cancellation)
    {
        using var load = new GatewayLoad(options, statistics, time);
        await load.PlayAsync(arrivals, cancellation);
    }
}
