using Llumnix.Adapters.EngineSignals;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Adapters.Tests.EngineSignals;

/// <summary>Statuses that are made of what an engine's metrics say.</summary>
public sealed class EngineRowTests
{
    private const long Assumed = 1000;
    private static readonly DiscoveredInstance Neutral = new() { Id = "n", InferType = InferType.Neutral, Host = "10.0.0.1", Port = 8000 };
    private readonly FakeTimeProvider _time = new();
    private readonly ReadingClock _clock;
    private readonly EngineRow _row = new(new EngineTarget("10.0.0.1:8000", new Uri("http://10.0.0.1:8000"))) { Instances = [Neutral] };
    private int _updateId;

    public EngineRowTests() => _clock = new ReadingClock(_time, TimeSpan.FromMilliseconds(50));

    [Fact]
    public void MakeStatus_NothingWasRead_IsSchedulableWithoutAReading()
    {
        InstanceStatus status = Status(Neutral);
        Assert.Equal((true, 1000, null), (status.Schedulable, status.TotalGpuTokens, status.Reading));
    }

    [Fact]
    public void MakeStatus_OneRank_HasItsNumbers()
    {
        Read(new RankSignals { Running = 3, Waiting = 2, UsedKvTokens = 400, TotalKvTokens = 5000, PromptTokens = 70 });
        InstanceStatus status = Status(Neutral);
        Assert.Equal(
            (3, 2, 3, 2, 400, 5000, 400),
            (status.RunningRequestCount, status.WaitingRequestCount, status.SchedulerRunningToDecodeRequests, status.SchedulerWaitingToDecodeRequests,
                status.UsedGpuTokens, status.TotalGpuTokens, status.SchedulerRunningToDecodeTokens));
        Assert.Equal((2, 70.0), (status.Reading!.Waiting, status.Reading.PrefilledTokensTotal));
    }

    [Fact]
    public void MakeStatus_SeveralRanksBehindOneInstance_AreSummedAndUnknownStaysUnknown()
    {
        Read(
            new RankSignals { Rank = 0, Running = 3, Waiting = 0, UsedKvTokens = 400, TotalKvTokens = 5000, PromptTokens = 70 },
            new RankSignals { Rank = 1, Running = 1, Waiting = 4, UsedKvTokens = 100, TotalKvTokens = 5000 });
        InstanceStatus status = Status(Neutral);
        Assert.Equal((4, 4, 500, 10_000), (status.RunningRequestCount, status.WaitingRequestCount, status.UsedGpuTokens, status.TotalGpuTokens));
        Assert.Null(status.Reading!.PrefilledTokensTotal);
    }

    [Fact]
    public void MakeStatus_OneInstanceForEachRank_HasItsRank()
    {
        DiscoveredInstance first = Neutral with { Id = "n_dp0", DataParallelSize = 2 };
        DiscoveredInstance second = Neutral with { Id = "n_dp1", DataParallelSize = 2, DataParallelRank = 1 };
        _row.Instances = [first, second];
        Read(new RankSignals { Rank = 0, Running = 3, Waiting = 0 }, new RankSignals { Rank = 1, Running = 1, Waiting = 4 });
        Assert.Equal((3, 1), (Status(first).RunningRequestCount, Status(second).RunningRequestCount));
    }

    [Fact]
    public void MakeStatus_UsageIsAShareOnly_IsOfTheAssumedCapacity()
    {
        Read(new RankSignals { Running = 1, Waiting = 0, KvUsage = 0.25 });
        Assert.Equal((250, 1000), (Status(Neutral).UsedGpuTokens, Status(Neutral).TotalGpuTokens));
    }

    [Fact]
    public void MakeStatus_Prefill_HasNothingToDecode()
    {
        DiscoveredInstance prefill = Neutral with { InferType = InferType.Prefill };
        Read(new RankSignals { Running = 3, Waiting = 2, UsedKvTokens = 400 });
        InstanceStatus status = Status(prefill);
        Assert.Equal((0, 0, 0, 3), (status.SchedulerRunningToDecodeRequests, status.SchedulerWaitingToDecodeRequests, status.SchedulerRunningToDecodeTokens, status.RunningRequestCount));
    }

    [Fact]
    public void MakeStatus_Asleep_IsNotSchedulable()
    {
        Read(new RankSignals { Running = 0, Waiting = 0, IsAwake = false });
        Assert.False(Status(Neutral).Schedulable);
    }

    [Fact]
    public void MakeStatus_BusyEngine_CoversWhatIsOlderThanAStep()
    {
        // 10 steps in 1 s.
        Read(new RankSignals { Running = 1, Waiting = 0, Steps = 100 });
        _time.Advance(TimeSpan.FromSeconds(1));
        Read(new RankSignals { Running = 1, Waiting = 0, Steps = 110 });
        EngineReading reading = Status(Neutral).Reading!;
        Assert.Equal(150, _time.GetElapsedTime(reading.CoversUntil, reading.AskedAt).TotalMilliseconds, 3);
    }

    [Fact]
    public void MakeStatus_SglangsGauges_AreOldByThemselves()
    {
        _row.Recognise(EngineFace.SglangMetrics);
        Read(new RankSignals { Running = 1, Waiting = 0 });
        EngineReading reading = Status(Neutral).Reading!;
        Assert.Equal(2050, _time.GetElapsedTime(reading.CoversUntil, reading.AskedAt).TotalMilliseconds, 3);
    }

    [Fact]
    public void MakeStatus_LengthsOfEndedRequests_AreAMeanThatFollows()
    {
        Read(new RankSignals { Running = 1, Waiting = 0, RequestPromptTokensSum = 1000, RequestPromptTokensCount = 10 });
        Assert.Equal(100, Status(Neutral).Reading!.MeanPromptTokens);
        Read(new RankSignals { Running = 1, Waiting = 0, RequestPromptTokensSum = 3000, RequestPromptTokensCount = 20 });
        Assert.Equal(120, Status(Neutral).Reading!.MeanPromptTokens);
    }

    [Theory]
    [InlineData(EngineReadFailure.Status)]
    [InlineData(EngineReadFailure.TellsNoLoad)]
    [InlineData(EngineReadFailure.TooLarge)]
    public void Fail_AnswersWithoutLoad_OnceKeepsTheNumbersAndTwiceForgetsThem(EngineReadFailure reason)
    {
        Read(new RankSignals { Running = 3, Waiting = 2 });
        _row.Fail(reason, "connection refused");
        Assert.Equal(3, Status(Neutral).RunningRequestCount);
        _row.Fail(reason, "connection refused");
        Assert.Null(Status(Neutral).Reading);
        Assert.False(_row.IsDown);
    }

    [Fact]
    public void Fail_NoAnswerInTime_KeepsTheNumbers()
    {
        Read(new RankSignals { Running = 3, Waiting = 2 });
        long version = _row.Version;
        for (int i = 0; i < 5; i++)
        {
            _row.Fail(EngineReadFailure.Timeout, "connection refused");
        }

        Assert.Equal((version, 3, false), (_row.Version, Status(Neutral).RunningRequestCount, _row.IsDown));
    }

    [Fact]
    public void Fail_ConnectionsBreakTwice_IsDownUntilItIsRead()
    {
        _row.Fail(EngineReadFailure.Connection, "connection refused");
        Assert.False(_row.IsDown);
        _row.Fail(EngineReadFailure.Connection, "connection refused");
        Assert.True(_row.IsDown);
        Read(new RankSignals { Running = 0, Waiting = 0 });
        Assert.False(_row.IsDown);
    }

    /// <summary>Where no engine answers none is out; that nothing answers is told all the same.</summary>
    [Fact]
    public void MakeStatus_DownAndNotOut_IsUnreachableAndSchedulable()
    {
        _row.Fail(EngineReadFailure.Connection, "connection refused");
        Assert.False(Status(Neutral).IsUnreachable);
        _row.Fail(EngineReadFailure.Connection, "connection refused");
        InstanceStatus status = Status(Neutral);
        Assert.Equal((true, true), (status.IsUnreachable, status.Schedulable));
    }

    private void Read(params RankSignals[] ranks) => _row.Take(ranks, _time.GetTimestamp(), _clock.Seconds);

    private InstanceStatus Status(DiscoveredInstance instance) => _row.MakeStatus(instance, ++_updateId, Assumed, isOut: false, _clock);
}
