using CsCheck;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Rescheduling;
using Llumnix.Testing.Fleet;
using Microsoft.Extensions.Time.Testing;
using static Llumnix.Scheduling.Tests.Rescheduling.PlannerFixture;

namespace Llumnix.Scheduling.Tests.Rescheduling;

/// <summary>
/// Load balancing over fleets whose llumlets carry out what is asked for, and whose statuses come late. The longest request is at most twice as
/// long as the shortest: with one that is longer than the whole difference, a llumlet that is asked for a token moves more than that.
/// </summary>
public sealed class LoadBalanceConvergenceTests
{
    private static readonly Gen<RequestSelection> Selections =
        from order in Gen.Enum<RequestSelectOrder>()
        from rule in Gen.Enum<RequestSelectRule>()
        from value in rule switch
        {
            RequestSelectRule.Requests => Gen.Int[1, 100].Select(n => (double)n),
            RequestSelectRule.Tokens => Gen.Int[1, 10_000].Select(n => (double)n),
            _ => Gen.Double[0.001, 1],
        }
        select new RequestSelection(rule, order, value);

    private static readonly Gen<(int Capacity, int[] Requests)[]> Fleets =
        Gen.Select(Gen.Int[10_000, 40_000], Gen.Int[100, 200].Array[0, 60]).Array[2, 8];

    [Theory]
    [InlineData("kv_cache_usage_ratio_projected")]
    [InlineData("num_requests")]
    [InlineData("all_decodes_tokens_num")]
    public void Cycles_AnyFleet_ImbalanceOnlyFallsAndComesToAnEnd(string metric) =>
        Gen.Select(Fleets, Selections, Gen.Double[0, 1], Gen.Int[0, 1000]).Sample((fleet, selection, threshold, seed) =>
        {
            var model = new Fleet(fleet, metric, threshold, selection, new Random(seed));
            double imbalance = model.Imbalance;
            int quiet = 0;
            for (int cycle = 0; quiet < 12; cycle++)
            {
                Assert.True(cycle < 3000, "it goes on for ever");
                quiet = model.Cycle() ? 0 : quiet + 1;
                Assert.True(model.Imbalance <= imbalance + 1e-9, $"cycle {cycle}: from {imbalance} to {model.Imbalance}");
                imbalance = model.Imbalance;
            }
        });

    /// <summary>Both ends come closer with each cycle and never change places.</summary>
    [Theory]
    [InlineData(RequestSelectRule.CacheRatio, 0.7)]
    [InlineData(RequestSelectRule.Requests, 70)]
    [InlineData(RequestSelectRule.Tokens, 7_000)]
    public void Cycles_NinetyAndTwentyOne_MeetInTheMiddle(RequestSelectRule rule, double value)
    {
        var model = new Fleet(
            [(10_000, Enumerable.Repeat(100, 90).ToArray()), (10_000, Enumerable.Repeat(100, 21).ToArray())],
            "kv_cache_usage_ratio_projected",
            0.5,
            new RequestSelection(rule, RequestSelectOrder.ShortestRunning, value),
            new Random(1));
        int difference = 69;
        for (int cycle = 0; cycle < 100; cycle++)
        {
            model.Cycle();
            Assert.InRange(model.Requests(0) - model.Requests(1), 0, difference);
            difference = model.Requests(0) - model.Requests(1);
        }

        Assert.InRange(difference, 0, 3);
    }

    /// <summary>Engines with their requests, and what the scheduler has read of them: each status lies in the store until the next one is read.</summary>
    private sealed class Fleet
    {
        private readonly FakeTimeProvider _time = new();
        private readonly RestingInstances _resting;
        private readonly PlannerOptions _settings;
        private readonly Random _random;
        private readonly bool _isPerCapacity;
        private readonly bool _isInRequests;
        private readonly (int Capacity, List<int> Requests)[] _engines;
        private readonly FullModeInstance[] _view;
        private readonly InstanceStatus[] _written;

        internal Fleet((int Capacity, int[] Requests)[] engines, string metric, double threshold, RequestSelection selection, Random random)
        {
            _resting = new RestingInstances(_time);
            _random = random;
            _isPerCapacity = metric == "kv_cache_usage_ratio_projected";
            _isInRequests = metric == "num_requests";
            _engines = [.. engines.Select(engine => (engine.Capacity, engine.Requests.ToList()))];
            _settings = new PlannerOptions
            {
                Policies = ["decode_load"],
                Decode = new LoadCriterion(metric, _isPerCapacity ? threshold : threshold * (_isInRequests ? 60 : 9_000)),
                LoadBalance = new LoadBalanceOptions { Selection = selection },
            };
            _written = [.. _engines.Select((_, i) => StatusOf(i))];
            _view = [.. _written.Select((status, i) => new FullModeInstance(Readings.Of($"i{i}", InferType.Decode).Metadata, status))];
        }

        /// <summary>The squares of the loads, which an exchange that evens out makes smaller.</summary>
        internal double Imbalance => _engines.Sum(engine => _isInRequests ? Math.Pow(engine.Requests.Count, 2)
            : Math.Pow(engine.Requests.Sum(), 2) / (_isPerCapacity ? engine.Capacity : 1));

        internal int Requests(int engine) => _engines[engine].Requests.Count;

        /// <summary>Some engines report, then a cycle runs.</summary>
        /// <returns>Whether anything was migrated.</returns>
        internal bool Cycle()
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            for (int i = 0; i < _view.Length; i++)
            {
                if (_random.Next(3) > 0)
                {
                    _view[i].TakeOver(_written[i]);
                    _view[i].Advance(_time.GetTimestamp());
                    _written[i] = StatusOf(i);
                }
            }

            _time.Advance(TimeSpan.FromMilliseconds(100));
            IReadOnlyList<MigrationPair> pairs = Plan(_settings, new(_view), _resting).Pairs;
            foreach (MigrationPair pair in pairs)
            {
                Migrate(_engines[Index(pair.Source)], _engines[Index(pair.Destination)].Requests, pair.Selection);
                _resting.OnAnswered(pair);
            }

            return pairs.Count > 0;
        }

        private static int Index(InstanceMetadata metadata) => metadata.InstanceId[1] - '0';

        /// <summary>Requests go until they hold what was asked for.</summary>
        private void Migrate((int Capacity, List<int> Requests) source, List<int> destination, RequestSelection selection)
        {
            int[] order = selection.Order switch
            {
                RequestSelectOrder.LongestRunning => [.. source.Requests.OrderDescending()],
                RequestSelectOrder.ShortestRunning or RequestSelectOrder.FirstComeWaitingThenShortestRunning => [.. source.Requests.Order()],
                _ => [.. source.Requests.OrderBy(_ => _random.Next())],
            };
            double amount = selection.Rule == RequestSelectRule.CacheRatio ? selection.Value * source.Capacity : selection.Value;
            double sum = 0;
            for (int i = 0; i < order.Length && sum < amount; i++)
            {
                source.Requests.Remove(order[i]);
                destination.Add(order[i]);
                sum += selection.Rule == RequestSelectRule.Requests ? 1 : order[i];
            }
        }

        private InstanceStatus StatusOf(int engine)
        {
            (int capacity, List<int> requests) = _engines[engine];
            return new InstanceStatus
            {
                InstanceId = $"i{engine}",
                Schedulable = true,
                TotalGpuTokens = capacity,
                UsedGpuTokens = requests.Sum(),
                RunningRequestCount = requests.Count,
                SchedulerRunningToDecodeRequests = requests.Count,
                SchedulerRunningToDecodeTokens = requests.Sum(),
            };
        }
    }
}
