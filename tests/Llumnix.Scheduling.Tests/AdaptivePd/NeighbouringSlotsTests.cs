using CsCheck;
using Llumnix.Scheduling.AdaptivePd;
using Llumnix.Scheduling.AdaptivePd.Choices;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Pipeline;
using Llumnix.Scheduling.Tests.Prediction;

namespace Llumnix.Scheduling.Tests.AdaptivePd;

/// <summary>Neighbouring slots are tested together. Of the slots with even and with odd numbers, no two are neighbours: what is found among both together is the same.</summary>
public sealed class NeighbouringSlotsTests
{
    private static readonly AdaptivePdTargets Targets = AdaptivePdTargets.Of(
        new SloOptions { Tpot = TimeSpan.FromMilliseconds(12) }, new AdaptivePdOptions(), RoundProfile.Predictor);

    private static readonly AdaptivePdMetrics Read = new(RoundProfile.Predictor);
    private static readonly DecodePlaces Places = new(Targets, Read, growthTokensPerDecode: 0);
    private static readonly DecodePlaces PlacesToGrow = new(Targets, Read, growthTokensPerDecode: 400);

    [Fact]
    public void Find_AnyFleet_IsFoundAmongEvenAndOdd() => Gen.Int.Sample(
        static seed =>
        {
            var random = new Random(seed);
            InstanceReading[] fleet = [.. Enumerable.Range(0, random.Next(20, 50)).Select(i => AdaptivePdFixture.Busy(
                $"{i:00}", batch: random.Next(6), waiting: random.Next(2) * random.Next(3000), used: random.Next(AdaptivePdFixture.KvCapacity)))];
            var state = new AdaptivePdState(Targets, AdaptivePdTuning.Default);
            var fixture = new DecisionFixture(fleet) { State = state };
            fixture.Pick(new Comparison(state), new RequestFacts(random.Next(20_000)));
        },
        iter: 300);

    private delegate ReadOnlySpan<int> Search(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope);

    private sealed class Comparison(AdaptivePdState state) : CandidateSelector<FullModeInstance>
    {
        private readonly WaitForPrefills _wait = new(Targets, Read, PlacesToGrow);
        private readonly ConvertPrefiller _convert = new(Targets, Read, Places);
        private readonly Prefillers _prefillers = new(Read);

        public override IReadOnlyList<InstanceMetric<FullModeInstance>> Metrics { get; } =
            [Read.Ttft, Read.Tpot, Read.KvLeft, Read.Batch, Read.Backlog];

        public override Selection Select(ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
        {
            state.PrepareDecision(InferType.Decode, candidates, scope.Instances);
            AssertSame((slots, of) => Places.Find(Targets.PackingLimitMs, slots, of), candidates, scope);
            AssertSame((slots, of) => PlacesToGrow.Find(Targets.PackingLimitMs, slots, of), candidates, scope);
            AssertSame((slots, of) => Places.FindForBothRoles(Targets.PackingLimitMs, slots, of), candidates, scope);
            AssertSame((slots, of) => Decoders.Find(slots, Read, of), candidates, scope);
            AssertSame((slots, of) => _prefillers.Find(slots, of), candidates, scope);
            double[] backlogs = scope.Values(Read.Backlog).ToArray();
            double[] batches = scope.Values(Read.Batch).ToArray();
            double[] latencies = scope.Values(Read.Ttft).ToArray();
            AssertLowest(
                (slots, of) => new[] { _wait.Find(slots, of) }, slot => backlogs[slot] + (batches[slot] > 0 ? 0 : Targets.ConversionSavesMs), candidates, scope);
            AssertLowest(
                (slots, of) => new[] { _convert.TryChoose(slots, of, out Selection selection) ? selection.Slot : -1 }, slot => latencies[slot], candidates, scope);
            return Selection.None;
        }

        private static void AssertSame(Search search, ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
        {
            (int[] all, int[] apart) = Searched(search, candidates, scope);

            // Where one part has none of them, all of the part are found instead.
            Assert.True(all.SequenceEqual(apart) || apart.Length > all.Length && !all.Except(apart).Any(), $"{string.Join(' ', all)} and {string.Join(' ', apart)}");
        }

        private static void AssertLowest(Search search, Func<int, double> score, ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
        {
            (int[] all, int[] apart) = Searched(search, candidates, scope);
            double Score(int slot) => slot < 0 ? double.PositiveInfinity : score(slot);
            Assert.Equal(apart.Min(Score), all.Min(Score));
        }

        private static (int[] All, int[] Apart) Searched(Search search, ReadOnlySpan<int> candidates, DecisionScope<FullModeInstance> scope)
        {
            int[] even = [.. candidates.ToArray().Where(static slot => slot % 2 == 0)];
            int[] odd = [.. candidates.ToArray().Where(static slot => slot % 2 == 1)];
            int[] apart = [.. search(even, scope).ToArray().Concat(search(odd, scope).ToArray()).Order()];
            return (search(candidates, scope).ToArray(), apart);
        }
    }
}
