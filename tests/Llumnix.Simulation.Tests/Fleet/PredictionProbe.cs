using Llumnix.Scheduling;
using Llumnix.Scheduling.FullMode;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Metrics;
using Llumnix.Scheduling.Policies;
using Llumnix.Scheduling.StepTimes;
using Llumnix.Simulation.Engines;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Simulation.Tests.Fleet;

/// <summary>
/// Compares the prefill progress that the scheduler predicts between two statuses with that of the modelled engine. The engine pushes a
/// status with each step that begins; the scheduler reads the newest at its interval.
/// </summary>
internal sealed class PredictionProbe
{
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(500);
    private readonly VirtualClock _time = new();
    private readonly Random _random;
    private readonly EngineModel _engine = new(new EngineConfiguration { InstanceId = "e", ProfilingSteps = int.MaxValue, Noise = 0.03 });
    private readonly FullModeScheduler _scheduler;
    private readonly InstanceMetadata _metadata = new()
    {
        InstanceId = "e", InferType = InferType.Neutral, Ip = "10.0.0.1", ApiServerPort = 8000, UtcCreate = 1, MaxNumBatchedTokens = 8192,
    };

    private InstanceStatus _pushed = new() { InstanceId = "e", Schedulable = true };
    private long _arrivedAtPush;
    private long _arrived;
    private int _requests;
    private TimeSpan? _stepBegin;
    private TimeSpan _stepEnd;
    private double _stepTokens;

    internal PredictionProbe(int seed)
    {
        _random = new Random(seed);
        _scheduler = new FullModeScheduler(
            new FullModePolicies(FullModeMetrics.Catalogue(isProgressPredicted: true)).Build("load-balance", new PolicyOptions()),
            new FullModeOptions { PrefillProgress = new PrefillProgressOptions { IsEnabled = true, WarmupSamples = 20 } },
            _time,
            new Random(seed));
        _scheduler.SetStoreAvailable(true);
    }

    /// <summary>The relative errors of so many probes.</summary>
    internal List<double> Run(int probes)
    {
        var errors = new List<double>(probes);
        for (int round = 0; errors.Count < probes; round++)
        {
            _scheduler.Synchronize([new InstanceReading(_metadata, _pushed)]);
            double known = Uncomputed(_pushed);
            long before = _arrivedAtPush;
            TimeSpan start = _time.Now;
            AdvanceTo(start + (StatusInterval * _random.NextDouble()));
            double truth = Math.Min(known, known + _arrived - before - RemainingNow());
            double predicted = known - _scheduler.Snapshot().Instances[0].Load.AllPrefillsTokens;
            if (round > 60 && truth > 0)
            {
                errors.Add(Math.Abs(predicted - truth) / truth);
            }

            AdvanceTo(start + StatusInterval);
        }

        return errors;
    }

    private static double Uncomputed(InstanceStatus status) =>
        status.UncomputedTokensAllWaitingPrefills + status.UncomputedTokensSchedulerRunningPrefills;

    private double RemainingNow()
    {
        double progress = _stepBegin is { } begin ? _stepTokens * ((_time.Now - begin) / (_stepEnd - begin)) : 0;
        return Uncomputed(_engine.Status(_time.Now, _time.GetUtcNow())) - progress;
    }

    private void AdvanceTo(TimeSpan moment)
    {
        while (true)
        {
            if (_stepBegin is null)
            {
                Refill();
                Assert.True(_engine.TryBeginStep(_time.Now, out TimeSpan duration));
                (_stepBegin, _stepEnd) = (_time.Now, _time.Now + duration);
                InstanceStatus status = _engine.Status(_time.Now, _time.GetUtcNow());
                (_pushed, _arrivedAtPush) = (status, _arrived);
                _stepTokens = status.UncomputedTokensSchedulerRunningPrefills - status.UnallocatedTokensSchedulerRunningPrefills;
            }

            if (_stepEnd > moment)
            {
                _time.Now = moment;
                return;
            }

            _time.Now = _stepEnd;
            _engine.CompleteStep(_time.Now);
            _stepBegin = null;
        }
    }

    /// <summary>Keeps a queue of some 40,000 prompt tokens of all lengths, and a few decodes.</summary>
    private void Refill()
    {
        while (Uncomputed(_engine.Status(_time.Now, _time.GetUtcNow())) < 40_000)
        {
            int tokens = _random.Next(100, 6000);
            Assert.Equal(AdmissionResult.Accepted, _engine.Add(
                new EngineRequest { Id = $"{_requests++}", PromptTokens = tokens, OutputTokens = _random.Next(1, 60) }, _time.Now));
            _arrived += tokens;
        }
    }
}
