using System.Globalization;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Server.Calibration;

/// <summary>
/// Logs once for each instance that no class of <c>--latency-profiles</c> names while there are no default tables: it meets no target. Looks every ten seconds; with
/// more than <see cref="LinesPerLook"/> at a time there is one line for all of them.
/// </summary>
/// <param name="capture">Gives the instances.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed partial class MissingTablesWatch(Func<ClusterSnapshot> capture, TimeProvider time, ILogger<MissingTablesWatch> logger)
{
    /// <summary>Largest number of lines at a time; beyond that one line names as many instances.</summary>
    internal const int LinesPerLook = 3;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private HashSet<string> _told = [];

    /// <summary>Logs until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, time, cancellationToken);
            Look();
        }
    }

    /// <summary>Logs the instances without tables that have come since the last call.</summary>
    internal void Look()
    {
        HashSet<string> without =
        [
            .. capture().Instances.Where(static instance => instance.LatencyClass == ProfileClass.NoneName).Select(static instance => instance.Metadata.InstanceId),
        ];
        string[] news = [.. without.Except(_told)];
        _told = without;
        if (news.Length > LinesPerLook)
        {
            LogMissing(logger, string.Create(CultureInfo.InvariantCulture, $"{news.Length} instances, such as {string.Join(", ", news.Take(LinesPerLook))}"));
            return;
        }

        foreach (string id in news)
        {
            LogMissing(logger, $"Instance {id}");
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "{Who}: no class of --latency-profiles names it, and there are no default tables: its latencies count as beyond every target. Add a class or the default tables")]
    private static partial void LogMissing(ILogger logger, string who);
}
