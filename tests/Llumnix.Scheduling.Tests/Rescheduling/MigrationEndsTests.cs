using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Rescheduling;
using static Llumnix.Scheduling.Tests.Rescheduling.PlannerFixture;

namespace Llumnix.Scheduling.Tests.Rescheduling;

/// <summary>Who may be an end of a migration, whichever policy asks: a is the source, b the destination.</summary>
public sealed class MigrationEndsTests
{
    private static readonly Func<InstanceMetadata, InstanceMetadata> Same = static m => m;

    public static TheoryData<string> Policies => ["decode_load", "binpacking_mitigation", "decode_failover"];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Plan_OtherKindOfEngine_IsNoPartner(string policy)
    {
        InstanceMetadata Kind(InstanceMetadata m) => m with { BackendType = "vllm", BlockSize = 16, TensorParallelSize = 2, DataParallelSize = 4 };
        Assert.Equal(1, Pairs(policy, Kind, Kind));
        Assert.Equal(1, Pairs(policy, Kind, m => Kind(m) with { BackendType = "VLLM" }));
        Assert.Equal(1, Pairs(policy, Kind, m => m with { DataParallelSize = 0 }));
        Assert.Equal(0, Pairs(policy, Kind, m => Kind(m) with { BackendType = "sglang" }));
        Assert.Equal(0, Pairs(policy, Kind, m => Kind(m) with { BlockSize = 32 }));
        Assert.Equal(0, Pairs(policy, Kind, m => Kind(m) with { TensorParallelSize = 4 }));
        Assert.Equal(0, Pairs(policy, Kind, m => Kind(m) with { DataParallelSize = 1 }));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Plan_SourceRunsNothingOrHasNoSlot_IsNotAsked(string policy)
    {
        Assert.Equal(0, Pairs(policy, source: s => s with { RunningRequestCount = 0 }));
        Assert.Equal(1, Pairs(policy, source: s => s with { RunningRequestCount = 0, WaitingRequestCount = 9 }));
        Assert.Equal(0, Pairs(policy, source: s => s with { AvailableMigrateOutSlots = 0, MigrateOutRequests = 1 }));
        Assert.Equal(1, Pairs(policy, source: s => s with { AvailableMigrateOutSlots = 1, MigrateOutRequests = 1 }));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Plan_DestinationHasNoSlotOrRoom_IsNotAsked(string policy)
    {
        Assert.Equal(0, Pairs(policy, destination: s => s with { AvailableMigrateInSlots = 0, MigrateInRequests = 1 }));
        Assert.Equal(1, Pairs(policy, destination: s => s with { AvailableMigrateInSlots = 1, MigrateInRequests = 1 }));
        Assert.Equal(1, Pairs(policy, destination: s => s with { AvailableMigrateInTokens = 900 }));

        // Who fails is emptied all the same when nobody has room: the destination's llumlet has the last word.
        int full = policy == "decode_failover" ? 1 : 0;
        Assert.Equal(full, Pairs(policy, destination: s => s with { AvailableMigrateInTokens = 0, AvailableMigrateOutTokens = 900 }));
        Assert.Equal(full, Pairs(policy, destination: s => s with { AvailableKvCacheUsageRatioMigrateIn = 0, AvailableKvCacheUsageRatioMigrateOut = 0.5 }));
        Assert.Equal(full, Pairs(policy, destination: s => s with { UsedGpuTokens = 1000 }));
    }

    [Fact]
    public void Plan_FailoverAndSomeAreFull_GoesToOneWithRoom()
    {
        FullModeInstance[] fleet = [Of("a", Same, health: InstanceHealth.Stale), Of("b", Same, used: 1000), Of("c", Same), Of("d", Same, used: 1000)];
        Assert.Equal(["a>c"], Show(Plan(new() { Policies = ["decode_failover"] }, new(fleet))));
    }

    /// <summary>The next ones by turns, as far as they fit.</summary>
    [Fact]
    public void Plan_FailoverAmongMixedEngines_EachGoesToItsKind()
    {
        FullModeInstance[] fleet =
        [
            Of("a", Same, health: InstanceHealth.Stale), Of("b", m => m with { BlockSize = 32 }, health: InstanceHealth.Stale),
            Of("c", m => m with { BlockSize = 32 }), Of("d", m => m with { BlockSize = 16 }), Of("e", m => m with { BlockSize = 16 }),
            Of("f", m => m with { BlockSize = 16 }, health: InstanceHealth.Stale), Of("g", m => m with { BlockSize = 64 }, health: InstanceHealth.Stale),
        ];
        ReschedulingPlan plan = Plan(new() { Policies = ["decode_failover"] }, new(fleet));
        Assert.Equal(["a>c", "b>c", "f>d"], Show(plan));
        Assert.Contains(new PlanNote("decode_failover", "g", null, false, "no destination of its kind has a free slot"), plan.Notes);
    }

    /// <summary>The most loaded one has no partner of its kind; the next one goes first.</summary>
    [Fact]
    public void Plan_LoadBalanceAmongMixedEngines_PairsWithinAKind()
    {
        FullModeInstance[] fleet =
        [
            Of("a", m => m with { TensorParallelSize = 2 }, used: 900), Of("b", m => m with { TensorParallelSize = 1 }, used: 800),
            Of("c", m => m with { TensorParallelSize = 1 }, used: 100), Of("d", m => m with { TensorParallelSize = 4 }, used: 50),
        ];
        Assert.Equal(["b>c"], Show(Plan(new() { Policies = ["decode_load"], Decode = new LoadCriterion("kv_cache_usage_ratio_projected", 0.5) }, new(fleet))));
    }

    /// <summary>Its process is gone, and its successor's llumlet would be asked.</summary>
    [Fact]
    public void Plan_ReplacedAtItsAddress_IsNotEmptied()
    {
        FullModeInstance replaced = Of("a", Same, health: InstanceHealth.Stale);
        replaced.IsReplaced = true;
        Assert.Empty(Plan(new() { Policies = ["decode_failover"] }, new([replaced, Of("b", Same)])).Pairs);
    }

    private static int Pairs(string policy, Func<InstanceMetadata, InstanceMetadata> source, Func<InstanceMetadata, InstanceMetadata> destination) =>
        Count(policy, Of("a", source, 900, 12, HealthFor(policy)), Of("b", destination));

    private static int Pairs(string policy, Func<InstanceStatus, InstanceStatus>? source = null, Func<InstanceStatus, InstanceStatus>? destination = null)
    {
        FullModeInstance a = Of("a", Same, 900, 12, HealthFor(policy)), b = Of("b", Same);
        a.TakeOver(source?.Invoke(a.Status) ?? a.Status);
        b.TakeOver(destination?.Invoke(b.Status) ?? b.Status);
        return Count(policy, a, b);
    }

    private static InstanceHealth HealthFor(string policy) =>
        policy == "decode_failover" ? InstanceHealth.Unschedulable : InstanceHealth.Ok;

    private static int Count(string policy, FullModeInstance source, FullModeInstance destination) =>
        Plan(new() { Policies = [policy], Decode = new LoadCriterion("kv_cache_usage_ratio_projected", 0.5) }, new([source, destination])).Pairs.Count;

    private static FullModeInstance Of(
        string id, Func<InstanceMetadata, InstanceMetadata> metadata, int used = 100, int batch = 1, InstanceHealth health = InstanceHealth.Ok)
    {
        FullModeInstance instance = Instance(id, used: used, batch: batch, health: health);
        instance.Describe(metadata(instance.Metadata with { DataParallelSize = 0 }), instance.Address);
        return instance;
    }
}
