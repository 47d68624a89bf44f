using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Scheduling.Tests.Replication;

/// <summary>
/// Random placements, reports, releases and lost gateways at three replicas of lite mode, over a network that loses, reorders and reconnects: when it settles,
/// every replica counts the same load, and nothing is left at the end.
/// </summary>
public sealed class LiteModeReplicationPropertyTests
{
    private const int Replicas = 3;
    private const int EventsPerSegment = 2_000;
    private static readonly int Events =
        int.TryParse(Environment.GetEnvironmentVariable("LLUMNIX_REPLICATION_EVENTS"), out int events) ? events : 50_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Events_LossesReorderingsAndReconnects_SumsEqualAndNothingLeaks(int seed)
    {
        var run = new Run(seed);
        for (int events = 0; events < Events; events += EventsPerSegment)
        {
            run.Play(EventsPerSegment);
            run.SettleAndCompare();
        }

        run.End();
    }

    private sealed class Run
    {
        private readonly Random _random;
        private readonly FakeTimeProvider _time = new();
        private readonly LiteModeFixture[] _schedulers = new LiteModeFixture[Replicas];
        private readonly LedgerReplica[] _replicas;
        private readonly ReplicaNetwork _network;
        private readonly HashSet<(int Replica, string Gateway)> _connected = [];

        internal Run(int seed)
        {
            _random = new Random(seed);
            DiscoveredInstance[] instances = [.. Enumerable.Range(0, 6).Select(static i => LiteModeFixture.Of($"i{i}", (InferType)(i % 3), 1))];
            for (int i = 0; i < Replicas; i++)
            {
                _schedulers[i] = new LiteModeFixture(settings: new LiteModeOptions { Replica = new ReplicaKey($"s{i}", i) }, time: _time).With(instances);
            }

            _replicas = [.. _schedulers.Select(static scheduler => scheduler.Scheduler.Replica!)];
            _network = new ReplicaNetwork(_replicas, _random);
            _network.ConnectAll();
        }

        internal void Play(int events)
        {
            (_network.Loss, _network.IsReordering) = (0.02, _random.Next(2) == 0);
            for (int i = 0; i < events; i++)
            {
                string id = $"r{_random.Next(300)}";
                string gateway = $"g{_random.Next(3)}";
                int replica = _random.Next(Replicas);
                LiteModeFixture scheduler = _schedulers[replica];
                switch (_random.Next(40))
                {
                    case < 10:
                        SchedulingMode mode = _random.Next(2) == 0 ? SchedulingMode.Neutral : SchedulingMode.PdBatch;
                        scheduler.Schedule(id, out _, mode, tokens: _random.Next(1000), gateway: gateway);
                        break;
                    case < 16:
                        scheduler.Release(id, $"i{_random.Next(6)}", gateway: gateway);
                        break;
                    case < 20:
                        scheduler.Report(id, $"i{_random.Next(6)}", _random.Next(2000), _random.Next(2) == 0, gateway);
                        break;
                    case 20:
                        Disturb(replica, gateway);
                        break;
                    case 21:
                        _time.Advance(TimeSpan.FromMilliseconds(_random.Next(1000)));
                        break;
                    default:
                        _network.Step();
                        break;
                }
            }
        }

        internal void SettleAndCompare()
        {
            (_network.Loss, _network.IsReordering) = (0, false);
            _network.ConnectAll();
            LiteModeSnapshot[] seen = [];
            for (int round = 0; round < 3; round++)
            {
                seen = [.. _schedulers.Select(static scheduler => scheduler.Scheduler.Snapshot())];
                _network.Settle();
            }

            seen = [.. _schedulers.Select(static scheduler => scheduler.Scheduler.Snapshot())];
            Assert.All(seen, other => Assert.Equal(seen[0].Instances, other.Instances));
            Assert.All(seen, other => Assert.Equal(seen[0].States, other.States));
        }

        internal void End()
        {
            for (int replica = 0; replica < Replicas; replica++)
            {
                _network.Isolate(replica);
            }

            foreach ((int replica, string gateway) in _connected)
            {
                _schedulers[replica].Scheduler.OnGatewayLost(gateway, isProven: true);
            }

            _time.Advance(TimeSpan.FromMinutes(11));
            Assert.All(_schedulers, static scheduler =>
            {
                LiteModeSnapshot left = scheduler.Scheduler.Snapshot();
                Assert.Equal(0, left.States);
                Assert.All(left.Instances, static instance => Assert.Equal(default, instance.Tracked));
                Assert.Equal(0, scheduler.Scheduler.Replica!.Figures.ForeignEntries);
            });
        }

        private void Disturb(int from, string gateway)
        {
            int to = (from + 1 + _random.Next(Replicas - 1)) % Replicas;
            switch (_random.Next(10))
            {
                case < 3:
                    _network.Close(from, to);
                    break;
                case < 8:
                    _network.Connect(from, to);
                    break;
                case 8 when _connected.Remove((from, gateway)):
                    _schedulers[from].Scheduler.OnGatewayLost(gateway, isProven: true);
                    break;
                case 9 when _connected.Add((from, gateway)):
                    _schedulers[from].Scheduler.OnGatewayConnected(gateway, isProven: true);
                    break;
            }
        }
    }
}
