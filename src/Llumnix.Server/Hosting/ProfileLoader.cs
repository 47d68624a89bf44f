using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Server.Hosting;

/// <summary>Loads the profiling tables that options name.</summary>
internal static partial class ProfileLoader
{
    /// <summary>The predictor over both tables; null when the options name none.</summary>
    /// <exception cref="ProfilingTableException">A table cannot be used.</exception>
    internal static LatencyPredictor? Load(ProfileOptions options, ILogger logger)
    {
        if (options.TtftPath.Length == 0 || options.TpotPath.Length == 0)
        {
            return null;
        }

        var warnings = new List<string>();
        LatencyProfile profile = ProfilingTables.Read(options.TtftPath, options.TpotPath, warnings);
        warnings.ForEach(warning => LogCompleted(logger, warning));
        return new LatencyPredictor(profile);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogCompleted(ILogger logger, string warning);
}
