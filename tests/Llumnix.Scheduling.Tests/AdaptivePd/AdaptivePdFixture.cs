using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.AdaptivePd;

/// <summary>
/// Fleets with adaptive prefill/decode. By <see cref="RoundProfile"/>: a prefill of n tokens takes 10 + n/10 ms, a step of b decodes with
/// <see cref="TokensPerDecode"/> each 2·b + 1 ms.
/// </summary>
internal static class AdaptivePdFixture
{
    /// <summary>Prompt of a request where a test says nothing else.</summary>
    internal const int PromptTokens = 100;

    /// <summary>Tokens of each decode that runs on a busy instance.</summary>
    internal const int TokensPerDecode = 100;

    /// <summary>KV tokens of an instance.</summary>
    internal const int KvCapacity = 100_000;

    /// <summary>What a decode has room for beside its prompt.</summary>
    internal const int ExpectedOutputTokens = 256;

    /// <summary>What each decode keeps free to grow into with the tuned rules.</summary>
    internal static int GrowthTokens => AdaptivePdTuning.Default.GrowthTokensPerDecode;

    /// <summary>Tokens whose prefill takes so long, milliseconds.</summary>
    internal static int PrefillOf(double milliseconds) => (int)Math.Round(10 * (milliseconds - 10));

    internal static SchedulerFixture Fixture(
        AdaptivePdRules rules, double ttft = 1000, SloOverload overload = SloOverload.Spread, double tpot = 50, double tpotCeil = 50) => new(
        "slo",
        new FullModeOptions { LatencyPredictor = RoundProfile.Predictor },
        new PolicyOptions
        {
            Slo = new SloOptions
            {
                Ttft = TimeSpan.FromMilliseconds(ttft),
                Tpot = TimeSpan.FromMilliseconds(tpot),
                Overload = overload,
                ExpectedOutputTokens = ExpectedOutputTokens,
            },
            AdaptivePd = new AdaptivePdOptions { IsEnabled = true, Rules = rules, MigrateOutCeilThreshold = tpotCeil / tpot },
        });

    /// <summary>How far the decodes of an instance are ahead of their target, milliseconds of gaining.</summary>
    internal static double GainOf(SchedulerFixture fixture, string id, double nowMs)
    {
        int slot = fixture.Scheduler.Snapshot().Instances.ToList().FindIndex(instance => instance.Metadata.InstanceId == id);
        return ((AdaptivePdState)fixture.Policy.State!).HistoryOf(slot).Gain.At(nowMs);
    }

    /// <summary>An instance with nothing to do.</summary>
    internal static InstanceReading Idle(string id, InferType type = InferType.Neutral) => Readings.Of(id, type);

    /// <param name="id">Its id.</param>
    /// <param name="batch">Decodes that run.</param>
    /// <param name="waiting">Prompt tokens that wait.</param>
    /// <param name="used">KV tokens in use.</param>
    internal static InstanceReading Busy(string id, int batch = 0, int waiting = 0, int used = 0) => Readings.Of(id, status: s => s with
    {
        SchedulerRunningToDecodeRequests = batch,
        SchedulerRunningToDecodeTokens = batch * TokensPerDecode,
        UncomputedTokensAllWaitingPrefills = waiting,
        TotalGpuTokens = KvCapacity,
        UsedGpuTokens = used,
    });

    /// <param name="id">Its id.</param>
    /// <param name="step">Largest number of tokens in a step.</param>
    /// <param name="waitingRequests">Prefills that wait, of 550 tokens each.</param>
    internal static InstanceReading Stepping(string id, int step, int waitingRequests) => Readings.Of(
        id,
        metadata: m => m with { MaxNumBatchedTokens = step },
        status: s => s with { WaitingRequestCount = waitingRequests, UncomputedTokensAllWaitingPrefills = 550 * waitingRequests });
}
