namespace Llumnix.Adapters.EngineSignals;

/// <summary>Which engine's signals an endpoint shows.</summary>
public enum EngineFace
{
    /// <summary>No known series, or not enough of them to tell the load.</summary>
    Unknown,

    /// <summary>vLLM's <c>/metrics</c>.</summary>
    Vllm,

    /// <summary>SGLang's <c>/metrics</c>; needs <c>--enable-metrics</c>.</summary>
    SglangMetrics,

    /// <summary>SGLang's <c>/v1/loads</c> or <c>/get_load</c>.</summary>
    SglangLoads,
}
