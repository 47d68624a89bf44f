using Llumnix.Scheduling.Calibration;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Scheduling.Prediction;

/// <summary>
/// Compares the predictions of a fleet with what comes, and sets the factors of its instances. Guarded by the scheduler's lock, except where said.
/// </summary>
/// <param name="options">The options; their mode is not <see cref="LatencyCorrectionMode.Off"/>.</param>
/// <param name="predictor">Makes the predictions.</param>
/// <param name="onFactorsChanged">Called after an instance's factors changed beside a status.</param>
internal sealed class FleetCalibration(CalibrationOptions options, LatencyPredictor predictor, Action<FullModeInstance> onFactorsChanged)
{
    /// <summary>More classes than any fleet has; instances of further ones are in the last class.</summary>
    private const int MostClasses = 64;

    private readonly Dictionary<string, LatencyClass> _classes = new(StringComparer.Ordinal);
    private LatencyClass? _latest;

    /// <summary>
    /// Makes what is kept with an instance that joins, or whose class has changed; null for one without tables. For one caller at a time, beside decisions.
    /// </summary>
    public InstanceCalibration? Join(InstanceMetadata metadata, ProfileClass of)
    {
        if (!of.HasTables)
        {
            return null;
        }

        string name = of.IsOfRule ? of.Name : ClassOf(metadata);
        if (!_classes.TryGetValue(name, out LatencyClass? joined))
        {
            joined = _classes.Count < MostClasses ? new LatencyClass(name, options) : _latest!;
            lock (_classes)
            {
                _classes.TryAdd(joined.Name, joined);
            }

            _latest = joined;
        }

        return new InstanceCalibration(joined);
    }

    /// <summary>The factors of an instance before its first status.</summary>
    public LatencyFactors InitialFactors(InstanceCalibration calibration) => calibration.Factors(options, default);

    /// <summary>Takes a status that has just been taken over, and brings the instance's factors up to date.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="uncomputedBefore">Its <see cref="InstanceSums.UncomputedPrefillTokens"/> just before.</param>
    /// <param name="nowMs">Milliseconds of the scheduler's clock.</param>
    public void TakeStatus(FullModeInstance instance, double uncomputedBefore, double nowMs)
    {
        if (instance.Calibration is not { } calibration)
        {
            return;
        }

        InstanceStatus status = instance.Status;
        LatencyProfile profile = predictor.ProfileOf(instance);
        calibration.Steps.Take(
            uncomputedBefore,
            new StepMark(
                status.StepId,
                instance.WrittenMs,
                InstanceSums.UncomputedPrefillTokens(instance),
                status.UncomputedTokensSchedulerRunningPrefills,
                status.SchedulerRunningToDecodeRequests,
                status.SchedulerRunningToDecodeTokens),
            profile);
        calibration.TakeSample(
            status.ProfilingId,
            status.ScheduledPrefillTokens,
            status.StepDurationMs,
            profile.DecodeMs(status.SchedulerRunningToDecodeRequests, status.SchedulerRunningToDecodeTokens),
            profile);
        Refresh(instance, calibration, nowMs);
    }

    /// <summary>Takes the actual time to first token of a request.</summary>
    /// <param name="instance">The instance that computed it.</param>
    /// <param name="prediction">What was predicted.</param>
    /// <param name="actualMs">Milliseconds from the placement on.</param>
    /// <param name="nowMs">Milliseconds of the scheduler's clock.</param>
    public void TakeTtft(FullModeInstance instance, in PredictedLatency prediction, double actualMs, double nowMs)
    {
        if (instance.Calibration is { } calibration)
        {
            calibration.Class.Ttft.Add(prediction.Ms, actualMs);
            Learn(instance, calibration.Prefill, in prediction, actualMs, nowMs);
        }
    }

    /// <summary>Takes the actual time per output token of a request.</summary>
    /// <inheritdoc cref="TakeTtft"/>
    public void TakeTpot(FullModeInstance instance, in PredictedLatency prediction, double actualMs, double nowMs)
    {
        if (instance.Calibration is { } calibration)
        {
            calibration.Class.Tpot.Add(prediction.Ms, actualMs);
            Learn(instance, calibration.Decode, in prediction, actualMs, nowMs);
        }
    }

    /// <summary>What is known of the errors, for telemetry.</summary>
    /// <param name="instances">The instances in the view.</param>
    public CalibrationFigures Figures(ReadOnlySpan<FullModeInstance> instances)
    {
        var errors = new List<LatencyErrorFigures>();
        lock (_classes)
        {
            foreach (LatencyClass known in _classes.Values)
            {
                errors.Add(FiguresOf(known, "ttft", known.Ttft));
                errors.Add(FiguresOf(known, "tpot", known.Tpot));
            }
        }

        var tables = new List<TableErrorFigures>(2 * instances.Length);
        foreach (FullModeInstance instance in instances)
        {
            if (instance.Calibration is { } calibration)
            {
                TableCorrection prefill = calibration.Prefill;
                TableCorrection decode = calibration.Decode;
                FittedCorrection steps = calibration.DecodeSteps;
                string name = calibration.Class.Name;
                tables.Add(new TableErrorFigures(instance.Id, name, "prefill", prefill.Ratio, prefill.IsDrifted, prefill.IsWithheld, IsFitted: false));
                tables.Add(new TableErrorFigures(instance.Id, name, "decode", decode.Ratio, decode.IsDrifted, steps.IsWithheld, steps.IsFitted));
            }
        }

        return new CalibrationFigures(errors, tables);
    }

    private static LatencyErrorFigures FiguresOf(LatencyClass known, string latency, LatencyErrors errors)
    {
        (double median, double high, double highest) = errors.Ratios();
        return new LatencyErrorFigures(
            known.Name, latency, errors.Count, errors.Covered, errors.Confidence, median, high, highest, errors.Coverage, errors.EligibleShare);
    }

    /// <summary>
    /// Where the engine counts no steps, the latencies of whole requests tell of its times, though less exactly: they contain the waiting of requests and
    /// the growth of batches. What they move is then a ratio of predictions.
    /// </summary>
    private void Learn(FullModeInstance instance, TableCorrection table, in PredictedLatency prediction, double actualMs, double nowMs)
    {
        InstanceCalibration calibration = instance.Calibration!;
        if (!calibration.Steps.AreKnown && prediction.Ms > 0)
        {
            table.Add(actualMs / prediction.Ms * prediction.Factor);
        }

        LatencyFactors before = instance.LatencyFactors;
        Refresh(instance, calibration, nowMs);
        if (instance.LatencyFactors != before)
        {
            onFactorsChanged(instance);
        }
    }

    /// <summary>Instances of no rule that are deployed alike: the same infer type, kind of engine, tensor-parallel size and block size.</summary>
    private static string ClassOf(InstanceMetadata metadata) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"{metadata.InferType.ToName()}{(metadata.BackendType.Length > 0 ? "/" + metadata.BackendType : "")}{(metadata.TensorParallelSize > 0 ? $"/tp{metadata.TensorParallelSize}" : "")}{(metadata.BlockSize > 0 ? $"/block{metadata.BlockSize}" : "")}");

    private StepLoad NextStep(FullModeInstance instance)
    {
        double batch = InstanceSums.DecodeRequests(instance) + 1;
        double tokens = InstanceSums.DecodeTokens(instance);
        return new StepLoad(batch, tokens, predictor.ProfileOf(instance).DecodeMs(batch, tokens));
    }

    private void Refresh(FullModeInstance instance, InstanceCalibration calibration, double nowMs)
    {
        calibration.Prefill.Pass(nowMs);
        calibration.Decode.Pass(nowMs);
        instance.LatencyFactors = calibration.Factors(options, calibration.DecodeSteps.IsFitted ? NextStep(instance) : default);
    }
}
