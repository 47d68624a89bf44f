namespace Llumnix.Scheduling.Slo;

/// <summary>What happens to a request whose latency target no instance can meet.</summary>
public enum SloOverload
{
    /// <summary>It is refused.</summary>
    Reject,

    /// <summary>It goes to the instance that is the least bad.</summary>
    Spread,

    /// <summary>It goes to the instance that is already the worst, so that it makes no other request late.</summary>
    Triage,

    /// <summary>
    /// It is held back: whoever asks is told to ask again, and it is placed once it keeps nobody waiting. After <see cref="SloSettings.HoldLimitMs"/>
    /// as with <see cref="Triage"/>; decodes at once, since their KV cache waits on another instance.
    /// </summary>
    Hold,
}
