using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Server.Options.Derived;
using Llumnix.Server.Options.Validation;

namespace Llumnix.Server.Options.Table;

/// <summary>The table of the scheduler's options.</summary>
internal static class SchedulerOptionTable
{
    /// <summary>What stands above the flags in the help of the rescheduler.</summary>
    internal const string ReschedulerHelpIntroduction = $"""
        Usage: llumnix rescheduler [flags]

        Runs nothing but the rescheduler, which plans migrations: the scheduler with --standalone-rescheduling-mode, whose flags it takes.
        {Places}
        """;

    private const string HelpIntroduction = $"""
        Usage: llumnix scheduler [flags]

        {Places}
        """;

    private const string Places = """
        Each flag can also be given as an environment variable (LLUMNIX_SCHEDULER_ and the name in upper case with underscores) or in
        the file of --config. Order, strongest first: --extra-args, flag, environment variable, file, default.
        """;

    private const string ReferenceIntroduction = """
        # Scheduler configuration

        <!-- Generated from the option table. To rewrite it: LLUMNIX_UPDATE_REFERENCE=1 dotnet test --project tests/Llumnix.Server.Tests -->

        Every option can be given in four places. Order, strongest first:

        1. Flag: `--name value` or `--name=value`; for booleans also `--name` alone. Given twice, the last one counts.
        2. Environment variable: `LLUMNIX_SCHEDULER_` and the name in upper case with underscores, as in `LLUMNIX_SCHEDULER_CMS_REDIS_HOST`.
           An empty one counts as absent.
        3. The file of `--config`: a flat YAML or JSON mapping of names (dashes or underscores) to values; lists may be sequences.
        4. The default.

        `--extra-args "a=1,b='x,y'"` overrides all of them. Whatever is wrong is reported at once, one line per problem with its place, and
        the exit code is 2.

        **Secrets.** Process listings show flags. Prefer the `-file` variant of a secret, or its environment variable. Secrets never appear
        in messages or logs.

        **Kubernetes.** A service named `llumnix-scheduler` makes Kubernetes set variables such as
        `LLUMNIX_SCHEDULER_PORT=tcp://10.0.0.1:8002` and `LLUMNIX_SCHEDULER_SERVICE_HOST` in pods of its namespace. They are recognized
        by their form and left alone.

        **Lite mode.** `--enable-full-mode-scheduling=false` switches cache-aware scheduling, predictor-enhanced scheduling, adaptive PD and
        rescheduling off, with a warning for each that was asked for.
        """;

    private static readonly IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows =
    [
        .. ServiceOptionTable.Rows,
        .. CmsOptionTable.Rows,
        .. EngineMetricsOptionTable.Rows,
        .. PolicyOptionTable.Rows,
        .. DispatchOptionTable.Rows,
        .. ExtensionOptionTable.Rows,
        .. CacheAwareOptionTable.Rows,
        .. PrefillProgressOptionTable.Rows,
        .. SloOptionTable.Rows,
        .. AdaptivePdOptionTable.Rows,
        .. ReschedulingOptionTable.Rows,
        .. FailoverOptionTable.Rows,
        .. MigrationOptionTable.Rows,
        .. LlumletGrpcOptionTable.Rows,
        .. LiteModeOptionTable.Rows,
        .. DiscoveryOptionTable.Rows,
        .. HighAvailabilityOptionTable.Rows,
        .. PeerOptionTable.Rows,
        .. ConsoleRows.Make<SchedulerOptions>(static o => o.Console, static (o, g) => o with { Console = g }),
        .. CompatibilityOptionTable.Rows,
    ];

    /// <summary>The table without what depends on catalogues of names.</summary>
    public static OptionTable<SchedulerOptions> Instance { get; } = Make(static _ => []);

    /// <summary>The table.</summary>
    /// <param name="known">The names that options may use.</param>
    public static OptionTable<SchedulerOptions> For(KnownNames known) => Make(assigned => SchedulerOptionsValidator.FindErrors(assigned, known));

    private static OptionTable<SchedulerOptions> Make(Func<AssignedOptions<SchedulerOptions>, IEnumerable<OptionProblem>> findErrors) => new(Rows)
    {
        Defaults = new SchedulerOptions(),
        EnvironmentPrefix = "LLUMNIX_SCHEDULER_",
        HelpIntroduction = HelpIntroduction,
        ReferenceIntroduction = ReferenceIntroduction,
        Complete = Complete,
        FindErrors = findErrors,
        FindWarnings = SchedulerOptionsValidator.FindWarnings,
    };

    /// <summary>The options as they take effect: see <see cref="SchedulerOptions.Effective"/>. Warns of each feature that lite mode switches off.</summary>
    private static AssignedOptions<SchedulerOptions> Complete(AssignedOptions<SchedulerOptions> assigned)
    {
        IEnumerable<OptionProblem> warnings = LiteModeRestrictions.Refused(assigned.Options)
            .Select(feature => assigned.Problem(feature.Option, $"{feature.Name} needs full mode and is switched off"));
        return assigned.WithDerived(LiteModeRestrictions.Apply(assigned.Options), assigned.Options.Effective()) with
        {
            Warnings = [.. assigned.Warnings, .. warnings],
        };
    }
}
