using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Options;

/// <summary>
/// Reads the scheduler's options. Order, strongest first: <c>--extra-args</c>, flag, environment variable, configuration file, default.
/// </summary>
public static class SchedulerOptionsParser
{
    /// <summary>The scheduler's flags, for help and completion.</summary>
    public static OptionTable Flags => SchedulerOptionTable.Instance;

    /// <summary>Reads flags, the process's environment and the configuration file that they name.</summary>
    /// <param name="args">The command line without the program's name.</param>
    /// <param name="knownNames">The names that options may use.</param>
    /// <returns>The options and everything that is wrong with them; bad input never throws.</returns>
    public static OptionsParseResult<SchedulerOptions> Parse(IReadOnlyList<string> args, KnownNames knownNames) =>
        Parse(args, OptionsParser.ProcessEnvironment(), knownNames, BoundedTextFile.Read);

    /// <param name="args">The command line without the program's name.</param>
    /// <param name="environment">Environment variables.</param>
    /// <param name="knownNames">The names that options may use.</param>
    /// <param name="readFile">The text of the file at a path; throws <see cref="IOException"/> when it cannot be read.</param>
    internal static OptionsParseResult<SchedulerOptions> Parse(
        IReadOnlyList<string> args,
        IReadOnlyDictionary<string, string> environment,
        KnownNames knownNames,
        Func<string, string> readFile) =>
        OptionsParser.Parse(SchedulerOptionTable.For(knownNames), args, environment, readFile);
}
