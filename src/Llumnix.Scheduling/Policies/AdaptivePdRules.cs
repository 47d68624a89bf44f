namespace Llumnix.Scheduling.Policies;

/// <summary>How closely adaptive prefill/decode looks before it places or moves a request.</summary>
public enum AdaptivePdRules
{
    /// <summary>By predicted latencies alone.</summary>
    Plain,

    /// <summary>
    /// Also by what a placement does to the requests that are there: prefills join no step that others need sooner; instances that decode take short
    /// prefills in the slack of their decodes; prompts that would keep others waiting for long count as late earlier; decodes keep room in the KV
    /// cache to grow, and bin packing makes room with the oldest requests.
    /// </summary>
    Tuned,
}
