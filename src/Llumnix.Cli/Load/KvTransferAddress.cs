namespace Llumnix.Cli.Load;

/// <summary>vllm-kvt's <c>kv_transfer_params</c>: where the prefill instance is to be reached.</summary>
/// <param name="RemoteHost">Its host.</param>
/// <param name="RemotePort">Its port for KV transfers.</param>
internal sealed record KvTransferAddress(string RemoteHost, int RemotePort);
