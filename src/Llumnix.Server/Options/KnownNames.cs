using Llumnix.Scheduling.Extensions;

namespace Llumnix.Server.Options;

/// <summary>The names that options may refer to, from the catalogues of the core.</summary>
public sealed record KnownNames
{
    /// <summary>Metrics of full-mode instances.</summary>
    public required IReadOnlyCollection<string> FullModeMetrics { get; init; }

    /// <summary>Metrics of lite-mode instances.</summary>
    public required IReadOnlyCollection<string> LiteModeMetrics { get; init; }

    /// <summary>Scheduling policies of full mode.</summary>
    public required IReadOnlyCollection<string> FullModePolicies { get; init; }

    /// <summary>Scheduling policies of lite mode.</summary>
    public required IReadOnlyCollection<string> LiteModePolicies { get; init; }

    /// <summary>Rescheduling policies.</summary>
    public required IReadOnlyCollection<string> ReschedulingPolicies { get; init; }

    /// <summary>Failover domains.</summary>
    public required IReadOnlyCollection<string> FailoverDomains { get; init; }

    /// <summary>These names and those of extensions.</summary>
    internal KnownNames With(SchedulerExtensions extensions) => this with
    {
        FullModeMetrics = [.. FullModeMetrics, .. extensions.FullMode.Metrics.Select(static metric => metric.Name)],
        LiteModeMetrics = [.. LiteModeMetrics, .. extensions.LiteMode.Metrics.Select(static metric => metric.Name)],
        FullModePolicies = [.. FullModePolicies, .. extensions.FullMode.Policies.Select(static policy => policy.Name)],
        LiteModePolicies = [.. LiteModePolicies, .. extensions.LiteMode.Policies.Select(static policy => policy.Name)],
    };
}
