using System.Globalization;
using Llumnix.Scheduling.Draining;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Server.Draining;

/// <summary>
/// Logs drains: when one begins, when nothing is left on its instances, and when it is over. Tells, too, when all instances are being drained, so that no request is placed.
/// </summary>
/// <param name="drains">The drains.</param>
/// <param name="capture">Gives the instances as they are.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class DrainWatch(IDrainControl drains, Func<IReadOnlyList<InstanceState>> capture, TimeProvider time, ILogger<DrainWatch> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private Dictionary<DrainSelector, bool> _before = [];
    private bool _wasAll;

    /// <summary>Looks once in a second until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            Look();
        }
    }

    /// <summary>What readers of /readyz are told; null unless all instances are being drained.</summary>
    internal string? FindWarning() => Warn(drains.ReportDrains());

    /// <summary>Logs what has changed since the last call.</summary>
    internal void Look()
    {
        IReadOnlyList<DrainReport> reports = drains.ReportDrains();
        var now = new Dictionary<DrainSelector, bool>(reports.Count);
        foreach (DrainReport report in reports)
        {
            bool isKnown = _before.TryGetValue(report.Selector, out bool wasSafe);
            now[report.Selector] = report.IsSafeToDelete;
            if (!isKnown)
            {
                DrainLog.Begun(logger, Describe(report.Selector), report.Instances.Count, report.Instances.Sum(static instance => instance.Work.Requests));
            }

            if (report.IsSafeToDelete && !wasSafe)
            {
                DrainLog.Done(logger, Describe(report.Selector), report.Instances.Count);
            }
        }

        foreach (DrainSelector gone in _before.Keys.Where(selector => !now.ContainsKey(selector)))
        {
            DrainLog.Over(logger, Describe(gone));
        }

        string? warning = Warn(reports);
        if (warning is not null && !_wasAll)
        {
            DrainLog.All(logger, warning);
        }
        else if (warning is null && _wasAll)
        {
            DrainLog.NoLongerAll(logger);
        }

        (_before, _wasAll) = (now, warning is not null);
    }

    private static string Describe(DrainSelector selector) => selector.Scope == DrainScope.Terminating
        ? "terminating instances" : $"{DrainSelection.NameOf(selector.Scope)} {selector.Value}";

    private string? Warn(IReadOnlyList<DrainReport> reports)
    {
        int draining = reports.Count == 0 ? 0
            : reports.SelectMany(static report => report.Instances).Select(static instance => instance.Address.InstanceId).Distinct(StringComparer.Ordinal).Count();
        return draining > 0 && draining >= capture().Count
            ? string.Create(CultureInfo.InvariantCulture, $"{(draining == 1 ? "the only instance is" : $"all {draining} instances are")} being drained: no request is placed until a drain is undone (llumnix drain NAME --undo) or another instance comes")
            : null;
    }
}
