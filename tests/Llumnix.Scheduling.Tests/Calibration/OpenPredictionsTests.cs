using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.RequestStates;
using Llumnix.Scheduling.Tests.Prediction;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Calibration;

/// <summary>Requests are followed from their placement to their latencies.</summary>
public sealed class OpenPredictionsTests
{
    private readonly SchedulerFixture _fixture = new(settings: new FullModeOptions { LatencyPredictor = RoundProfile.Predictor });

    /// <summary>The prefill of 300 tokens is predicted to take 40 ms and takes 60.</summary>
    [Fact]
    public void Release_Prefill_TellsTheTtft()
    {
        _fixture.With(Readings.Of("p", InferType.Prefill), Readings.Of("d", InferType.Decode));
        _fixture.Staged("r", InferType.Prefill, tokens: 300);
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(60));
        _fixture.Release("r", "p", InferType.Prefill);
        LatencyErrorFigures ttft = Errors("prefill", "ttft");
        Assert.Equal(1, ttft.Outcomes);
        Assert.Equal(1.5, ttft.Median, 1e-6);
        Assert.Equal(0, Errors("prefill", "tpot").Outcomes);
    }

    [Fact]
    public void Report_FirstTokenAndProgress_TellTtftAndTpot()
    {
        _fixture.With(Readings.Of("a"));
        Placement placement = Neutral("r");
        Report("r", placement, tokens: 0, afterMs: 80);
        Report("r", placement, tokens: 310, afterMs: 100);
        Report("r", placement, tokens: 360, afterMs: 1000);
        _fixture.Release("r", "a");
        Assert.Equal(2, Errors("neutral", "ttft").Median, 1e-6);
        Assert.Equal(1, Errors("neutral", "ttft").Outcomes);
        Assert.Equal(1000.0 / 50 / placement.First.PredictedTpotMs!.Value, Errors("neutral", "tpot").Median, 1e-6);
    }

    [Fact]
    public void Release_WithoutReports_ANeutralRequestTellsNothing()
    {
        _fixture.With(Readings.Of("a"));
        Neutral("r");
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        _fixture.Release("r", "a");
        Assert.Equal(0, Errors("neutral", "ttft").Outcomes + Errors("neutral", "tpot").Outcomes);
    }

    [Fact]
    public void Release_ForAnotherInstance_TellsNothing()
    {
        _fixture.With(Readings.Of("p", InferType.Prefill));
        _fixture.Staged("r", InferType.Prefill, tokens: 300);
        _fixture.Release("r", "other", InferType.Prefill);
        Assert.Equal(0, Errors("prefill", "ttft").Outcomes);
    }

    [Fact]
    public void Off_NothingIsCompared()
    {
        var fixture = new SchedulerFixture(settings: new FullModeOptions
        {
            LatencyPredictor = RoundProfile.Predictor,
            Calibration = new CalibrationOptions { Mode = LatencyCorrectionMode.Off },
        });
        fixture.With(Readings.Of("a"));
        Assert.Empty(fixture.Scheduler.CaptureCalibration().Errors);
    }

    private LatencyErrorFigures Errors(string name, string latency) =>
        _fixture.Scheduler.CaptureCalibration().Errors.Single(errors => errors.Class == name && errors.Latency == latency);

    private Placement Neutral(string id)
    {
        _fixture.Scheduler.Schedule(new PlacementRequest(id, SchedulingMode.Neutral, default, 300, null), out Placement placement);
        return placement;
    }

    private void Report(string id, Placement placement, long tokens, double afterMs)
    {
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(afterMs));
        var batch = new RequestProgressBatch();
        batch.Add(id, placement.First.Instance.WireId, tokens, isPrefillDone: true);
        _fixture.Scheduler.Report(batch);
    }
}
