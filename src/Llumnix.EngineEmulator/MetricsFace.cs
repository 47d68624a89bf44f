namespace Llumnix.EngineEmulator;

/// <summary>As which engine an emulated one tells its load.</summary>
public enum MetricsFace
{
    /// <summary>vLLM: <c>/metrics</c>.</summary>
    Vllm,

    /// <summary>SGLang with <c>--enable-metrics</c>: <c>/metrics</c> and <c>/v1/loads</c>.</summary>
    Sglang,
}
