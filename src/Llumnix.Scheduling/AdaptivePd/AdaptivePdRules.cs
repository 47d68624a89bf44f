namespace Llumnix.Scheduling.AdaptivePd;

/// <summary>The rules by which adaptive prefill/decode places and moves requests.</summary>
public enum AdaptivePdRules
{
    /// <summary>Predicted latencies of the request decide alone.</summary>
    Plain,

    /// <summary>
    /// The effect on the requests that are there counts too. A prefill joins no step that other prefills need sooner. An instance with decodes takes
    /// a prefill within the slack budget of its decodes. A long prompt counts as late earlier, by its own prefill time. Decodes keep KV headroom to
    /// grow, and bin packing makes headroom by moving the oldest requests. A decode without a place stretches a batch up to the TPOT ceiling before
    /// it converts an instance that is busy with prefills, and conversions do not follow each other.
    /// </summary>
    Tuned,
}
