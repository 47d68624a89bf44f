using System.Runtime.CompilerServices;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Simulation.Fleet;
using Llumnix.Simulation.Traces;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>
/// Cache-aware scheduling on the recorded Mooncake conversations, where a checkout has them beside it (../shared/data/traces); elsewhere
/// the output says that they are absent. All prompts of that trace start with the same block, so that routing by the longest match alone
/// ends on one instance. The short ones, which are placed by load, warm that block everywhere.
/// </summary>
public sealed class CacheAwareTraceTests(ITestOutputHelper output)
{
    private const string Miss = "cache_aware_all_prefills_tokens_num";
    private static readonly StatusPath Statuses = new() { PollInterval = TimeSpan.FromMilliseconds(100) };

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(3, 2.7)] // The more load, the more often a hit is not worth the queue.
    public void Run_MooncakeConversations_ManyTimesTheHitsAndNoHerd(double speed, double times)
    {
        if (Arrivals(speed) is not { } arrivals)
        {
            return;
        }

        FleetResult plain = Run(arrivals, new PolicyOptions());
        FleetResult aware = Run(arrivals, new PolicyOptions { CacheAware = Aware(Miss) });
        Assert.InRange(aware.HitRate!.Value, times * plain.HitRate!.Value, 1);
        Assert.InRange(aware.Imbalance, 1, 1.15);
        Assert.InRange(aware.TtftP99, 0, plain.TtftP99);
        Assert.InRange(aware.TtftMean, 0, plain.TtftMean);
    }

    [Fact]
    public void Run_LongestMatchAlone_CollapsesOntoOneInstance()
    {
        if (Arrivals(1) is not { } arrivals)
        {
            return;
        }

        var none = new LoadCriterion("all_prefills_tokens_num", double.MaxValue);
        var longest = new PolicyOptions { CacheAware = Aware("kv_cache_hit_len"), Dispatch = new DispatchOptions { Neutral = none } };
        Assert.InRange(Run(arrivals, longest, minTokens: 0).Imbalance, 0.9 * FleetRun.Engines, FleetRun.Engines);
    }

    /// <summary>Where all prompts are looked up, the instances that have the common block first get nearly everything as long as they have the time.</summary>
    [Fact]
    public void Run_PromptsOfAllLengthsAreLookedUp_SomeInstancesAreNeverWarmed()
    {
        if (Arrivals(1) is not { } arrivals)
        {
            return;
        }

        Assert.InRange(Run(arrivals, new PolicyOptions { CacheAware = Aware(Miss) }, minTokens: 0).Imbalance, 1.3, FleetRun.Engines);
    }

    private static CacheAwareOptions Aware(string metric) => new() { IsEnabled = true, LocalityMetric = metric };

    private FleetResult Run(IReadOnlyList<RequestArrival> arrivals, PolicyOptions policies, int? minTokens = null)
    {
        var run = new FleetRun { Policies = policies, Path = Statuses };
        FleetResult result = (minTokens is { } tokens ? run with { MinTokens = tokens } : run).Play(arrivals);
        output.WriteLine($"{(policies.CacheAware.IsEnabled ? policies.CacheAware.LocalityMetric : "no cache awareness")}, from {minTokens?.ToString() ?? "the usual number of"} tokens on: {result}");
        return result;
    }

    private IReadOnlyList<RequestArrival>? Arrivals(double speed, [CallerFilePath] string thisFile = "")
    {
        string path = Path.GetFullPath(Path.Combine(
            Path.GetDirectoryName(thisFile)!, "..", "..", "..", "..", "shared", "data", "traces", "mooncake_conversation_first_half.jsonl"));
        if (!File.Exists(path))
        {
            output.WriteLine("the trace is absent");
            return null;
        }

        return TraceFile.Read(path).Arrivals.SpeedUp(speed);
    }
}
