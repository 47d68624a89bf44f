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
    /// It is deferred: the gateway is told to ask again, and the request is placed once it delays no other. After
    /// <see cref="SloOptions.HoldLimit"/> it is placed as with <see cref="Triage"/>; a decode at once, since its KV cache is kept on another
    /// instance.
    /// </summary>
    Hold,
}
