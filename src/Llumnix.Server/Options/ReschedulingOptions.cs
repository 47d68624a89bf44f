using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Server.Options;

/// <summary>The rescheduler: where it runs, how often, and what it plans.</summary>
public sealed record ReschedulingOptions
{
    // Null: not set.
    private readonly bool? _isEnabled;

    /// <summary>Whether running requests are migrated. A mode flag turns it on unless this is set explicitly.</summary>
    public bool IsEnabled
    {
        get => _isEnabled ?? false;
        init => _isEnabled = value;
    }

    /// <summary>Whether it runs inside the scheduler and shares its view.</summary>
    public bool IsColocated { get; init; }

    /// <summary>Whether it is the process's only work.</summary>
    public bool IsStandalone { get; init; }

    /// <summary>Time between two planning cycles.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>What migrations are planned by.</summary>
    public PlannerOptions Planner { get; init; } = new();

    /// <summary>The options with another default of <see cref="IsEnabled"/>; it stays when it was set.</summary>
    internal ReschedulingOptions WithDefaultSwitch(bool isEnabled) => this with { IsEnabled = _isEnabled ?? isEnabled };
}
