using Llumnix.EngineEmulator.Engines;
using Llumnix.Scheduling.Instances;

namespace Llumnix.EngineEmulator.Http;

/// <summary>What one data-parallel rank tells of its load at one moment.</summary>
/// <param name="Rank">The rank.</param>
/// <param name="Status">Its load.</param>
/// <param name="Counters">What it has counted.</param>
/// <param name="Histograms">Times and lengths of its requests; they do not change.</param>
/// <param name="BlockSize">Tokens of a KV block.</param>
internal sealed record RankLoad(int Rank, InstanceStatus Status, EngineCounters Counters, RequestHistograms Histograms, int BlockSize)
{
    /// <summary>Share of the KV capacity in use, 0 to 1.</summary>
    public double KvUsage => (double)Status.UsedGpuTokens / Status.TotalGpuTokens;

    /// <summary>Reads a rank.</summary>
    public static RankLoad Of(HostedEngine rank) => new(
        rank.Metadata.DataParallelRank, rank.Status(), rank.Runner.Counters, rank.Runner.Histograms, rank.Runner.Configuration.BlockSize);
}
