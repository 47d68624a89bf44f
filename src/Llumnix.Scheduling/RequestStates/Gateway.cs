using Llumnix.Scheduling.Collections;

namespace Llumnix.Scheduling.RequestStates;

/// <summary>A gateway by its id, as long as it is connected, holds request states, or was lost a moment ago.</summary>
internal sealed class Gateway(string id)
{
    private IndexList _states;

    internal string Id { get; } = id;

    /// <summary>Keep-alive connections under this id. A half-open one may outlive its successor for seconds.</summary>
    internal int Connections { get; set; }

    /// <summary>Whether its last keep-alive connection has gone.</summary>
    internal bool IsLost { get; init; }

    /// <summary>Timestamp of its last report.</summary>
    internal long ReportedAt { get; set; } = long.MinValue;

    /// <summary>Its request states.</summary>
    internal ref IndexList States => ref _states;
}
