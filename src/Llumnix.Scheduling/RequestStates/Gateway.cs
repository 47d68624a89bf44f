using Llumnix.Scheduling.Collections;

namespace Llumnix.Scheduling.RequestStates;

/// <summary>
/// A gateway id in one period, connected or not. States belong to the period in which they were placed, so that a connection that ends later releases
/// none of an earlier period.
/// </summary>
internal sealed class Gateway(string id, GatewayKind kind)
{
    private IndexList _states;

    internal string Id { get; } = id;

    internal GatewayKind Kind { get; } = kind;

    /// <summary>Whether its connections prove, or proved before they were lost, that the id is its own.</summary>
    internal bool IsProven { get; init; }

    /// <summary>Number of keep-alive connections under this id. A half-open one may outlive its successor for seconds.</summary>
    internal int Connections { get; set; }

    /// <summary>Timestamp of its last report.</summary>
    internal long ReportedAt { get; set; } = long.MinValue;

    /// <summary>Number of its request states.</summary>
    internal int StateCount { get; set; }

    /// <summary>Its request states.</summary>
    internal ref IndexList States => ref _states;
}
