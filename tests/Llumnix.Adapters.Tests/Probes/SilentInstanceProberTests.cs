using Llumnix.Adapters.Probes;
using Llumnix.Scheduling;
using Llumnix.Scheduling.FullMode;
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
        _scheduler = new FullModeScheduler(
            new FullModePolicies(FullModeMetrics.Catalogue(false, null), null).Build("load-balance", new PolicyOptions()), new FullModeOptions(), _time, new Random(1));
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

    [Fact]
    public async Task Probe_MoreThanARoundTakes_AllAreAskedWithinTheNextOnes()
    {
        _readings = [.. Enumerable.Range(0, 1200).Select(static i => Readings.Of($"i{i}"))];
        _scheduler.Synchronize(_readings);
        ChangeAllBut(1200);
        await RoundAsync();
        Assert.Equal(512, _probe.Asked.Count);
        await RoundAsync();
        await RoundAsync();
        Assert.Equal(1200, _probe.Asked.Distinct().Count());
    }

    private Task RoundAsync() => _prober.ProbeOnceAsync(TestContext.Current.CancellationToken);

    private void ChangeAllBut(int silent)
    {
        _time.Advance(Silence);
        _readings = [.. _readings.Select((reading, i) => i < silent ? reading : reading.Later(3000))];
        _scheduler.Synchronize(_readings);
    }

    private string[] Unreachable() =>
        [.. _scheduler.CaptureHealth().Where(static state => state.Health == InstanceHealth.Unreachable).Select(static state => state.Address.InstanceId)];

    private sealed class ScriptedProbe : IAddressProbe
    {
        private readonly List<string> _asked = [];

        public Dictionary<string, ProbeOutcome> Outcomes { get; } = [];

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

            return Task.FromResult(Outcomes.GetValueOrDefault(address.Host, Otherwise));
        }
    }
}
