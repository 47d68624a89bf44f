using Llumnix.Cli.Load;
using Llumnix.Cli.Reports;

namespace Llumnix.Cli.Demo;

/// <summary>One run of a demo.</summary>
/// <param name="Load">What the clients saw.</param>
/// <param name="RequestsPerEngine">Requests that each engine took. A request with separate prefill and decode may count at two.</param>
internal sealed record DemoRun(LoadResult Load, IReadOnlyList<int> RequestsPerEngine)
{
    /// <summary>The engine that has crashed, by its index among the engines; null: none has.</summary>
    public int? Crashed { get; init; }

    /// <summary>Share of the prompt tokens that were in a prefix cache, 0 to 1; null when it is not compared.</summary>
    public double? Hits { get; init; }

    /// <summary>What the charts of a report show; null where nothing was observed. Indices of contestant and rate are 0.</summary>
    public ReportRun? Charts { get; init; }

    /// <summary>
    /// Largest number of requests on one engine ÷ mean of all engines: 1 is even; 0 when there are no requests. An engine that has crashed is left out: it took requests for
    /// a part of the run only.
    /// </summary>
    public double Imbalance
    {
        get
        {
            int[] counts = [.. RequestsPerEngine.Where((_, index) => index != Crashed)];
            return counts.Sum() is var total and > 0 ? counts.Max() * (double)counts.Length / total : 0;
        }
    }
}
