using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Server.Hosting;
using Llumnix.Server.Options;
using Llumnix.Server.Options.Table;
using Llumnix.Server.Options.Validation;

namespace Llumnix.Server.WhatIf;

/// <summary>The options of a running scheduler as flags, by which simulated ones are made that differ in some.</summary>
public static class SimulatedFlags
{
    /// <summary>Groups that mean nothing to a scheduler without listeners and other schedulers.</summary>
    private static readonly string[] LeftOut = ["Service", "Console", "High availability"];

    /// <summary>Options of both modes that decide where requests go.</summary>
    private static readonly string[] OfBothModes =
    [
        "scheduling-policy", "dispatch-top-k",
        "dispatch-neutral-load-metric", "dispatch-neutral-load-threshold",
        "dispatch-prefill-load-metric", "dispatch-prefill-load-threshold",
        "dispatch-decode-load-metric", "dispatch-decode-load-threshold",
    ];

    private static readonly string[] OfFullMode =
    [
        "enable-instance-status-local-account", "enable-predictor-enhanced-scheduling", "cms-pull-status-interval-ms", "engine-metrics-interval-ms", "engine-metrics-lag-ms",
        "latency-correction", "ttft-slo", "tpot-slo", "ttft-slo-dispatch-threshold", "tpot-slo-dispatch-threshold", "slo-confidence", "slo-overload", "slo-hold-ms",
        "slo-expected-output-tokens",
        "enable-adaptive-pd", "adaptive-pd-rules", "tpot-migrate-out-ceil-threshold", "tpot-migrate-out-floor-threshold",
        "enable-rescheduling", "colocated-rescheduling-mode", "rescheduling-policies", "rescheduling-interval-ms",
        "rescheduling-decode-load-metric", "rescheduling-decode-load-threshold", "rescheduling-neutral-load-metric", "rescheduling-neutral-load-threshold",
        "rescheduling-load-balance-threshold", "rescheduling-load-balance-scope",
    ];

    /// <summary>The options that differ from their defaults, without secrets.</summary>
    /// <param name="options">The options.</param>
    /// <param name="parsed">Where they come from, so that what follows from others is left out; null: nothing of them does.</param>
    public static IReadOnlyList<string> Of(SchedulerOptions options, OptionsParseResult<SchedulerOptions>? parsed) =>
    [
        .. from row in SchedulerOptionTable.Instance.Rows
           where row is { Binding: not null, IsSecret: false, SecretOf: null } && !LeftOut.Contains(row.Group)
           where parsed?.SourceOf(row.Name).Kind != OptionSourceKind.Derived
           let value = row.Binding!.Write(options)
           where value != SchedulerOptionTable.Instance.DefaultOf(row)
           select $"{row.Flag}={value}",
    ];

    /// <summary>Whether options differ in any value that is no secret.</summary>
    internal static bool Differ(SchedulerOptions one, SchedulerOptions other) => SchedulerOptionTable.Instance.Rows.Any(
        row => row is { Binding: { } binding, IsSecret: false } && !string.Equals(binding.Write(one), binding.Write(other), StringComparison.Ordinal));

    /// <summary>The options that a what-if may change.</summary>
    internal static IReadOnlyList<string> Changeable(bool isFullMode) => isFullMode ? [.. OfBothModes, .. OfFullMode] : OfBothModes;

    /// <summary>The row of an option.</summary>
    internal static OptionDefinition<SchedulerOptions> RowOf(string flag) => (OptionDefinition<SchedulerOptions>)SchedulerOptionTable.Instance.Get(flag);

    /// <summary>The names that an option's value may be of; empty where it is no name.</summary>
    internal static IReadOnlyList<string> NamesOf(string flag, SchedulerOptions options) =>
        NameRules.All.FirstOrDefault(rule => rule.Option == flag) is { } rule ? [.. rule.Known(options, SchedulerProgram.KnownNames)] : [];

    /// <summary>Reads flags, and nothing else: no environment and no file.</summary>
    internal static OptionsParseResult<SchedulerOptions> Parse(IEnumerable<string> flags) => SchedulerOptionsParser.Parse(
        [.. flags], new Dictionary<string, string>(), SchedulerProgram.KnownNames, static path => throw new FileNotFoundException("no file is read", path));
}
