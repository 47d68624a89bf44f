namespace Llumnix.Gateway.Options;

/// <summary>How prefill and decode engines are told of each other.</summary>
public enum PdProtocol : byte
{
    /// <summary>Prefill and decode are not separated.</summary>
    None,

    /// <summary>vLLM with the kvt connector.</summary>
    VllmKvt,

    /// <summary>vLLM with the Mooncake connector, and with all connectors of the NIXL shape.</summary>
    VllmMooncake,

    /// <summary>SGLang with Mooncake.</summary>
    SglangMooncake,
}
