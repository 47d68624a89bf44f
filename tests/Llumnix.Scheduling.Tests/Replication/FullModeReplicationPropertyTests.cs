using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.Replication;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Scheduling.Tests.Replication;

/// <summary>
/// Random placements, releases, statuses, restarts and times at three replicas, over a network that loses, reorders and reconnects: when it settles, every
/// replica counts the same load, and nothing is left at the end. LLUMNIX_REPLICATION_EVENTS sets the number of events.
/// </summary>
public sealed class FullModeReplicationPropertyTests
{
    private const int Replicas = 3;
    private const int Instances = 5;
    private const int EventsPerSegment = 2_000;
    private static readonly int Events =
        int.TryParse(Environment.GetEnvironmentVariable("LLUMNIX_REPLICATION_EVENTS"), out int events) ? events : 50_000;

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(2, false, false)]
    [InlineData(3, true, false)]
    [InlineData(4, false, true)]
    public void Events_LossesReorderingsAndReconnects_SumsEqualAndNothingLeaks(int seed, bool isReconciled, bool isMixed)
    {
        var run = new Run(seed, isReconciled, isMixed);
        for (int events = 0; events < Events; events += EventsPerSegment)
        {
            run.Play(EventsPerSegment);
            run.SettleAndCompare();
        }

        run.End();
    }

    private sealed class Run
    {
        private readonly bool _isReconciled;
        private readonly Random _random;
        private readonly FakeTimeProvider _time = new();
        private readonly FullModeScheduler[] _schedulers = new FullModeScheduler[Replicas];
        private readonly LedgerReplica[] _replicas = new LedgerReplica[Replicas];
        private readonly ReplicaNetwork _network;
        private readonly InstanceReading[] _readings;
        private readonly List<string>[] _named;
        private long _epoch;
        private bool _hasRestarted;

        internal Run(int seed, bool isReconciled, bool isMixed)
        {
            _isReconciled = isReconciled;
            _random = new Random(seed);
            _readings = [.. Enumerable.Range(0, Instances).Select(i => Readings.Of($"i{i}", (InferType)(i % 3)))];
            for (int i = 0; i < Instances; i += 2)
            {
                // Every other instance is one whose statuses name no requests.
                _readings[i] = new InstanceReading(_readings[i].Metadata with { NamesRequests = !isMixed }, _readings[i].Status);
            }

            _named = [.. _readings.Select(static _ => new List<string>())];
            for (int i = 0; i < Replicas; i++)
            {
                Start(i);
            }

            _network = new ReplicaNetwork(_replicas, _random);
            _network.ConnectAll();
        }

        internal void Play(int events)
        {
            (_network.Loss, _network.IsReordering) = (0.02, _random.Next(2) == 0);
            for (int i = 0; i < events; i++)
            {
                string id = $"r{_random.Next(300)}";
                FullModeScheduler scheduler = _schedulers[_random.Next(Replicas)];
                switch (_random.Next(40))
                {
                    case < 12:
                        SchedulingMode mode = _random.Next(2) == 0 ? SchedulingMode.Neutral : SchedulingMode.PdBatch;
                        scheduler.Schedule(new PlacementRequest(id, mode, default, _random.Next(1000)), out _);
                        break;
                    case < 18:
                        InferType? role = _random.Next(4) is int r and < 3 ? (InferType)r : null;
                        scheduler.Release(id, new ReleasedInstance($"ip-i{_random.Next(Instances)}", 8000, role));
                        break;
                    case < 20:
                        Write(_random.Next(Instances), id);
                        break;
                    case < 22:
                        scheduler.Synchronize([.. _readings]);
                        break;
                    case 22:
                        Disturb();
                        break;
                    case 23:
                        _time.Advance(TimeSpan.FromMilliseconds(_random.Next(100)));
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
            if (_hasRestarted)
            {
                // What a replica that is gone has told to some only, all forget when it is old.
                _time.Advance(TimeSpan.FromMinutes(11));
                _hasRestarted = false;
            }

            for (int round = 0; round < 3; round++)
            {
                _time.Advance(TimeSpan.FromMilliseconds(1));
                for (int i = 0; i < Instances; i++)
                {
                    Write(i, null);
                }

                foreach (FullModeScheduler scheduler in _schedulers)
                {
                    scheduler.Synchronize([.. _readings]);
                    // Lets old entries go, so that their owner tells of it.
                    scheduler.Snapshot();
                }

                _network.Settle();
            }

            ClusterSnapshot first = _schedulers[0].Snapshot();
            foreach (FullModeScheduler scheduler in _schedulers.Skip(1))
            {
                ClusterSnapshot other = scheduler.Snapshot();
                Assert.Equal(first.Instances.Select(i => (i.Metadata.InstanceId, i.Dispatched)), other.Instances.Select(i => (i.Metadata.InstanceId, i.Dispatched)));
                Assert.Equal(first.LedgerEntries, other.LedgerEntries);
            }
        }

        internal void End()
        {
            _time.Advance(TimeSpan.FromMinutes(11));
            Assert.All(_schedulers, static scheduler =>
            {
                ClusterSnapshot left = scheduler.Snapshot();
                Assert.Equal(0, left.LedgerEntries);
                Assert.All(left.Instances, static instance => Assert.Equal(default, instance.Dispatched));
                Assert.Equal(0, scheduler.Replica!.Figures.ForeignEntries);
            });
            Assert.True(_replicas.Sum(static replica => replica.Figures.Gaps) > 0);
        }

        private void Disturb()
        {
            int from = _random.Next(Replicas);
            int to = (from + 1 + _random.Next(Replicas - 1)) % Replicas;
            switch (_random.Next(40))
            {
                case 0:
                    _network.Isolate(from);
                    Start(from);
                    _network.ConnectAll();
                    _hasRestarted = true;
                    break;
                case < 10:
                    _network.Close(from, to);
                    break;
                default:
                    _network.Connect(from, to);
                    break;
            }
        }

        /// <summary>An instance writes a status; it names a request for as long as the run goes on, as engines name recent ones more than once.</summary>
        private void Write(int instance, string? request)
        {
            if (request is not null && _named[instance].Count < 40)
            {
                _named[instance].Add(request);
            }

            _readings[instance] = _readings[instance].Later(status: s => s with { RecentWaitingRequests = [.. _named[instance]] });
        }

        private void Start(int index)
        {
            var options = new FullModeOptions
            {
                Replica = new ReplicaKey($"s{index}", ++_epoch),
                Ledger = new() { IsReconciled = _isReconciled },
                Failover = new() { InstanceStaleness = TimeSpan.FromHours(1) },
            };
            _schedulers[index] = new FullModeScheduler(
                new FullModePolicies(FullModeMetrics.Catalogue(false, null), null).Build("load-balance", new PolicyOptions()), options, _time, new Random(index));
            _schedulers[index].SetStoreAvailable(true);
            _schedulers[index].Synchronize([.. _readings]);
            _replicas[index] = _schedulers[index].Replica!;
        }
    }
}
