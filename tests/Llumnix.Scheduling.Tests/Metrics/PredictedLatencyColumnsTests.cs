using CsCheck;
using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Pipeline;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Slo;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Scheduling.Tests.Metrics;

/// <summary>Latencies that are predicted for many instances together are, to the last bit, those that are predicted for each alone.</summary>
public sealed class PredictedLatencyColumnsTests
{
    [Fact]
    public void Fill_AnyFleetTablesAndRequest_IsEvaluateOfEach() => Gen.Int.Sample(
        static seed =>
        {
            var random = new Random(seed);
            LatencyPredictor predictor = Predictor(random);
            FullModeInstance[] fleet = [.. Enumerable.Range(0, random.Next(1, 40)).Select(slot => Instance(slot, random))];
            InstanceMetric<FullModeInstance>[] metrics = [new PredictedTtft(predictor), new PredictedTpot(predictor)];
            MetricColumns<FullModeInstance>[] columns = [.. metrics.Select(metric => metric.MakeColumns(fleet.Length)!)];
            double[] values = new double[MetricColumns<FullModeInstance>.LengthFor(fleet.Length)];
            foreach (MetricColumns<FullModeInstance> of in columns)
            {
                Array.ForEach(fleet, of.Refresh);
            }

            for (int round = 0; round < 5; round++)
            {
                FullModeInstance changed = fleet[random.Next(fleet.Length)];
                Change(changed, random);
                RequestFacts request = Request(fleet, random);
                int[] slots = [.. Enumerable.Range(0, fleet.Length).Where(_ => random.Next(4) > 0).DefaultIfEmpty(fleet.Length - 1)];
                for (int i = 0; i < metrics.Length; i++)
                {
                    columns[i].Refresh(changed);
                    columns[i].Fill(slots, fleet, in request, values);
                    foreach (int slot in slots)
                    {
                        double alone = metrics[i].Evaluate(fleet[slot], in request);
                        Assert.Equal(BitConverter.DoubleToInt64Bits(alone), BitConverter.DoubleToInt64Bits(values[slot]));
                    }
                }
            }
        },
        iter: 2000);

    /// <summary>
    /// Both engines have reported the same backlog, and a has written again since, with the same load. So of a's backlog less time has passed, and b is the faster
    /// one.
    /// </summary>
    [Fact]
    public void Schedule_StatusIsNewerAndItsLoadIsNot_TimeCountsFromTheNewStatus()
    {
        var time = new FakeTimeProvider();
        var scheduler = new FullModeScheduler(
            new FullModePolicies(FullModeMetrics.Catalogue(predictor: RoundProfile.Predictor), RoundProfile.Predictor)
                .Build("slo", new PolicyOptions { Slo = new SloOptions() }),
            new FullModeOptions(),
            time,
            new Random(1));
        scheduler.SetStoreAvailable(true);
        InstanceReading a = Waiting("a");
        InstanceReading b = Waiting("b");
        scheduler.Synchronize([a, b]);
        time.Advance(TimeSpan.FromMilliseconds(30));
        scheduler.Synchronize([a with { Status = a.Status with { TimestampMs = Readings.StartMs + 30 } }, b]);
        for (int i = 0; i < 20; i++)
        {
            scheduler.Schedule(new PlacementRequest("r", SchedulingMode.Neutral, default, 100), out Placement placement);
            InstanceAddress chosen = placement.First.Instance;
            Assert.Equal("b", chosen.InstanceId);
            scheduler.Release("r", new ReleasedInstance(chosen.Host, chosen.Port, InferType.Neutral, chosen.WireId, chosen.Version, chosen.DataParallelRank));
        }
    }

    private static InstanceReading Waiting(string id) => Readings.Of(id, status: s => s with { UncomputedTokensAllWaitingPrefills = 500 });

    /// <summary>One pair of tables, or one for each of up to four kinds of engines, or none for some of them.</summary>
    private static LatencyPredictor Predictor(Random random) => new(new ProfileClasses(
        [.. Enumerable.Range(0, random.Next(4)).Select(i => new ProfileRule(
            $"c{i}", [new InstanceCondition(InstanceTrait.All.Single(static trait => trait.Name == "backend"), [$"b{i}"])], Tables(random)))],
        random.Next(4) > 0 ? Tables(random) : null));

    /// <summary>Tables of one sample and of many, dense and sparse, rising and falling.</summary>
    private static LatencyProfile Tables(Random random)
    {
        double[] tokens = Samples(random);
        double[] batches = Samples(random);
        double[] contexts = Samples(random);
        return new LatencyProfile(
            new LatencyCurve(tokens, [.. tokens.Select(_ => 100 * random.NextDouble())]),
            new LatencyGrid(batches, contexts, [.. Enumerable.Range(0, batches.Length * contexts.Length).Select(_ => 50 * random.NextDouble())]));
    }

    private static double[] Samples(Random random)
    {
        int count = random.Next(1, 16);
        double scale = Math.Pow(10, random.Next(-1, 4));
        IEnumerable<double> drawn = random.Next(3) switch
        {
            0 => Enumerable.Range(0, count).Select(i => Math.Pow(2, i)),
            1 => Enumerable.Range(0, count).Select(i => scale * (i + 1)),
            _ => Enumerable.Range(0, count).Select(_ => scale * random.NextDouble()),
        };
        return [.. drawn.Distinct().Order()];
    }

    private static FullModeInstance Instance(int slot, Random random)
    {
        InstanceReading reading = Readings.Of(
            $"{slot}", metadata: m => m with { MaxNumBatchedTokens = random.Next(3) == 0 ? 8192 : random.Next(1, 2000), BackendType = $"b{(slot / 6 + random.Next(8) / 7) % 5}" });
        return new FullModeInstance(reading.Metadata, Status(reading.Status, random)) { Slot = slot, WrittenMs = Readings.StartMs };
    }

    private static void Change(FullModeInstance instance, Random random)
    {
        instance.WrittenMs += random.Next(50);
        double Factor() => random.Next(2) == 0 ? 1 : 0.5 + random.NextDouble();
        instance.LatencyFactors = new LatencyFactors(Factor(), Factor(), Factor(), Factor(), 1);
        instance.TakeOver(Status(instance.Status, random));
        instance.Dispatched = random.Next(2) == 0
            ? default
            : new DispatchedLoad(1, 1, random.Next(5000), random.Next(3), random.Next(5000));
    }

    /// <summary>Status numbers are not checked: they may be negative, and sums of them huge.</summary>
    private static InstanceStatus Status(InstanceStatus status, Random random)
    {
        int Number(int limit) => random.Next(20) switch
        {
            0 => int.MaxValue,
            1 => -random.Next(limit),
            < 8 => 0,
            _ => random.Next(limit),
        };
        return status with
        {
            StepId = random.Next(1, 3),
            UncomputedTokensAllWaitingPrefills = Number(10_000),
            UncomputedTokensSchedulerRunningPrefills = Number(3000),
            UnallocatedTokensSchedulerRunningPrefills = Number(1000),
            SchedulerRunningToDecodeRequests = Number(200),
            SchedulerWaitingToDecodeRequests = Number(4),
            SchedulerRunningToDecodeTokens = Number(100_000),
            LoadingTokens = Number(1000),
        };
    }

    private static RequestFacts Request(FullModeInstance[] fleet, Random random)
    {
        int prompt = random.Next(6) switch
        {
            0 => 0,
            1 => 1 << random.Next(14),
            _ => random.Next(10_000),
        };
        PrefixHits? hits = random.Next(2) == 0
            ? null
            : new StoredPrefixHits(fleet.Where(_ => random.Next(2) == 0).ToDictionary(instance => instance.Metadata.IpKvs, _ => random.Next(prompt + 1)));
        return new RequestFacts(prompt, hits, Readings.StartMs + random.Next(200), random.Next(2) * random.Next(100));
    }
}
