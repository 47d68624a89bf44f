using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Dispatch;

/// <summary>One engine that names no requests; times are plain ticks.</summary>
public sealed class ReconciledLedgerTests
{
    private readonly FullModeInstance _engine = Make(0);
    private readonly ReconciledLedger _ledger = new(static _ => { }, maxEntries: 100);

    [Fact]
    public void Add_BeforeAnyReading_WholeRequestIsInFlight()
    {
        Add("r", tokens: 70, now: 1);
        Assert.Equal(new DispatchedLoad(1, 1, 70, 1, 70), _engine.Dispatched);
    }

    [Fact]
    public void Reconcile_PlacedAfterWhatTheReadingCovers_StaysInFlight()
    {
        Add("r", tokens: 70, now: 8);
        Read(askedAt: 10, lag: 3, waiting: 0);
        Assert.Equal(new DispatchedLoad(1, 1, 70, 1, 70), _engine.Dispatched);
    }

    [Fact]
    public void Reconcile_Covered_ReadingCountsTheRequestAndTheLedgerItsPrefill()
    {
        Add("r", tokens: 70, now: 1);
        Read(askedAt: 10, waiting: 0);
        Assert.Equal(new DispatchedLoad(0, 0, 70, 0, 0), _engine.Dispatched);
    }

    [Fact]
    public void Reconcile_OneOfThreeWaits_TheNewestDoes()
    {
        Add("r1", tokens: 10, now: 1);
        Add("r2", tokens: 20, now: 2);
        Add("r3", tokens: 30, now: 3);
        Read(askedAt: 10, waiting: 1);
        // r3 holds no KV yet, so its tokens are still to come; all three prompts are still to be computed.
        Assert.Equal(new DispatchedLoad(0, 0, 60, 0, 30), _engine.Dispatched);
    }

    [Fact]
    public void Reconcile_EngineHasPrefilledTheOldest_TheOthersPrefillsStay()
    {
        Add("r1", tokens: 100, now: 1);
        Add("r2", tokens: 200, now: 2);
        Read(askedAt: 10, waiting: 0, prefilled: 5000);
        Read(askedAt: 20, waiting: 0, prefilled: 5090);
        Assert.Equal(200, _engine.Dispatched.UncomputedPrefillTokens);
        Read(askedAt: 30, waiting: 0, prefilled: 5290);
        Assert.Equal(0, _engine.Dispatched.UncomputedPrefillTokens);
    }

    [Fact]
    public void Reconcile_FirstTokenIsKnown_ItTakesNoPlaceAmongTheAdmitted()
    {
        Add("r1", tokens: 10, now: 1);
        Add("r2", tokens: 20, now: 2);
        Add("r3", tokens: 30, now: 3);
        Report("r1", tokens: 11, now: 4);
        Read(askedAt: 10, waiting: 1);
        Assert.Equal(new DispatchedLoad(0, 0, 50, 0, 30), _engine.Dispatched);
    }

    /// <summary>The engine's count of prefilled tokens contains what reports have told already; these tokens end no other prefill.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reconcile_PrefillsThatEndedByReportOrRelease_EndNoOthers(bool isReported)
    {
        Add("r1", tokens: 100, now: 1);
        Add("r2", tokens: 100, now: 2);
        Read(askedAt: 10, waiting: 0, prefilled: 5000);
        if (isReported)
        {
            Report("r1", tokens: 101, now: 12);
        }
        else
        {
            Release("r1", now: 12);
        }

        Read(askedAt: 20, waiting: 0, prefilled: 5100);
        Assert.Equal(100, _engine.Dispatched.UncomputedPrefillTokens);
        Read(askedAt: 30, waiting: 0, prefilled: 5200);
        Assert.Equal(0, _engine.Dispatched.UncomputedPrefillTokens);
    }

    /// <summary>A report may come before the reading that shows its tokens, by one reading and no more: lengths are estimates.</summary>
    [Fact]
    public void Reconcile_ReportedPromptNeverShows_DelaysOthersByOneReading()
    {
        Add("r1", tokens: 1000, now: 1);
        Add("r2", tokens: 100, now: 2);
        Read(askedAt: 10, waiting: 0, prefilled: 5000);
        Report("r1", tokens: 1001, now: 12);
        Read(askedAt: 20, waiting: 0, prefilled: 5010);
        Read(askedAt: 30, waiting: 0, prefilled: 5010);
        Read(askedAt: 40, waiting: 0, prefilled: 5110);
        Assert.Equal(0, _engine.Dispatched.UncomputedPrefillTokens);
    }

    [Fact]
    public void Reconcile_PlacedAndPrefilledBetweenTwoReadings_IsOverWithTheSecond()
    {
        Read(askedAt: 10, waiting: 0, prefilled: 5000);
        Add("covered", tokens: 100, now: 12);
        Add("in flight", tokens: 200, now: 18);
        Read(askedAt: 20, lag: 5, waiting: 0, prefilled: 5300);
        Assert.Equal(new DispatchedLoad(1, 1, 0, 1, 200), _engine.Dispatched);
    }

    [Fact]
    public void Reconcile_OthersPrefillOnAnEngineWithoutOwn_EndsNoLaterPrefill()
    {
        Read(askedAt: 10, waiting: 0, prefilled: 5000);
        Read(askedAt: 20, waiting: 0, prefilled: 9000);
        Add("r", tokens: 100, now: 21);
        Read(askedAt: 30, waiting: 0, prefilled: 9000);
        Assert.Equal(100, _engine.Dispatched.UncomputedPrefillTokens);
    }

    [Fact]
    public void Reconcile_EngineCountsNoPrefills_APrefillLastsForOneReading()
    {
        Add("r", tokens: 100, now: 1);
        Read(askedAt: 10, waiting: 0);
        Read(askedAt: 20, waiting: 0);
        Assert.Equal(default, _engine.Dispatched);
        Assert.Equal(1, _ledger.Count);
    }

    [Fact]
    public void Report_FirstToken_NothingIsLeftToCompute()
    {
        Add("early", tokens: 100, now: 1);
        Read(askedAt: 10, waiting: 0);
        Add("late", tokens: 40, now: 11);
        Assert.True(Report("early", tokens: 105, now: 12));
        Assert.True(Report("late", tokens: 41, now: 12));
        // Of the late one the reading shows nothing yet, so that its request and KV are still the ledger's.
        Assert.Equal(new DispatchedLoad(1, 1, 0, 1, 41), _engine.Dispatched);
    }

    [Fact]
    public void Report_OfAnotherInstanceOrRequest_ChangesNothing()
    {
        Add("r", tokens: 100, now: 1);
        Assert.False(_ledger.Report("other", _engine.Address.WireId, 1, true, 2));
        Assert.False(_ledger.Report("r", "elsewhere", 1, true, 2));
        Assert.Equal(100, _engine.Dispatched.UncomputedPrefillTokens);
    }

    [Fact]
    public void Release_BeforeAnyReading_LeavesNothing()
    {
        Add("r", tokens: 100, now: 1);
        Release("r", now: 2);
        Assert.Equal((default, default, 0), (_engine.Dispatched, _engine.Ended, _ledger.Count));
    }

    [Fact]
    public void Release_OfWhatTheReadingCounts_IsSubtractedUntilAReadingShowsIt()
    {
        Add("r", tokens: 100, now: 1);
        Read(askedAt: 10, waiting: 0);
        Report("r", tokens: 130, now: 12);
        Release("r", now: 15);
        Release("r", now: 16);
        Assert.Equal((default, new EndedLoad(1, 130)), (_engine.Dispatched, _engine.Ended));
        Read(askedAt: 14, waiting: 0);
        Assert.Equal(new EndedLoad(1, 130), _engine.Ended);
        Read(askedAt: 20, waiting: 0);
        Assert.Equal((default, 0), (_engine.Ended, _ledger.Count));
    }

    [Fact]
    public void Release_OfAWaitingRequest_FreesNoKv()
    {
        Add("r", tokens: 100, now: 1);
        Read(askedAt: 10, waiting: 1);
        Release("r", now: 15);
        Assert.Equal(new EndedLoad(1, 0), _engine.Ended);
    }

    [Fact]
    public void Reconcile_OthersWait_TheirPromptsAreTheEnginesMean()
    {
        Add("r", tokens: 100, now: 1);
        Read(askedAt: 10, waiting: 3, meanPrompt: 50);
        Assert.Equal(100, _engine.UncomputedWaitingPrefillTokens);
        Assert.Equal(100, _engine.Dispatched.UncomputedPrefillTokens);
        Read(askedAt: 20, waiting: 0, meanPrompt: 50);
        Assert.Equal(0, _engine.UncomputedWaitingPrefillTokens);
    }

    [Fact]
    public void Reconcile_StatusWithoutReading_OwnAccountAlone()
    {
        Add("r", tokens: 100, now: 1);
        _ledger.Reconcile(_engine, new InstanceStatus { InstanceId = "0" });
        Assert.Equal(new DispatchedLoad(1, 1, 100, 1, 100), _engine.Dispatched);
    }

    [Fact]
    public void Reconcile_ReadingIsLost_WholeLoadIsTheLedgersAgain()
    {
        Add("running", tokens: 100, now: 1);
        Add("ended", tokens: 50, now: 1);
        Read(askedAt: 10, waiting: 5);
        Read(askedAt: 20, waiting: 0);
        Report("running", tokens: 120, now: 21);
        Release("ended", now: 22);
        _ledger.Reconcile(_engine, new InstanceStatus { InstanceId = "0" });
        Assert.Equal(new DispatchedLoad(1, 1, 0, 1, 120), _engine.Dispatched);
        Assert.Equal((default, 0L, 1), (_engine.Ended, _engine.UncomputedWaitingPrefillTokens, _ledger.Count));
    }

    [Fact]
    public void Add_SameRequestElsewhere_EndsTheFirst()
    {
        FullModeInstance other = Make(1);
        Add("r", tokens: 100, now: 1);
        Read(askedAt: 10, waiting: 0);
        _ledger.Add("r", other, InferType.Neutral, 100, 100, 12);
        Assert.Equal((default, new EndedLoad(1, 100)), (_engine.Dispatched, _engine.Ended));
        Assert.Equal(1, other.Dispatched.Requests);
    }

    [Fact]
    public void ExpireUntil_Silent_IsDroppedAndReportsKeepTheRest()
    {
        Add("silent", tokens: 10, now: 1);
        Add("reported", tokens: 20, now: 1);
        Report("reported", tokens: 25, now: 50);
        _ledger.ExpireUntil(40);
        Assert.Equal((1, 1L), (_ledger.Count, _ledger.ExpiredTotal));
        Assert.Equal(new DispatchedLoad(1, 1, 0, 1, 25), _engine.Dispatched);
    }

    /// <summary>Any order of events: sums equal those over the entries, none is negative, and at the end nothing is left.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void AnyEvents_SumsAreNeverNegativeAndReturnToZero(int seed)
    {
        var random = new Random(seed);
        FullModeInstance[] engines = [.. Enumerable.Range(0, 5).Select(Make)];
        var ledger = new ReconciledLedger(static _ => { }, maxEntries: 300);
        long now = 1;
        for (int step = 0; step < 200_000; step++)
        {
            now += random.Next(3);
            FullModeInstance engine = engines[random.Next(engines.Length)];
            string id = $"r{random.Next(400)}";
            switch (random.Next(10))
            {
                case < 4:
                    ledger.Add(id, engine, (InferType)random.Next(3), random.Next(1000), random.Next(1000), now);
                    break;
                case < 7:
                    ledger.Release(id, new ReleasedInstance(engine.Metadata.Host, 8000, random.Next(2) == 0 ? null : (InferType)random.Next(3)), now);
                    break;
                case 7:
                    ledger.Report(id, engine.Address.WireId, random.Next(2000), random.Next(2) == 0, now);
                    break;
                case 8:
                    InstanceStatus status = Status(now - random.Next(5), random.Next(10), random.Next(20), random.Next(2) == 0 ? null : step, null);
                    ledger.Reconcile(engine, random.Next(20) == 0 ? status with { Reading = null } : status);
                    break;
                default:
                    ledger.ExpireUntil(now - 500);
                    break;
            }

            DispatchedLoad sums = engine.Dispatched;
            Assert.True(sums is { Requests: >= 0, PrefillRequests: >= 0, UncomputedPrefillTokens: >= 0, DecodeRequests: >= 0, DecodeTokens: >= 0 });
            Assert.True(engine.Ended is { DecodeRequests: >= 0, Tokens: >= 0 });
        }

        ledger.ExpireUntil(now);
        Assert.Equal(0, ledger.Count);
        Assert.All(engines, engine => Assert.Equal((default, default), (engine.Dispatched, engine.Ended)));
    }

    private static FullModeInstance Make(int index)
    {
        InstanceReading reading = Readings.Of($"{index}");
        return new FullModeInstance(reading.Metadata, reading.Status) { FollowsWaitingRequests = true };
    }

    private static InstanceStatus Status(long askedAt, long lag, int? waiting, double? prefilled, double? meanPrompt) => new()
    {
        InstanceId = "",
        Reading = new EngineReading
        {
            AskedAt = askedAt,
            CoversUntil = askedAt - lag,
            Waiting = waiting,
            PrefilledTokensTotal = prefilled,
            MeanPromptTokens = meanPrompt,
        },
    };

    private void Add(string id, int tokens, long now) => _ledger.Add(id, _engine, InferType.Neutral, tokens, tokens, now);

    private void Read(long askedAt, long lag = 0, int? waiting = null, double? prefilled = null, double? meanPrompt = null) =>
        _ledger.Reconcile(_engine, Status(askedAt, lag, waiting, prefilled, meanPrompt));

    private bool Report(string id, long tokens, long now) => _ledger.Report(id, _engine.Address.WireId, tokens, isPrefillDone: true, now);

    private void Release(string id, long now) =>
        _ledger.Release(id, new ReleasedInstance(_engine.Metadata.Host, 8000, null), now);
}
