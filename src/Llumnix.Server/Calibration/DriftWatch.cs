using System.Globalization;
using Llumnix.Scheduling.Calibration;

namespace Llumnix.Server.Calibration;

/// <summary>
/// Logs once when an instance's step times leave those of a profiling table, and once when they are back; the same when a correction is withheld. Looks every ten
/// seconds; with more than <see cref="LinesPerLook"/> changes of a kind there is one line for all of them.
/// </summary>
/// <param name="capture">Gives what is known of the errors.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class DriftWatch(Func<CalibrationFigures> capture, TimeProvider time, ILogger<DriftWatch> logger)
{
    /// <summary>Largest number of lines about the same kind of change; beyond that one line names as many instances.</summary>
    internal const int LinesPerLook = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private Dictionary<(string Id, string Table), TableErrorFigures> _before = [];

    /// <summary>Logs changes until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            Look();
        }
    }

    /// <summary>Logs the changes since the last call.</summary>
    internal void Look()
    {
        var now = capture().Tables.ToDictionary(static table => (table.InstanceId, table.Table));
        TableErrorFigures[] kept = [.. now.Values];
        Tell(kept.Where(table => table.IsDrifted && !Was(table, static before => before.IsDrifted)), LogDrifted);
        Tell(kept.Where(table => !table.IsDrifted && Was(table, static before => before.IsDrifted)), LogBack);
        Tell(kept.Where(table => table.IsWithheld && !Was(table, static before => before.IsWithheld)), LogWithheld);
        _before = now;
    }

    private bool Was(TableErrorFigures table, Func<TableErrorFigures, bool> condition) =>
        _before.TryGetValue((table.InstanceId, table.Table), out TableErrorFigures? before) && condition(before);

    private void Tell(IEnumerable<TableErrorFigures> changed, Action<ILogger, string> log)
    {
        string[] who = [.. changed.Select(static table => string.Create(
            CultureInfo.InvariantCulture, $"{table.InstanceId} ({table.Table} × {table.Ratio:0.00})"))];
        if (who.Length > LinesPerLook)
        {
            log(logger, string.Create(CultureInfo.InvariantCulture, $"{who.Length} instances, such as {string.Join(", ", who.Take(LinesPerLook))},"));
            return;
        }

        foreach (string instance in who)
        {
            log(logger, $"Instance {instance}");
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Who} has step times more than 15% from those of the profiling table (--latency-correction)")]
    private static partial void LogDrifted(ILogger logger, string who);

    [LoggerMessage(LogLevel.Information, "{Who} has the step times of the profiling table again")]
    private static partial void LogBack(ILogger logger, string who);

    [LoggerMessage(LogLevel.Warning, "{Who} is not corrected: the table has lately been nearer to the measured step times")]
    private static partial void LogWithheld(ILogger logger, string who);
}
