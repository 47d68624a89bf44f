namespace Llumnix.Scheduling.Requests;

/// <summary>How a request is placed: on one instance, or prefill and decode apart, in one or two decisions.</summary>
public enum SchedulingMode : byte
{
    /// <summary>Prefill and decode on one neutral instance.</summary>
    Neutral,

    /// <summary>A prefill and a decode instance, both chosen at once, all or nothing.</summary>
    PdBatch,

    /// <summary>A prefill or a decode instance, each chosen when its stage begins.</summary>
    PdStaged,
}
