namespace Llumnix.Adapters.EngineSignals;

/// <summary>
/// Port: receives what was read. Calls for one engine come one after the other, for different engines at once; no lock is held. Must not block or throw.
/// </summary>
public interface IEngineSignalObserver
{
    /// <summary>The self-test at first contact, or after an outage, has told what kind of engine answers.</summary>
    void Recognised(EngineTarget engine, EngineFace face);

    /// <summary>An engine was read.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="ranks">The signals of its data-parallel ranks, at least one; running and waiting are known. Valid during the call.</param>
    /// <param name="askedAt">Timestamp of the <see cref="TimeProvider"/> before the request.</param>
    /// <param name="answeredAt">The same after the answer's last byte.</param>
    void Read(EngineTarget engine, IReadOnlyList<RankSignals> ranks, long askedAt, long answeredAt);

    /// <summary>The engine has told which models it serves, LoRA adapters included: at least one, sorted.</summary>
    void ModelsRead(EngineTarget engine, IReadOnlyList<string> models);

    /// <summary>A read has failed; what was read before is not changed.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="reason">The kind of failure.</param>
    /// <param name="error">What was wrong, in a few words without secrets.</param>
    void Failed(EngineTarget engine, EngineReadFailure reason, string error);
}
