using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>The two runs of a demo over the same arrivals.</summary>
/// <param name="PolicyName">The policy that is compared with the baseline.</param>
/// <param name="Policy">The policy's run.</param>
/// <param name="Baseline">The baseline's run; null when it did not take place.</param>
internal sealed record DemoComparison(string PolicyName, DemoRun Policy, DemoRun? Baseline)
{
    /// <summary>The latency targets of both runs; null: none.</summary>
    public LatencyTargets? Targets { get; init; }

    /// <summary>Length of the arrivals of one run; 0 where it is not known.</summary>
    public TimeSpan RunDuration { get; init; }

    /// <summary>Whether the arrivals are those of a trace.</summary>
    public bool IsTrace { get; init; }

    /// <summary>Whether one of the engines is slower than the others.</summary>
    public bool HasSlowEngine { get; init; }

    /// <summary>Whether an engine has crashed in a run.</summary>
    public bool HasCrashed => Policy.Crashed is not null || Baseline?.Crashed is not null;

    /// <summary>The baseline's name.</summary>
    public string BaselineName { get; init; } = "round-robin";
}
