namespace Llumnix.Scheduling.Draining;

/// <summary>What an instance still has to do. In lite mode, request states: <paramref name="Running"/> and <paramref name="Waiting"/>.</summary>
/// <param name="Running">Running requests.</param>
/// <param name="Waiting">Waiting requests.</param>
/// <param name="Loading">Requests whose KV cache is being pulled in.</param>
/// <param name="MigratingIn">Requests that are being migrated to it.</param>
/// <param name="MigratingOut">Requests that are being migrated away; they count as running, too.</param>
/// <param name="InLedger">Requests that were placed there and that no status has shown yet or, with readings of the engine's metrics, that have not ended.</param>
/// <param name="KvTokens">KV tokens in use, beyond one block, which engines keep for themselves.</param>
public readonly record struct DrainWork(
    long Running, long Waiting, long Loading = 0, long MigratingIn = 0, long MigratingOut = 0, long InLedger = 0, long KvTokens = 0)
{
    /// <summary>Requests that have yet to leave. A placed request that a reading shows already counts twice with readings of the engine's metrics.</summary>
    public long Requests => Running + Waiting + Loading + MigratingIn + InLedger;

    /// <summary>Whether nothing is left: no request, no migration, and no KV cache that another engine may still pull.</summary>
    public bool IsNothing => Requests == 0 && MigratingOut == 0 && KvTokens == 0;
}
