using System.Globalization;
using Llumnix.Adapters.Profiles;
using Llumnix.Simulation.Engines;

namespace Llumnix.GoldenDecisions.Tests;

/// <summary>Profiling tables of an engine whose latencies are formulas: some 0.4 s for a prompt of 4,096 tokens, some 30 ms per decode step.</summary>
internal sealed class EstimatedProfile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("llumnix-golden-").FullName;

    public EstimatedProfile()
    {
        File.WriteAllText(PrefillPath, Table(
            from tokens in new[] { 16, 256, 1024, 4096, 8192, 16384 }
            select (FormattableString)$$"""{"tokens_num": {{tokens}}, "p50": {{20 + (0.08 * tokens) + (3e-6 * tokens * tokens)}}}"""));
        File.WriteAllText(DecodePath, Table(
            from batch in new[] { 1, 8, 32, 64, 128 }
            from tokens in new[] { 128, 1024, 4096, 16384 }
            select (FormattableString)$$"""{"batch_size": {{batch}}, "tokens_per_request": {{tokens}}, "p50": {{22 + (0.1 * batch) + (2e-4 * batch * tokens)}}}"""));
        Latency = new ProfiledLatencyModel(ProfilingTables.Read(PrefillPath, DecodePath, []));
    }

    /// <summary>The table of <c>--ttft-profiling-data-path</c>.</summary>
    public string PrefillPath => Path.Combine(_folder, "ttft.json");

    /// <summary>The table of <c>--tpot-profiling-data-path</c>.</summary>
    public string DecodePath => Path.Combine(_folder, "tpot.json");

    /// <summary>An engine that takes exactly as long.</summary>
    public IStepLatencyModel Latency { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Table(IEnumerable<FormattableString> rows) =>
        $$"""{"results": [{{string.Join(",", rows.Select(static row => row.ToString(CultureInfo.InvariantCulture)))}}]}""";
}
