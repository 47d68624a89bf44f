using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.LiteMode;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Scheduling.Tests.RequestStates;

/// <summary>
/// Cycles of schedule, reports and release whose messages get lost, come twice or out of order, among gateways and instances that come
/// and go, against a plain model: the totals equal the live states at every step, and nothing is left at the end.
/// </summary>
public sealed class RequestStatePropertyTests
{
    private const int Cycles = 100_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ReportedLifetime = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Cycles_LossesRepeatsAndReorderings_TotalsEqualTheLiveStates(int seed)
    {
        var run = new Run(seed);
        run.Discover();
        for (int cycle = 0; cycle < Cycles; cycle++)
        {
            run.BeginCycle(cycle);
            run.DeliverSome();
            run.Disturb();
            run.Check();
        }

        run.End();
    }

    private sealed class Run(int seed)
    {
        private readonly Random _random = new(seed);
        private readonly LiteModeFixture _fixture = new();
        private readonly List<Action> _underWay = [];
        private readonly List<State> _live = [];
        private readonly Dictionary<string, Gateway> _gateways = Enumerable.Range(0, 5).ToDictionary(i => $"g{i}", _ => new Gateway());
        private readonly long[] _versions = [1, 1, 1, 1, 1, 1];
        private readonly bool[] _isGone = new bool[6];

        private TimeSpan Now => _fixture.Time.GetUtcNow().TimeOfDay + TimeSpan.FromDays(_fixture.Time.GetUtcNow().DayOfYear);

        internal void BeginCycle(int cycle)
        {
            // Few ids, so that a gateway's retry and somebody else's equal id happen all the time; they are different requests.
            string id = $"r{(_random.Next(4) == 0 ? _random.Next(300) : cycle)}";
            string gateway = $"g{_random.Next(5)}";
            SchedulingMode mode = _random.Next(2) == 0 ? SchedulingMode.Neutral : SchedulingMode.PdBatch;
            int tokens = _random.Next(1000);
            if (_fixture.Schedule(id, out Placement placement, mode, tokens: tokens, gateway: gateway) != ScheduleOutcome.Placed)
            {
                return;
            }

            Add(id, placement.First, gateway, tokens);
            Send(id, placement.First, gateway, tokens);
            if (placement.Second is { } second)
            {
                Add(id, second, gateway, tokens);
                Send(id, second, gateway, tokens);
            }
        }

        internal void DeliverSome()
        {
            for (int i = _random.Next(6); i > 0 && _underWay.Count > 0; i--)
            {
                int at = _random.Next(_underWay.Count);
                Action message = _underWay[at];
                _underWay[at] = _underWay[^1];
                _underWay.RemoveAt(_underWay.Count - 1);
                message();
            }
        }

        internal void Disturb()
        {
            int instance = _random.Next(6);
            string gateway = $"g{_random.Next(5)}";
            switch (_random.Next(400))
            {
                case 0:
                    _isGone[instance] = !_isGone[instance];
                    Restart(instance);
                    break;
                case 1:
                    _versions[instance]++;
                    Restart(instance);
                    break;
                case 2:
                    Connect(gateway);
                    break;
                case 3 or 4:
                    Lose(gateway);
                    break;
                case < 25:
                    _fixture.Time.Advance(TimeSpan.FromSeconds(_random.Next(90)));
                    Expire();
                    break;
            }
        }

        internal void Check()
        {
            LiteModeSnapshot snapshot = _fixture.Scheduler.Snapshot();
            Assert.Equal(_live.Count, snapshot.States);
            foreach (LiteModeInstanceSnapshot instance in snapshot.Instances)
            {
                List<State> mine = _live.FindAll(state => state.Instance == instance.Description.Id);
                List<State> waiting = mine.FindAll(state => !state.IsDone);
                Assert.Equal(
                    new TrackedLoad(mine.Count, mine.Sum(s => s.Tokens), waiting.Count, waiting.Sum(s => s.Tokens)), instance.Tracked);
            }
        }

        internal void End()
        {
            while (_underWay.Count > 0)
            {
                DeliverSome();
            }

            foreach ((string id, Gateway gateway) in _gateways)
            {
                while (gateway.Connections > 0)
                {
                    Lose(id);
                }
            }

            _fixture.Time.Advance(Lifetime);
            _live.Clear();
            Check();
        }

        private DiscoveredInstance Describe(int index) => LiteModeFixture.Of($"i{index}", (InferType)(index % 3), _versions[index]);

        /// <summary>Discovery tells the fleet.</summary>
        internal void Discover() =>
            _fixture.With([.. Enumerable.Range(0, 6).Where(i => !_isGone[i]).Select(i => Describe(i))]);

        private void Add(string id, PlacedInstance placed, string gateway, int tokens)
        {
            _live.RemoveAll(state => state.Id == id && state.Role == placed.Role && state.Gateway == gateway);
            _live.Add(new State(id, placed.Role, placed.Instance.WireId, placed.Instance.Version, gateway)
            {
                Tokens = tokens, TouchedAt = Now, AgedFrom = Now, IsOfLost = _gateways[gateway].IsLost, Stretch = _gateways[gateway].Stretch,
            });
        }

        /// <summary>Messages of one placement; each may be lost or come twice, and all come in any order.</summary>
        private void Send(string id, PlacedInstance placed, string gateway, int tokens)
        {
            (string instance, long version) = (placed.Instance.WireId, placed.Instance.Version);
            Send(() => Report(id, instance, gateway, 0, isPrefillDone: true));
            for (int i = _random.Next(3); i > 0; i--)
            {
                int now = tokens + _random.Next(200);
                Send(() => Report(id, instance, gateway, now, isPrefillDone: false));
            }

            Send(() => Release(id, instance, gateway, version));
        }

        private void Send(Action message)
        {
            for (int times = _random.Next(10) switch { 0 => 0, 1 => 2, _ => 1 }; times > 0; times--)
            {
                _underWay.Add(message);
            }
        }

        private void Report(string id, string instance, string gateway, long tokens, bool isPrefillDone)
        {
            State? state = _live.Find(s => s.Id == id && s.Instance == instance && s.Gateway == gateway);
            int index = instance[1] - '0';
            Assert.Equal(state is null && _isGone[index] ? 0 : 1, _fixture.Report(id, instance, tokens, isPrefillDone, gateway));
            // A report names all requests of its gateway: what only an earlier one has made known is gone.
            _live.RemoveAll(s => s.IsFromReport && s.Gateway == gateway && s != state && s.TouchedAt < Now);
            if (state is null)
            {
                if (!_isGone[index])
                {
                    AddReported(id, index, gateway, tokens, isPrefillDone);
                }

                return;
            }

            state.Tokens = Math.Max(state.Tokens, tokens);
            state.TouchedAt = state.AgedFrom = Now;
            if (!state.IsOfLost && state.Stretch == _gateways[gateway].Stretch)
            {
                _gateways[gateway].ReportedAt = Now;
            }

            foreach (State other in _live.Where(s => s.Id == id && s.Gateway == gateway && isPrefillDone))
            {
                other.IsDone = true;
            }
        }

        private void AddReported(string id, int instance, string gateway, long tokens, bool isPrefillDone)
        {
            _live.Add(new State(id, (InferType)(instance % 3), $"i{instance}", _versions[instance], gateway)
            {
                Tokens = tokens,
                IsDone = isPrefillDone,
                IsFromReport = true,
                TouchedAt = Now,
                AgedFrom = Now,
                IsOfLost = _gateways[gateway].IsLost,
                Stretch = _gateways[gateway].Stretch,
            });
            _gateways[gateway].ReportedAt = Now;
        }

        private void Release(string id, string instance, string gateway, long version)
        {
            _live.RemoveAll(s => s.Id == id && s.Instance == instance && s.Gateway == gateway && s.Version == version);
            _fixture.Release(id, instance, version, gateway);
        }

        private void Connect(string id)
        {
            Gateway gateway = _gateways[id];
            _fixture.Scheduler.OnGatewayConnected(id, isProven: true);
            if (gateway.Connections++ == 0)
            {
                (gateway.IsLost, gateway.ReportedAt) = (false, null);
                gateway.Stretch++;
            }
        }

        private void Restart(int instance)
        {
            _live.RemoveAll(state => state.Instance == $"i{instance}");
            Discover();
        }

        private void Lose(string id)
        {
            Gateway gateway = _gateways[id];
            _fixture.Scheduler.OnGatewayLost(id, isProven: true);
            if (gateway.Connections == 0)
            {
                return;
            }

            if (--gateway.Connections == 0)
            {
                _live.RemoveAll(state => state.Gateway == id && !state.IsOfLost && state.Stretch == gateway.Stretch);
                (gateway.IsLost, gateway.LostAt, gateway.ReportedAt) = (true, Now, null);
            }
        }

        private void Expire()
        {
            TimeSpan lostLifetime = new LiteModeOptions().LostGatewayStateLifetime;
            foreach (Gateway gateway in _gateways.Values.Where(g => g.IsLost && g.LostAt + lostLifetime <= Now))
            {
                gateway.IsLost = false;
            }

            foreach (State state in _live.Where(s => s is { IsOfLost: false, IsFromReport: false } && s.AgedFrom + Lifetime <= Now && IsKept(s)))
            {
                state.AgedFrom = Now;
            }

            _live.RemoveAll(state => state.AgedFrom + (state.IsFromReport ? ReportedLifetime : state.IsOfLost ? lostLifetime : Lifetime) <= Now);
        }

        private bool IsKept(State state) =>
            _gateways[state.Gateway] is { Connections: > 0 } gateway && state.Stretch == gateway.Stretch && (gateway.ReportedAt is not { } at || at <= state.TouchedAt);
    }

    private sealed class Gateway
    {
        internal int Connections { get; set; }

        internal bool IsLost { get; set; }

        /// <summary>Counts the times that it has connected: what was placed before the last one is not released with its loss.</summary>
        internal int Stretch { get; set; }

        internal TimeSpan LostAt { get; set; }

        internal TimeSpan? ReportedAt { get; set; }
    }

    private sealed record State(string Id, InferType Role, string Instance, long Version, string Gateway)
    {
        internal long Tokens { get; set; }

        internal bool IsDone { get; set; }

        internal bool IsFromReport { get; init; }

        /// <summary>Placed for a gateway that had just been lost.</summary>
        internal bool IsOfLost { get; init; }

        internal int Stretch { get; init; }

        internal TimeSpan TouchedAt { get; set; }

        internal TimeSpan AgedFrom { get; set; }
    }
}
