using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Policies;

/// <summary>
/// Fleets under the tuned rules. By <see cref="RoundProfile"/>: a prefill of n takes 10 + n/10 ms, a batch of b with 100 tokens each 2·b + 1 ms.
/// </summary>
internal static class TunedAdaptivePd
{
    internal static double GainOf(SchedulerFixture fixture, string id, double nowMs) =>
        fixture.Scheduler.CaptureForRescheduling().Instances.Single(instance => instance.Id == id).DecodeGain.At(nowMs);

    internal static InstanceReading Stepping(string id, int step, int waitingRequests) => Readings.Of(
        id,
        metadata: m => m with { MaxNumBatchedTokens = step },
        status: s => s with { WaitingRequestCount = waitingRequests, UncomputedTokensAllWaitingPrefills = 550 * waitingRequests });

    internal static SchedulerFixture Fixture(
        AdaptivePdRules rules, double ttft = 1000, SloOverload overload = SloOverload.Spread, double tpot = 50, double tpotCeil = 50) => new(
        "slo",
        new FullModeSettings { LatencyPredictor = RoundProfile.Predictor },
        new PolicySettings
        {
            Slo = new SloSettings(RoundProfile.Predictor)
            {
                TtftLimitMs = ttft, TpotLimitMs = tpot, TpotCeilMs = tpotCeil, Overload = overload, IsAdaptivePd = true, Rules = rules,
            },
        });

    internal static InstanceReading Idle(string id, InferType type = InferType.Neutral) => Readings.Of(id, type);

    internal static InstanceReading Busy(string id, int batch = 0, int waiting = 0, int used = 0) => Readings.Of(id, status: s => s with
    {
        SchedulerRunningToDecodeRequests = batch,
        SchedulerRunningToDecodeTokens = batch * 100,
        UncomputedTokensAllWaitingPrefills = waiting,
        UsedGpuTokens = used,
    });
}
