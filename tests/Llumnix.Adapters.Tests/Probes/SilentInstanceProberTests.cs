using Llumnix.Adapters.Probes;
using Llumnix.Scheduling;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Health;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Testing.Fleet;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Adapters.Tests.Probes;

/// <summary>The prober over a real scheduler, with scripted outcomes.</summary>
public sealed class SilentInstanceProberTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _time = new();
    private readonly FullModeScheduler _scheduler;
    private readonly ScriptedProbe _probe = new();
    private readonly SilentInstanceProber _prober;
    private InstanceReading[] _readings = [.. Enumerable.Range(0, 5).Select(static i => Readings.Of($"i{i}"))];

    public SilentInstanceProberTests()
    {
        _scheduler = NewScheduler(_time);
        _prober = new SilentInstanceProber(_scheduler, _probe, Silence, _time);
        _scheduler.Synchronize(_readings);
        ChangeAllBut(0);
    }

    [Fact]
    public async Task Probe_AllStatusesChange_NobodyIsAsked()
    {
        ChangeAllBut(0);
        await RoundAsync();
        Assert.Empty(_probe.Asked);
    }

    [Fact]
    public async Task Probe_Refused_OutAtOnceAndBackWithTheFirstAnswer()
    {
        ChangeAllBut(1);
        _probe.Outcomes["ip-i0"] = ProbeOutcome.Refused;
        await RoundAsync();
        Assert.Equal(["ip-i0"], _probe.Asked);
        Assert.Equal(["i0"], Unreachable());

        _probe.Outcomes["ip-i0"] = ProbeOutcome.Answers;
        await RoundAsync();
        Assert.Empty(Unreachable());
        Assert.Equal((1, 1), (_prober.Probes(ProbeOutcome.Refused), _prober.Probes(ProbeOutcome.Answers)));
    }

    [Theory]
    [InlineData(ProbeOutcome.NoAnswer)]
    [InlineData(ProbeOutcome.Unhealthy)]
    public async Task Probe_FailsOtherwise_OutAfterThreeInARow(ProbeOutcome failure)
    {
        ChangeAllBut(1);
        foreach (ProbeOutcome outcome in (ProbeOutcome[])[failure, failure, ProbeOutcome.Answers, failure, failure])
        {
            _probe.Outcomes["ip-i0"] = outcome;
            await RoundAsync();
            Assert.Empty(Unreachable());
        }

        await RoundAsync();
        Assert.Equal(["i0"], Unreachable());
    }

    [Fact]
    public async Task Probe_StatusChangesBetweenFailures_CountBeginsAnew()
    {
        _probe.Outcomes["ip-i0"] = ProbeOutcome.NoAnswer;
        ChangeAllBut(1);
        await RoundAsync();
        await RoundAsync();
        ChangeAllBut(0);
        await RoundAsync();
        ChangeAllBut(1);
        await RoundAsync();
        await RoundAsync();
        Assert.Empty(Unreachable());
    }

    /// <summary>Whoever shows the fleet need not ask again and again.</summary>
    [Fact]
    public async Task Probe_FoundSomething_IsTold_WhenTheFleetKnows()
    {
        List<string[]> told = [];
        _prober.Found += () => told.Add([.. Unreachable()]);
        _probe.Outcomes["ip-i0"] = ProbeOutcome.Refused;
        ChangeAllBut(1);
        await RoundAsync();
        Assert.Equal(["i0"], Assert.Single(told));
    }

    [Fact]
    public async Task Probe_AddressCannotBeProbed_LeftAlone()
    {
        ChangeAllBut(1);
        _probe.Outcomes["ip-i0"] = ProbeOutcome.Unknown;
        for (int i = 0; i < 2 * SilentInstanceProber.FailuresInARow; i++)
        {
            await RoundAsync();
        }

        Assert.Empty(Unreachable());
    }

    /// <summary>The store is silent, not the engines: they answer, and all stay.</summary>
    [Fact]
    public async Task Probe_AllStatusesStopAndAllAnswer_NoneIsOut()
    {
        ChangeAllBut(5);
        await RoundAsync();
        Assert.Equal(5, _probe.Asked.Count);
        Assert.Empty(Unreachable());
    }

    /// <summary>The store is silent, and no engine can be reached from here, as behind a network policy: nothing is known of the engines.</summary>
    [Fact]
    public async Task Probe_AllStatusesStopAndNoneAnswers_NoneIsOut()
    {
        ChangeAllBut(5);
        _probe.Otherwise = ProbeOutcome.Refused;
        await RoundAsync();
        Assert.Empty(Unreachable());
    }

    /// <summary>The store is silent, and one of the engines has died meanwhile.</summary>
    [Fact]
    public async Task Probe_AllStatusesStopAndOneIsDead_OnlyThatOneIsOut()
    {
        ChangeAllBut(5);
        _probe.Outcomes["ip-i3"] = ProbeOutcome.Refused;
        await RoundAsync();
        Assert.Equal(["i3"], Unreachable());
    }

    [Fact]
    public async Task Probe_RanksAtOneAddress_OneProbeForAll()
    {
        _readings = [.. Enumerable.Range(0, 8).Select(static i => Readings.Of($"i{i}", metadata: m => i < 2 ? m with { Ip = "shared", DataParallelRank = i } : m))];
        _scheduler.Synchronize(_readings);
        ChangeAllBut(0);
        ChangeAllBut(2);
        _probe.Outcomes["shared"] = ProbeOutcome.Refused;
        await RoundAsync();
        Assert.Equal(["shared"], _probe.Asked);
        Assert.Equal(["i0", "i1"], Unreachable());
    }

    /// <summary>A store that is late: a thousand addresses, of which a second's probes are bounded and each gets its turn.</summary>
    [Fact]
    public async Task Probe_AThousandAddresses_BoundedAndEachInItsTurn()
    {
        const int Addresses = 1000;
        _readings = [.. Enumerable.Range(0, Addresses).Select(static i => Readings.Of($"i{i}"))];
        _scheduler.Synchronize(_readings);
        ChangeAllBut(Addresses);
        var perSecond = new List<int>();
        for (int second = 0; second < 4; second++)
        {
            int before = _probe.Asked.Count;
            for (int look = 0; look < 10; look++)
            {
                await Task.WhenAll(_prober.StartDue(int.MaxValue, TestContext.Current.CancellationToken));
                _time.Advance(SilentInstanceProber.LookInterval);
            }

            perSecond.Add(_probe.Asked.Count - before);
        }

        Assert.All(perSecond, static probes => Assert.Equal(10 * SilentInstanceProber.ProbesPerLook, probes));
        Assert.All(_probe.Asked.CountBy(static host => host), static host => Assert.Equal(2, host.Value));
        Assert.Equal(Addresses, _probe.Asked.Distinct().Count());
    }

    /// <summary>A rack is gone, and no probe of it has ended when an engine elsewhere dies.</summary>
    [Fact]
    public async Task Probe_OthersHang_RefusedOneIsOutAtOnce()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        ChangeAllBut(2);
        var hanging = new TaskCompletionSource<ProbeOutcome>();
        _probe.Hanging["ip-i0"] = hanging.Task;
        Assert.Contains(_prober.StartDue(int.MaxValue, stop.Token), static probe => !probe.IsCompleted);
        ChangeAllBut(3);
        _probe.Outcomes["ip-i2"] = ProbeOutcome.Refused;
        _ = _prober.StartDue(int.MaxValue, stop.Token);
        Assert.Equal(["i2"], Unreachable());
        hanging.SetResult(ProbeOutcome.NoAnswer);
    }

    [Fact]
    public void Probe_AsManyAsMayRun_NoneBegins()
    {
        ChangeAllBut(3);
        Assert.Single(_prober.StartDue(1, TestContext.Current.CancellationToken));
        Assert.Empty(_prober.StartDue(0, TestContext.Current.CancellationToken));
        Assert.Single(_probe.Asked);
    }

    /// <summary>With the default options, whenever within its second of heartbeats an engine is killed and whenever the statuses are read.</summary>
    [Fact]
    public async Task Run_EngineKilled_OutWithinTwoSecondsAndNoOtherIsAsked()
    {
        const int StepMs = 50;
        int[] beats = [0, StepMs, 700];
        const int HeartbeatMs = 1000;
        const int PollMs = 500;
        for (int killedMs = 2000; killedMs < 2000 + HeartbeatMs; killedMs += StepMs)
        {
            var time = new FakeTimeProvider();
            var scheduler = NewScheduler(time);
            var probe = new ScriptedProbe();
            var prober = new SilentInstanceProber(scheduler, probe, new FailoverOptions().ProbeAfter, time);
            InstanceReading[] readings = [.. Enumerable.Range(0, 3).Select(static i => Readings.Of($"i{i}"))];
            int? outMs = null;
            for (int ms = 0; outMs is null && ms <= killedMs + 5000; ms += StepMs)
            {
                readings = [.. readings.Select((reading, i) => ms % HeartbeatMs == beats[i] && (i != 1 || ms < killedMs) ? reading.Later(HeartbeatMs) : reading)];
                if (ms >= killedMs)
                {
                    probe.Outcomes["ip-i1"] = ProbeOutcome.Refused;
                }

                if (ms % PollMs == 0)
                {
                    scheduler.Synchronize(readings);
                }

                if (ms > 0 && ms % SilentInstanceProber.LookInterval.TotalMilliseconds == 0)
                {
                    await Task.WhenAll(prober.StartDue(int.MaxValue, TestContext.Current.CancellationToken));
                }

                outMs = Unreachable(scheduler) is ["i1"] ? ms - killedMs : null;
                time.Advance(TimeSpan.FromMilliseconds(StepMs));
            }

            Assert.InRange(outMs ?? int.MaxValue, 0, 1900);
            Assert.Equal(["ip-i1"], probe.Asked.Distinct());
        }
    }

    private async Task RoundAsync()
    {
        await Task.WhenAll(_prober.StartDue(int.MaxValue, TestContext.Current.CancellationToken));
        _time.Advance(SilentInstanceProber.Interval);
    }

    private static FullModeScheduler NewScheduler(TimeProvider time) => new(
        new FullModePolicies(FullModeMetrics.Catalogue(false, null), null).Build("load-balance", new PolicyOptions()), new FullModeOptions(), time, new Random(1));

    private void ChangeAllBut(int silent)
    {
        _time.Advance(Silence);
        _readings = [.. _readings.Select((reading, i) => i < silent ? reading : reading.Later(3000))];
        _scheduler.Synchronize(_readings);
    }

    private string[] Unreachable() => Unreachable(_scheduler);

    private static string[] Unreachable(FullModeScheduler scheduler) =>
        [.. scheduler.CaptureHealth().Where(static state => state.Health == InstanceHealth.Unreachable).Select(static state => state.Address.InstanceId)];

    private sealed class ScriptedProbe : IAddressProbe
    {
        private readonly List<string> _asked = [];

        public Dictionary<string, ProbeOutcome> Outcomes { get; } = [];

        public Dictionary<string, Task<ProbeOutcome>> Hanging { get; } = [];

        public ProbeOutcome Otherwise { get; set; } = ProbeOutcome.Answers;

        public IReadOnlyList<string> Asked
        {
            get
            {
                lock (_asked)
                {
                    return [.. _asked];
                }
            }
        }

        public Task<ProbeOutcome> ProbeAsync(InstanceAddress address, CancellationToken cancellationToken)
        {
            lock (_asked)
            {
                _asked.Add(address.Host);
            }

            return Hanging.TryGetValue(address.Host, out Task<ProbeOutcome>? hanging) ? hanging : Task.FromResult(Outcomes.GetValueOrDefault(address.Host, Otherwise));
        }
    }
}
