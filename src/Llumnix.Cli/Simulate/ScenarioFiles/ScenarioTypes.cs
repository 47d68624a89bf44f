using System.Globalization;
using Llumnix.Adapters.Options.Table;
using Llumnix.Adapters.Profiles;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Profiles;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>The kinds of values in scenarios.</summary>
internal static class ScenarioTypes
{
    /// <summary>How requests are scheduled.</summary>
    public static OptionType<SchedulingMode> Mode { get; } = OptionTypes.Choice(
        ("neutral", SchedulingMode.Neutral), ("pd_batch", SchedulingMode.PdBatch), ("pd_staged", SchedulingMode.PdStaged));

    /// <summary>The times of arrivals.</summary>
    public static OptionType<ArrivalPattern> Arrivals { get; } = OptionTypes.Choice(
        ("trace", ArrivalPattern.Trace), ("poisson", ArrivalPattern.Poisson), ("bursty", ArrivalPattern.Bursty), ("diurnal", ArrivalPattern.Diurnal));

    /// <summary>The baselines.</summary>
    public static OptionType<BaselineKind> Baseline { get; } = OptionTypes.Choice(
        ("round-robin", BaselineKind.RoundRobin), ("random", BaselineKind.Random), ("least-requests", BaselineKind.LeastRequests), ("power-of-two", BaselineKind.PowerOfTwo));

    /// <summary>What engines do.</summary>
    public static OptionType<InferType> InferType { get; } = OptionTypes.Choice(
        ("neutral", Scheduling.Instances.InferType.Neutral), ("prefill", Scheduling.Instances.InferType.Prefill), ("decode", Scheduling.Instances.InferType.Decode));

    /// <summary>The faults of engines.</summary>
    public static OptionType<EngineFaultKind> Fault { get; } = OptionTypes.Choice(
        ("crash", EngineFaultKind.Crash), ("silent", EngineFaultKind.Silent), ("unschedulable", EngineFaultKind.Unschedulable), ("drain", EngineFaultKind.Drain),
        ("slow", EngineFaultKind.Slow));

    /// <summary>One of some names.</summary>
    public static OptionType<string> OneOf(IReadOnlyCollection<string> names) => OptionTypes.Text with
    {
        Kind = string.Join('|', names), Expected = $"one of {string.Join(", ", names)}", IsInRange = names.Contains,
    };

    /// <summary>The name of a class of step times.</summary>
    public static OptionType<string> ClassName { get; } = OptionTypes.Text with
    {
        Expected = "1 to 64 letters, digits, dots, hyphens and underscores, not default or none",
        IsInRange = static name => ProfileRulesFile.IsName(name) && name is not (ProfileClass.DefaultName or ProfileClass.NoneName),
    };

    /// <summary>A number within inclusive bounds.</summary>
    public static OptionType<double> Between(double minimum, double maximum) => Finite(
        string.Create(CultureInfo.InvariantCulture, $"a number from {minimum:0.###} to {maximum:0.###}"), value => value >= minimum && value <= maximum);

    /// <summary>A number above 0 and up to a bound.</summary>
    public static OptionType<double> UpTo(double maximum) => Finite(
        string.Create(CultureInfo.InvariantCulture, $"a number above 0, at most {maximum:0.##}"), value => value > 0 && value <= maximum);

    private static OptionType<double> Finite(string expected, Func<double, bool> isInRange) => OptionTypes.Number(0) with
    {
        Expected = expected,
        Write = static value => value.ToString("R", CultureInfo.InvariantCulture),
        IsInRange = value => double.IsFinite(value) && isInRange(value),
    };
}
