using Llumnix.Adapters.Options;
using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Requests;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Server.Extensions;
using Llumnix.Server.Options;
using Llumnix.Simulation.Comparisons;
using Llumnix.Simulation.Engines;

namespace Llumnix.Server.WhatIf;

/// <summary>One what-if: two schedulers, the present one and one that differs, on the same fleet and the same requests. Disposed at its end.</summary>
internal sealed class WhatIfJob : IDisposable
{
    private const string Present = "the present options";
    private const string Changed = "the changed options";
    private readonly RecordedArrivals _arrivals;
    private readonly SimulatedFleet _fleet;
    private readonly (double TtftMs, double TpotMs) _targets;
    private readonly SimulatedRun[] _contestants;
    private readonly IDisposable? _classes;
    private readonly LatencyTables? _tables;
    private readonly int _seeds;
    private readonly string[] _notes;

    private WhatIfJob(WhatIfQuestion question, RecordedArrivals arrivals, SimulatedFleet fleet, SchedulerOptions present, SchedulerOptions changed, IDisposable? classes, LatencyTables? tables, IEnumerable<string> notes)
    {
        (_arrivals, _fleet, _classes, _tables, _seeds) = (arrivals, fleet, classes, tables, question.Seeds);
        _targets = (question.TtftMs ?? present.Slo.Ttft.TotalMilliseconds, question.TpotMs ?? present.Slo.Tpot.TotalMilliseconds);
        SchedulingMode mode = arrivals.Mode;
        _contestants = [new(Present, present, mode, _targets.TtftMs, _targets.TpotMs), new(Changed, changed, mode, _targets.TtftMs, _targets.TpotMs)];
        _notes = [.. notes];
    }

    /// <summary>Prepares a what-if.</summary>
    /// <param name="question">What is asked, without errors.</param>
    /// <param name="source">The scheduler.</param>
    /// <param name="nowMs">The moment, milliseconds of the scheduler's clock.</param>
    /// <param name="error">Why there is none; empty where there is one.</param>
    /// <param name="isOfQuestion">Whether the question is at fault.</param>
    internal static WhatIfJob? Prepare(WhatIfQuestion question, AdminSource source, double nowMs, out string error, out bool isOfQuestion)
    {
        (error, isOfQuestion) = ("", false);
        RecordedArrivals arrivals = RecordedArrivals.Read(source.Mode.History!, nowMs - (question.Minutes * 60_000), nowMs);
        IReadOnlyList<string> flags = source.SchedulerFlags!;
        OptionsParseResult<SchedulerOptions> present = SimulatedFlags.Parse(flags);
        FleetSample sample = source.Mode.CaptureFleet();
        LatencyTables? tables = null;
        SimulatedClasses? classes = null;
        try
        {
            error = arrivals.Count == 0 ? FormattableString.Invariant($"no request has come in the last {question.Minutes} min")
                : sample.Instances.Count > WhatIfLimits.MaxInstances ? FormattableString.Invariant($"the fleet has {sample.Instances.Count} instances, of which at most {WhatIfLimits.MaxInstances} can be simulated")
                : UnusableOf(present);
            if (error.Length > 0)
            {
                return null;
            }

            classes = SimulatedClasses.Read(present.Options.Profiles);
            var fleet = SimulatedFleet.Of(sample, source.Mode.CaptureMetadata(), classes);
            if (fleet.Engines.Count == 0)
            {
                error = "no instance may get requests now";
                return null;
            }

            if (classes.AreSeveral)
            {
                flags = [.. flags, .. classes.Flags];
                present = SimulatedFlags.Parse(flags);
                error = UnusableOf(present);
                if (error.Length > 0)
                {
                    return null;
                }
            }

            string[] overrides = [.. question.Overrides!.Select(static pair => $"--{pair.Key}={WhatIfQuestion.TextOf(pair.Value)}")];
            OptionsParseResult<SchedulerOptions> changed = SimulatedFlags.Parse([.. flags, .. overrides]);
            if (changed.Errors.Count == 0 && !SimulatedFlags.Differ(present.Options, changed.Options))
            {
                (error, isOfQuestion) = ($"the scheduler runs with {string.Join(", ", overrides)} already: there is nothing to compare", true);
                return null;
            }

            if (changed.Errors.Count > 0 && !present.Options.Profiles.HasTables)
            {
                tables = new LatencyTables(fleet.Latency);
                changed = SimulatedFlags.Parse(
                    [.. flags, $"--ttft-profiling-data-path={tables.TtftPath}", $"--tpot-profiling-data-path={tables.TpotPath}", .. overrides]);
            }

            if (changed.Errors.Count > 0)
            {
                (error, isOfQuestion) = (string.Join("; ", changed.Errors), true);
                return null;
            }

            var job = new WhatIfJob(
                question, arrivals, fleet, present.Options, changed.Options, classes, tables,
                WhatIfNotes.Of(arrivals, fleet, sample, changed, tables is not null));
            (classes, tables) = (null, null);
            return job;
        }
        catch (Exception exception) when (exception is ProfilingTableException or ExtensionException or IOException or UnauthorizedAccessException)
        {
            error = $"it cannot be simulated: {exception.Message}";
            return null;
        }
        finally
        {
            classes?.Dispose();
            tables?.Dispose();
        }
    }

    /// <summary>Plays it, seed by seed. Of one that is cancelled, the seeds that both have played count.</summary>
    /// <param name="progress">Receives the share that is done, 0 to 1.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The comparison; null when not even one seed has been played.</returns>
    internal WhatIfResult? Play(Action<double> progress, CancellationToken cancellation)
    {
        var runs = new List<RunSummary>();
        try
        {
            for (int seed = 1; seed <= _seeds; seed++)
            {
                IReadOnlyList<Simulation.Workloads.RequestArrival> arrivals = _arrivals.ToArrivals(seed);
                var both = new List<RunSummary>();
                foreach (SimulatedRun contestant in _contestants)
                {
                    int done = runs.Count + both.Count;
                    void Note(double share) => progress((done + share) / (_seeds * _contestants.Length));
                    both.Add(contestant.Play(_fleet.Engines, arrivals, _arrivals.Rate, seed, new Share(Note), cancellation));
                    Note(1);
                }

                runs.AddRange(both);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }

        return runs.Count == 0 ? null : ToResult(runs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _classes?.Dispose();
        _tables?.Dispose();
    }

    /// <summary>What is wrong with the present options as flags; empty where nothing is. It is no fault of the question.</summary>
    private static string UnusableOf(OptionsParseResult<SchedulerOptions> present) =>
        present.Errors.Count > 0 ? $"the present options cannot be simulated: {string.Join("; ", present.Errors)}" : "";

    private WhatIfResult ToResult(List<RunSummary> runs)
    {
        int seeds = runs.Count / _contestants.Length;
        IReadOnlyList<ContestantRuns> rows = ContestantRuns.Of(runs);
        IEnumerable<string> left = seeds < _seeds
            ? [FormattableString.Invariant($"Only {seeds} of {_seeds} seeds were played in time: ask for fewer minutes or seeds.")]
            : [];
        return new WhatIfResult(
            new WhatIfInput(
                _arrivals.Count, Math.Round(_arrivals.Seconds, 1), Math.Round(_arrivals.Rate, 3), seeds, _fleet.Engines.Count, _fleet.Model, _arrivals.KnownOutputs, _targets.TtftMs, _targets.TpotMs),
            WhatIfMeasures.Of(rows[0], rows[1]),
            WhatIfMeasures.PercentilesOf(_arrivals.ObservedTtftMs),
            SimulationVerdict.Of(runs),
            [.. _notes, .. left]);
    }

    private sealed class Share(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
