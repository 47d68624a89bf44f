using System.Globalization;
using Llumnix.Adapters.Options;
using Llumnix.Scheduling;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Simulation.Fleet;

namespace Llumnix.GoldenDecisions.Tests;

/// <summary>Every decision of lite mode over a fleet whose gateways report, release, vanish, and whose instances come and go, stays what it was.</summary>
public sealed class LiteModeGoldenTests
{
    private const int Requests = 3000;

    [Theory]
    [InlineData("load-balance", SchedulingMode.Neutral)]
    [InlineData("load-balance", SchedulingMode.PdBatch)]
    [InlineData("load-balance", SchedulingMode.PdStaged)]
    [InlineData("round-robin", SchedulingMode.Neutral)]
    public void Decisions_LiteMode_Unchanged(string policy, SchedulingMode mode)
    {
        OptionsParseResult<SchedulerOptions> parsed = SchedulerOptionsParser.Parse(
            [$"--scheduling-policy={policy}", "--enable-full-mode-scheduling=false", "--seed=7"], SchedulerProgram.KnownNames);
        Assert.Empty(parsed.Errors);
        var clock = new VirtualClock();
        var fleet = new Fleet(LiteModeFactory.Make(parsed.Options, clock), clock, mode);
        fleet.Play(Requests);
        GoldenFile.AssertSame($"lite-{policy}-{mode}".ToLowerInvariant(), fleet.Hashes.Lines());
    }

    /// <summary>Requests under way, in the order of their schedules; all that happens to them is drawn from one seed.</summary>
    private sealed class Fleet(LiteModeScheduler scheduler, VirtualClock clock, SchedulingMode mode)
    {
        private static readonly string[] Gateways = ["10.0.0.1:4000", "10.0.0.2:4000", "10.0.0.3:4000"];
        private readonly Random _random = new(11);
        private readonly List<(string Id, string Gateway, PlacedInstance Placed, int Tokens)> _underWay = [];
        private readonly RequestProgressBatch _report = new();

        public DecisionHashes Hashes { get; } = new();

        public void Play(int requests)
        {
            foreach (string gateway in Gateways)
            {
                scheduler.OnGatewayConnected(gateway);
            }

            for (int i = 0; i < requests; i++)
            {
                if (i % 500 == 0)
                {
                    // One of the twelve instances is away each time, and another one comes back as a new generation.
                    Discover(away: i / 500, version: 1 + (i / 500));
                }

                clock.Now += TimeSpan.FromMilliseconds(_random.Next(1, 60));
                Schedule($"r{i}", Gateways[_random.Next(Gateways.Length)], i);
                Progress();
                if (i % 900 == 899)
                {
                    LoseGateway(Gateways[_random.Next(Gateways.Length)]);
                }
            }
        }

        private void Discover(int away, long version) => scheduler.Synchronize(
        [
            .. from i in Enumerable.Range(0, 12)
               where i != away
               select new DiscoveredInstance
               {
                   Id = string.Create(CultureInfo.InvariantCulture, $"pod-{i}_dp0"),
                   InferType = mode == SchedulingMode.Neutral ? InferType.Neutral : i < 5 ? InferType.Prefill : InferType.Decode,
                   Host = string.Create(CultureInfo.InvariantCulture, $"10.1.0.{i}"),
                   Port = 8000,
                   Version = i == away + 1 ? version : 1,
               },
        ]);

        private void Schedule(string id, string gateway, int i)
        {
            int tokens = _random.Next(16, 8000);
            InferType stage = mode == SchedulingMode.PdStaged && i % 2 == 1 ? InferType.Decode : InferType.Prefill;
            ScheduleOutcome outcome = scheduler.Schedule(
                new PlacementRequest(id, mode, stage, tokens, GatewayId: gateway), out Placement placement);
            Hashes.Add(id, outcome, in placement);
            if (outcome == ScheduleOutcome.Placed)
            {
                _underWay.Add((id, gateway, placement.First, tokens));
                if (placement.Second is { } second)
                {
                    _underWay.Add((id, gateway, second, tokens));
                }
            }
        }

        /// <summary>One request reports, and beyond a hundred one ends; few of its messages are lost.</summary>
        private void Progress()
        {
            if (_underWay.Count == 0)
            {
                return;
            }

            var reported = _underWay[_random.Next(_underWay.Count)];
            _report.Clear();
            _report.Add(
                reported.Id,
                reported.Placed.Instance.WireId,
                reported.Tokens + _random.Next(500),
                isPrefillDone: _random.Next(2) == 0,
                reported.Gateway);
            scheduler.Report(_report);
            while (_underWay.Count > 100)
            {
                int at = _random.Next(_underWay.Count);
                var ended = _underWay[at];
                _underWay.RemoveAt(at);
                if (_random.Next(20) != 0)
                {
                    scheduler.Release(ended.Id, Released(ended.Placed) with { GatewayId = ended.Gateway });
                }
            }
        }

        private void LoseGateway(string gateway)
        {
            scheduler.OnGatewayLost(gateway);
            _underWay.RemoveAll(request => request.Gateway == gateway);
            scheduler.OnGatewayConnected(gateway);
        }

        private static ReleasedInstance Released(in PlacedInstance placed) =>
            new(placed.Instance.Host, placed.Instance.Port, placed.Role, placed.Instance.WireId, placed.Instance.Version);
    }
}
