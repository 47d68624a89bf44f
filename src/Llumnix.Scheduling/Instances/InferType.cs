namespace Llumnix.Scheduling.Instances;

/// <summary>The infer type of an instance (what it is deployed for), and the role of a request (what a decision places).</summary>
public enum InferType : byte
{
    /// <summary>Prefill and decode of the same request.</summary>
    Neutral,

    /// <summary>Prefill only; the KV cache is handed to a decode instance.</summary>
    Prefill,

    /// <summary>Decode only, from a KV cache that a prefill instance made.</summary>
    Decode,
}
