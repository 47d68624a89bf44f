using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Prediction;
using Llumnix.Scheduling.Profiles;

namespace Llumnix.Server.Hosting;

/// <summary>Loads the profiling tables that options name.</summary>
internal static partial class ProfileLoader
{
    /// <summary>The predictor over all tables; null when the options name none.</summary>
    /// <exception cref="ProfilingTableException">Tables or the file of their classes cannot be used.</exception>
    internal static LatencyPredictor? Load(ProfileOptions options, ILogger logger)
    {
        if (!options.HasTables)
        {
            return null;
        }

        var warnings = new List<string>();
        var problems = new List<string>();
        IReadOnlyList<ProfileRule>? rules = options.ClassesPath.Length > 0 ? ProfilingTables.Try(() => ProfileRulesFile.Read(options.ClassesPath, warnings), problems) : [];
        LatencyProfile? fallback = options.HasDefault ? ProfilingTables.Try(() => ProfilingTables.Read(options.TtftPath, options.TpotPath, warnings), problems) : null;
        if (rules is null || problems.Count > 0)
        {
            throw new ProfilingTableException(problems);
        }

        warnings.ForEach(warning => LogCompleted(logger, warning));
        return new LatencyPredictor(new ProfileClasses(rules, fallback));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void LogCompleted(ILogger logger, string warning);
}
