using System.Globalization;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Adapters.Secrets;

namespace Llumnix.EngineEmulator;

/// <summary>The environment variables of a patched engine that the emulator reads.</summary>
public sealed record EngineEnvironment
{
    private const int DefaultProfilingSteps = 50;

    /// <summary>Profiling samples to report: <c>LLUMNIX_PROFILING_STEPS</c> if <c>LLUMNIX_ENABLE_PROFILING</c> is 1, else 0.</summary>
    public int ProfilingSteps { get; init; }

    /// <summary>Least time between two pushes of a status: <c>LLUMNIX_STATUS_PUSH_INTERVAL</c>, in seconds.</summary>
    public TimeSpan StatusPushInterval { get; init; } = TimeSpan.FromMilliseconds(40);

    /// <summary>Requests that may be migrated out at once: <c>LLUMNIX_MAX_REQ_MIG_OUT</c>.</summary>
    public int MaxMigrationsOut { get; init; } = 1;

    /// <summary>Requests that may be migrated in at once: <c>LLUMNIX_MAX_REQ_MIG_IN</c>.</summary>
    public int MaxMigrationsIn { get; init; } = 1;

    /// <summary>Password of the CMS: <c>LLUMNIX_CMS_REDIS_PASSWORD</c>.</summary>
    public Secret CmsRedisPassword { get; init; }

    /// <summary>Reads the variables.</summary>
    /// <param name="variable">The text of a variable; null or empty where it is not set.</param>
    /// <param name="problems">Receives a line for each value that is not a number in range, with the variable's name; the usual value stands for it.</param>
    public static EngineEnvironment Read(Func<string, string?> variable, ICollection<string> problems)
    {
        int steps = (int)Number(variable, "LLUMNIX_PROFILING_STEPS", DefaultProfilingSteps, int.MaxValue, problems);
        return new EngineEnvironment
        {
            ProfilingSteps = variable("LLUMNIX_ENABLE_PROFILING") == "1" ? steps : 0,
            StatusPushInterval = TimeSpan.FromSeconds(Number(variable, "LLUMNIX_STATUS_PUSH_INTERVAL", 0.04, 3600, problems)),
            MaxMigrationsOut = Count(variable, "LLUMNIX_MAX_REQ_MIG_OUT", 1, problems),
            CmsRedisPassword = new Secret(variable("LLUMNIX_CMS_REDIS_PASSWORD")),
            MaxMigrationsIn = Count(variable, "LLUMNIX_MAX_REQ_MIG_IN", 1, problems),
        };
    }

    private static int Count(Func<string, string?> variable, string name, int standard, ICollection<string> problems)
    {
        string? text = variable(name);
        if (string.IsNullOrEmpty(text))
        {
            return standard;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value))
        {
            return value;
        }

        problems.Add($"{name} must be a whole number, 0 or above, not {Quoted.Text(text)}");
        return standard;
    }

    private static double Number(Func<string, string?> variable, string name, double standard, double most, ICollection<string> problems)
    {
        string? text = variable(name);
        if (string.IsNullOrEmpty(text))
        {
            return standard;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0 && value <= most)
        {
            return value;
        }

        problems.Add($"{name} must be a number above 0 and at most {most.ToString(CultureInfo.InvariantCulture)}, not {Quoted.Text(text)}");
        return standard;
    }
}
