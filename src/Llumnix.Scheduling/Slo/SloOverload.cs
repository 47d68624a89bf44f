namespace Llumnix.Scheduling.Slo;

/// <summary>What happens to a request whose latency target no instance can meet.</summary>
public enum SloOverload
{
    /// <summary>It is refused.</summary>
    Reject,

    /// <summary>It goes to the instance with the lowest predicted latency.</summary>
    Spread,

    /// <summary>It goes to the instance with the highest predicted latency, so that it makes no other request late.</summary>
    Triage,

    /// <summary>
    /// It is held back: whoever asks is told to ask again, and it is placed once it keeps nobody waiting. After <see cref="SloOptions.HoldLimit"/>
    /// as with <see cref="Triage"/>; decodes at once, since their KV cache waits on another instance.
    /// </summary>
    Hold,
}
