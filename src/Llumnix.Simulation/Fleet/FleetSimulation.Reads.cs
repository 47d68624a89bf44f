using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.RequestStates;

namespace Llumnix.Simulation.Fleet;

/// <summary>Plain engines: their metrics are read in place of statuses from a CMS, and gateways report how far requests are.</summary>
public sealed partial class FleetSimulation
{
    private const double IntervalJitter = 0.1;
    private const int FailuresUntilOut = 2;
    private const int MostBackoff = 4;
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(5);
    private readonly RequestProgressBatch _progress = new();
    private readonly EngineMeter[] _meters;
    private readonly Random _readTimes;

    private void BeginReads(EngineReads reads)
    {
        for (int i = 0; i < _engines.Length; i++)
        {
            _readings[i] = new InstanceReading(_engines[i].Metadata, _meters[i].Unread(_clock.GetUtcNow(), isOut: false));
            _events.Add(Now + (_readTimes.NextDouble() * reads.Interval), SimulationEventKind.AskEngine, i);
        }

        _placer.Synchronize(_readings);
    }

    /// <summary>An engine makes its page of metrics; the scheduler has it a little later.</summary>
    private void AskEngine(int index)
    {
        EngineReads reads = _options.Reads!;
        SimulatedEngine engine = _engines[index];
        EngineMeter meter = _meters[index];
        if (engine.IsDown)
        {
            meter.Failures++;
            if (meter.Failures == FailuresUntilOut)
            {
                TakeStatus(index, meter.Unread(_clock.GetUtcNow(), isOut: _engines.Any(static other => !other.IsDown)));
            }
        }
        else if (!engine.IsSilent && !(reads.Loss > 0 && _readTimes.NextDouble() < reads.Loss))
        {
            meter.Failures = 0;
            _events.Add(Now + reads.Delay, SimulationEventKind.TakeRead, index, new EngineRead(engine.Gauges, Now, _clock.GetUtcNow(), engine.Life));
        }

        TimeSpan pause = reads.Interval * (1 << Math.Min(meter.Failures, MostBackoff));
        pause = meter.Failures > 0 && pause > LongestBackoff ? LongestBackoff : pause;
        _events.Add(Now + (pause * (1 - IntervalJitter + (2 * IntervalJitter * _readTimes.NextDouble()))), SimulationEventKind.AskEngine, index);
    }

    private void TakeRead(int index, EngineRead read)
    {
        if (read.Life == _engines[index].Life)
        {
            TakeStatus(index, _meters[index].Read(read.Gauges, read.AskedAt, read.WallClock));
        }
    }

    private void TakeStatus(int index, InstanceStatus status)
    {
        _readings[index] = new InstanceReading(_engines[index].Metadata, status);
        _placer.Synchronize(_readings);
    }

    private void Report()
    {
        _progress.Clear();
        foreach (RequestRun run in _open)
        {
            AddProgress(run);
        }

        _placer.Report(_progress);
        _peers?.Note();
        _events.Add(Now + _options.Reports!.Interval, SimulationEventKind.Report);
    }

    private void ReportFirstToken(RequestRun run)
    {
        if (_open.Contains(run))
        {
            _progress.Clear();
            AddProgress(run);
            _placer.Report(_progress);
            _peers?.Note();
        }
    }

    private void AddProgress(RequestRun run)
    {
        long tokens = (long)run.Arrival.PromptTokens + run.Tokens;
        if (run.FirstEngine >= 0)
        {
            _progress.Add(run.Id, run.First.Instance.WireId, tokens, run.Tokens > 0);
        }

        if (run.Second is { } second)
        {
            _progress.Add(run.Id, second.Instance.WireId, tokens, run.Tokens > 0);
        }
    }

    private sealed record EngineRead(EngineGauges Gauges, TimeSpan AskedAt, DateTimeOffset WallClock, int Life);
}
