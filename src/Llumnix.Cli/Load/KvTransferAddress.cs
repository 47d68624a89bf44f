namespace Llumnix.Cli.Load;

/// <summary>vllm-kvt's <c>kv_transfer_params</c>: the address of the prefill instance.</summary>
/// <param name="RemoteHost">Its host.</param>
/// <param name="RemotePort">Its port for KV transfers.</param>
internal sealed record KvTransferAddress(string RemoteHost, int RemotePort);
