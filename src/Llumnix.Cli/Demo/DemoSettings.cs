using System.Globalization;
using Llumnix.Cli.Load;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Cli.Demo;

/// <summary>What a demo plays.</summary>
/// <param name="Policy">The scheduling policy; a second run with round-robin on the same arrivals follows.</param>
/// <param name="Engines">Number of engines; with a disaggregated mode the first half prefills and the rest decodes.</param>
/// <param name="Mode">How requests are scheduled.</param>
/// <param name="RunDuration">Length of the arrivals of one run.</param>
/// <param name="Arrivals">The arrivals of each run.</param>
/// <param name="Seed">Seed of the random choices.</param>
internal sealed record DemoSettings(
    string Policy, int Engines, SchedulingMode Mode, TimeSpan RunDuration, IReadOnlyList<RequestArrival> Arrivals, int Seed)
{
    /// <summary>Lite mode: the engines only register, and the gateway reports the progress of requests.</summary>
    public bool IsLite { get; init; }

    /// <summary>With pd_batch: whether the protocol is vllm-kvt instead of vllm-mooncake.</summary>
    public bool IsKvt { get; init; }

    /// <summary>Whether the policy is compared with and without prefix lookups in a KV store, instead of with round-robin.</summary>
    public bool IsCacheAware { get; init; }

    /// <summary>Adaptive prefill/decode with the slo policy.</summary>
    public bool IsAdaptivePd { get; init; }

    /// <summary>Whether the arrivals are those of a trace.</summary>
    public bool IsTrace { get; init; }

    /// <summary>Whether instances are looked at for the charts of a report.</summary>
    public bool IsObserved { get; init; }

    /// <summary>Port of the scheduler's console on this machine; 0 takes any free one. Null: it has none.</summary>
    public int? ConsolePort { get; init; }

    /// <summary>Latency targets by which the runs are compared, and by which the slo policy dispatches; null: the latencies are compared.</summary>
    public LatencyTargets? Targets { get; init; }

    /// <summary>Whether the rescheduler moves requests in the policy's run.</summary>
    public bool IsRescheduling { get; init; }

    /// <summary>Whether the KV caches are small, where that is what makes placement matter.</summary>
    public bool HasSmallKvCache => IsRescheduling || (Mode == SchedulingMode.Neutral && !IsCacheAware && Policy != "slo");

    /// <summary>The index of the engine that is half as fast as the others, as where generations of accelerators are mixed; null: all are equally fast.</summary>
    public int? SlowEngine => Policy != "slo" && !IsCacheAware && (Mode == SchedulingMode.Neutral ? Engines : Engines / 2) > 1 ? 1 : null;

    /// <summary>When the first engine crashes, from the start of each run; null: never.</summary>
    public TimeSpan? KillEngineAfter { get; init; }

    /// <summary>The name of an engine, by which the table, the log and the console know it.</summary>
    /// <param name="index">Its index, from 0.</param>
    internal string NameOf(int index) => "engine-" + (index + 1).ToString(CultureInfo.InvariantCulture).PadLeft(Engines.ToString(CultureInfo.InvariantCulture).Length, '0');
}
