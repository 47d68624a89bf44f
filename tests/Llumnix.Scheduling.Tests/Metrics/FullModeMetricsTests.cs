using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Metrics;

public sealed class FullModeMetricsTests
{
    private static readonly MetricCatalogue<FullModeInstance> Catalogue = new(FullModeMetrics.All);

    /// <summary>Every field has a value of its own, so that a wrong or missing term changes the sum.</summary>
    private static FullModeInstance Loaded()
    {
        InstanceReading reading = Readings.Of("a", status: s => s with
        {
            HybridSchedulerWaitingToDecodeRequests = 1,
            SchedulerWaitingToDecodeRequests = 2,
            WaitingRequestCount = 4,
            SchedulerRunningToDecodeRequests = 8,
            RunningRequestCount = 16,
            LoadingRequestCount = 32,
            TotalGpuTokens = 1000,
            UsedGpuTokens = 64,
            UncomputedTokensHybridSchedulerWaitingPrefills = 1 << 20,
            UnallocatedTokensHybridSchedulerWaitingDecodes = 128,
            HybridSchedulerWaitingToDecodeTokens = 256,
            UncomputedTokensSchedulerWaitingPrefills = 1 << 21,
            SchedulerWaitingToDecodeTokens = 512,
            UncomputedTokensSchedulerRunningPrefills = 1024,
            UnallocatedTokensSchedulerRunningPrefills = 2048,
            SchedulerRunningToDecodeTokens = 4096,
            LoadingTokens = 8192,
            UncomputedTokensAllWaitingPrefills = 16384,
        });
        return new FullModeInstance(reading.Metadata, reading.Status)
        {
            Dispatched = new DispatchedLoad(
                Requests: 100_000, PrefillRequests: 7, UncomputedPrefillTokens: 200_000, DecodeRequests: 300_000, DecodeTokens: 400_000),
        };
    }

    [Theory]
    [InlineData("kv_cache_usage_ratio_projected", (64 + 16384 + 2048 + 128 + 400_000) / 1000.0)]
    [InlineData("decode_batch_size", 1 + 32 + 2 + 8 + 300_000)]
    [InlineData("num_waiting_requests", 4 + 100_000)]
    [InlineData("all_prefills_tokens_num", 16384 + 1024 + 200_000)]
    [InlineData("kv_cache_hit_len", 60)]
    [InlineData("cache_aware_all_prefills_tokens_num", 100 - 60 + 16384 + 1024 + 200_000)]
    [InlineData("num_requests", 4 + 32 + 16 + 100_000)]
    [InlineData("prefill_tokens_and_requests", 16384 + 1024 + 200_000 + (128 * (4 + 32 + 16 + 100_000)))]
    [InlineData("all_decodes_tokens_num", 256 + 512 + 4096 + 8192 + 400_000)]
    public void Evaluate_LoadedInstance_TheFormula(string metric, double expected)
    {
        var request = new RequestFacts(100, new StoredPrefixHits(new Dictionary<string, int> { ["kvs-a"] = 60 }));
        Assert.Equal(expected, Catalogue.Get(metric).Evaluate(Loaded(), in request));
    }

    [Fact]
    public void Evaluate_NoPrefixHits_TheWholePromptIsMissed()
    {
        var request = new RequestFacts(100);
        Assert.Equal(0, Catalogue.Get("kv_cache_hit_len").Evaluate(Loaded(), in request));
        Assert.Equal(217_508, Catalogue.Get("cache_aware_all_prefills_tokens_num").Evaluate(Loaded(), in request));
    }

    [Fact]
    public void Evaluate_HitsBeyondThePrompt_CappedAtThePrompt()
    {
        var request = new RequestFacts(100, new StoredPrefixHits(new Dictionary<string, int> { ["kvs-a"] = 512 }));
        Assert.Equal(100, Catalogue.Get("kv_cache_hit_len").Evaluate(Loaded(), in request));
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void Evaluate_HostileStatus_NeverNaNAndNeverOverflows(int value)
    {
        InstanceReading reading = Readings.Of("a", status: s => s with
        {
            HybridSchedulerWaitingToDecodeRequests = value,
            SchedulerWaitingToDecodeRequests = value,
            WaitingRequestCount = value,
            SchedulerRunningToDecodeRequests = value,
            RunningRequestCount = value,
            LoadingRequestCount = value,
            TotalGpuTokens = value,
            UsedGpuTokens = value,
            UnallocatedTokensHybridSchedulerWaitingDecodes = value,
            HybridSchedulerWaitingToDecodeTokens = value,
            SchedulerWaitingToDecodeTokens = value,
            UncomputedTokensSchedulerRunningPrefills = value,
            UnallocatedTokensSchedulerRunningPrefills = value,
            SchedulerRunningToDecodeTokens = value,
            LoadingTokens = value,
            UncomputedTokensAllWaitingPrefills = value,
        });
        var instance = new FullModeInstance(reading.Metadata, reading.Status);
        foreach (InstanceMetric<FullModeInstance> metric in FullModeMetrics.All)
        {
            double result = metric.Evaluate(instance, new RequestFacts(int.MaxValue));
            Assert.False(double.IsNaN(result), metric.Name);
            Assert.True(result == 0 || Math.Sign(result) == Math.Sign(value) || result > 0, $"{metric.Name} wrapped around: {result}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void KvCacheUsage_NoCapacity_Infinite(int total)
    {
        InstanceReading reading = Readings.Of("a", status: s => s with { TotalGpuTokens = total, UsedGpuTokens = 0 });
        var instance = new FullModeInstance(reading.Metadata, reading.Status);
        Assert.Equal(double.PositiveInfinity, FullModeMetrics.KvCacheUsageRatioProjected.Evaluate(instance));
    }

    [Fact]
    public void Get_UnknownMetric_AnswersWithTheKnownOnes()
    {
        var error = Assert.Throws<ArgumentException>(() => Catalogue.Get("num_token"));
        Assert.Contains("unknown metric 'num_token'", error.Message, StringComparison.Ordinal);
        Assert.Contains("all_prefills_tokens_num", error.Message, StringComparison.Ordinal);
    }
}
