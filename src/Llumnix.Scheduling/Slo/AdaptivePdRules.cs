namespace Llumnix.Scheduling.Slo;

/// <summary>How closely adaptive prefill/decode looks before it places or moves a request.</summary>
public enum AdaptivePdRules
{
    /// <summary>By predicted latencies alone.</summary>
    Plain,

    /// <summary>
    /// Also by what a placement does to the requests that are there: prefills join no step that others need sooner; instances that decode take
    /// prefills in the slack of their decodes, and with the time that those have in hand; prompts that would keep others waiting for long count as
    /// late earlier; decodes keep room in the KV cache to grow, and bin packing makes room with the oldest requests; a decode without a place
    /// converts no instance that is busy with prefills as long as another batch can come closer to its target, nor one after the other.
    /// </summary>
    Tuned,
}
