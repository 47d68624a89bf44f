using BenchmarkDotNet.Attributes;
using Llumnix.Scheduling;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Benchmarks;

/// <summary>Our own part of a cache-aware decision, beside hashing and the query: counting the hits of 512 chunks and deciding with them.</summary>
[MemoryDiagnoser]
public class CacheAwareBenchmarks
{
    private const int Chunks = 512;
    private const int ChunkSize = 256;
    private readonly string[][] _holders = new string[Chunks][];
    private FullModeScheduler _scheduler = null!;

    /// <summary>Fleet size.</summary>
    [Params(16, 128, 1024)]
    public int Instances { get; set; }

    /// <summary>Chunk i is held by the hosts whose number is a multiple of an ever larger number, three of them up to the end.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _scheduler = BenchmarkFleet.Make(Instances, isDisaggregated: false, isCacheAware: true);
        for (int chunk = 0; chunk < Chunks; chunk++)
        {
            int step = 1 + (chunk / 16);
            _holders[chunk] = [.. Enumerable.Range(0, 8).Select(i => i * step % Instances).Distinct().Select(BenchmarkFleet.IpOf)];
        }
    }

    /// <summary>Counts and decides.</summary>
    [Benchmark]
    public ScheduleOutcome CountAndDecide()
    {
        var counter = new PrefixHitCounter();
        foreach (string[] hosts in _holders)
        {
            counter.Add(hosts);
        }

        PrefixHits hits = counter.ToHits(ChunkSize, Chunks * ChunkSize);
        return _scheduler.Schedule(new PlacementRequest("request", SchedulingMode.Neutral, default, Chunks * ChunkSize, hits), out _);
    }
}
