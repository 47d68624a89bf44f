using Llumnix.Scheduling.Filters;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Selectors;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Selectors;

public sealed class OwnShareSelectorTests
{
    /// <summary>The values of the instances of a fleet, by slot.</summary>
    private sealed record Fixed(double[] Values, bool IsHigher) : LoadMetric<FullModeInstance>
    {
        public override string Name => "fixed";

        public override bool IsHigherBetter => IsHigher;

        public override double Evaluate(FullModeInstance instance) => Values[instance.Slot];
    }

    /// <summary>
    /// Over random fleets, candidates and shares: the pick is the best of the own share, unless that is worse than the mean; then the best of all. A threshold that
    /// candidates are preferred below changes nothing.
    /// </summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 8)]
    public void Select_RandomFleets_TheBestOfTheOwnShareUnlessItIsWorseThanTheMean(bool isHigherBetter, int threshold)
    {
        var random = new Random(3);
        int own = 0;
        for (int round = 0; round < 2000; round++)
        {
            var load = new Fixed([.. Enumerable.Range(0, 1 + random.Next(12)).Select(_ => (double)random.Next(1, 20))], isHigherBetter);
            int[] candidates = [.. Enumerable.Range(0, load.Values.Length).Where(_ => random.Next(4) > 0)];
            ReplicaShare share = ShareOf(random.Next(4), 4);
            if (candidates.Length == 0)
            {
                continue;
            }

            double sign = isHigherBetter ? -1 : 1;
            int[] ownCandidates = [.. candidates.Where(slot => slot % 4 == share.First)];
            double mean = candidates.Average(slot => sign * load.Values[slot]);
            bool isOwn = ownCandidates.Length > 0 && ownCandidates.Min(slot => sign * load.Values[slot]) <= mean + 1e-9;
            double best = (isOwn ? ownCandidates : candidates).Min(slot => sign * load.Values[slot]);
            int pick = Select(load, share, candidates, threshold == 0 ? [] : [new LoadThresholdFilter<FullModeInstance>(load, threshold)], random);
            Assert.Equal(best, sign * load.Values[pick]);
            Assert.Contains(pick, isOwn ? ownCandidates : candidates);
            own += isOwn ? 1 : 0;
        }

        Assert.InRange(own, 200, 1800);
    }

    /// <summary>Of several best ones only those that meet the preferences, where there are any in the share.</summary>
    [Fact]
    public void Select_TopTwo_TheSecondMeetsThePreferencesToo()
    {
        var load = new Fixed([1, 5, 9, 5, 2, 5], IsHigher: false);
        var random = new Random(1);
        ReplicaShare share = ShareOf(0, 2);
        var preferred = new LoadThresholdFilter<FullModeInstance>(load, 2);
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(0, Select(load, share, [0, 1, 2, 3, 4, 5], [preferred], random, topK: 2)));
    }

    [Fact]
    public void Select_NoOtherReplica_SamePickAndSameRandomNumbersAsWithoutShares()
    {
        var load = new Fixed([1, 1, 1, 2, 1], IsHigher: false);
        int[] all = [0, 1, 2, 3, 4];
        var one = new Random(1);
        var other = new Random(1);
        for (int i = 0; i < 100; i++)
        {
            int expected = Choose(new TopKSelector<FullModeInstance>([load], 2), load, all, [], one);
            Assert.Equal(expected, Select(load, new ReplicaShare(), all, [], other, topK: 2));
        }
    }

    /// <summary>An infinite load, of an instance without a capacity, is no part of the mean: otherwise no own share could be too busy.</summary>
    [Fact]
    public void Select_InfiniteLoads_AreNotPartOfTheMean()
    {
        Assert.Equal(1, Select(new Fixed([9, 1, double.PositiveInfinity, 1], IsHigher: false), ShareOf(0, 2), [0, 1, 2], [], new Random(1)));
        Assert.Equal(0, Select(new Fixed([double.PositiveInfinity], IsHigher: false), ShareOf(0, 2), [0], [], new Random(1)));
        Assert.Equal(1, Select(new Fixed([double.PositiveInfinity, 5], IsHigher: false), ShareOf(0, 2), [0, 1], [], new Random(1)));
    }

    /// <summary>Takes down the candidates that it is given, and picks the first.</summary>
    private sealed class Given : CandidateSelector<FullModeInstance>
    {
        public int[] Candidates { get; private set; } = [];

        public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
        {
            Candidates = candidates.ToArray();
            return Selection.At(candidates[0]);
        }
    }

    /// <summary>
    /// Equal loads: each instance belongs to the share of exactly one of n replicas. Where there are fewer instances than replicas, the share of the last ones is empty, and
    /// they choose among all.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Select_UpTo130Instances_EachBelongsToOneShareAndAnEmptyShareIsTheWholeFleet(int replicas)
    {
        for (int instances = 1; instances <= 130; instances++)
        {
            var load = new Fixed([.. Enumerable.Repeat(1.0, instances)], IsHigher: false);
            int[] all = [.. Enumerable.Range(0, instances)];
            int[][] shares = [.. Enumerable.Range(0, replicas).Select(replica => SelectAmong(load, ShareOf(replica, replicas), all))];
            Assert.Equal(all, shares.Take(instances).SelectMany(static share => share).Order());
            Assert.All(shares.Skip(instances), share => Assert.Equal(all, share));
            Assert.InRange(shares.Take(instances).Max(static share => share.Length) - shares.Take(instances).Min(static share => share.Length), 0, 1);
        }

        static int[] SelectAmong(Fixed load, ReplicaShare share, int[] all)
        {
            var given = new Given();
            Choose(new OwnShareSelector<FullModeInstance>(given, load, share), load, all, [], new Random(1));
            return given.Candidates;
        }
    }

    /// <summary>Instances that are out leave the others to whom they belonged: a replica whose whole share is out chooses among all that are left.</summary>
    [Fact]
    public void Select_RandomInstancesAreOut_EachOtherOneBelongsToOneShareOrToAll()
    {
        var random = new Random(7);
        for (int round = 0; round < 2000; round++)
        {
            int replicas = 2 + random.Next(3);
            var load = new Fixed([.. Enumerable.Repeat(1.0, 1 + random.Next(12))], IsHigher: false);
            int[] candidates = [.. Enumerable.Range(0, load.Values.Length).Where(_ => random.Next(3) > 0)];
            for (int replica = 0; candidates.Length > 0 && replica < replicas; replica++)
            {
                var given = new Given();
                Choose(new OwnShareSelector<FullModeInstance>(given, load, ShareOf(replica, replicas)), load, candidates, [], random);
                int[] own = [.. candidates.Where(slot => slot % replicas == replica)];
                Assert.Equal(own.Length > 0 ? own : candidates, given.Candidates);
            }
        }
    }

    private static ReplicaShare ShareOf(int first, int step)
    {
        var share = new ReplicaShare();
        share.Divide($"{first}", Enumerable.Range(0, step).Select(static i => $"{i}"));
        return share;
    }

    private static int Select(
        Fixed load, ReplicaShare share, int[] candidates, IReadOnlyList<CandidateFilter<FullModeInstance>> preferred, Random random, int topK = 1) =>
        Choose(new OwnShareSelector<FullModeInstance>(new TopKSelector<FullModeInstance>([load], topK), load, share), load, candidates, preferred, random);

    private static int Choose(
        CandidateSelector<FullModeInstance> selector, Fixed load, int[] candidates, IReadOnlyList<CandidateFilter<FullModeInstance>> preferred, Random random)
    {
        var role = new RolePolicy<FullModeInstance>([], preferred, selector);
        var view = new ClusterView<FullModeInstance>([.. load.Values.Select(static (_, i) => new FullModeInstance(Readings.Of($"i{i:00}").Metadata, Readings.Of($"i{i:00}").Status))]);
        view.AssignSlots();
        var table = new MetricTable<FullModeInstance>([load], view.Count);
        foreach (FullModeInstance instance in view.Instances)
        {
            table.Refresh(instance);
        }

        return new DecisionScope<FullModeInstance>(view, table, random)
            .Choose(new SchedulingPolicy<FullModeInstance>("shares", role, role, role), InferType.Neutral, candidates, default).Slot;
    }
}
