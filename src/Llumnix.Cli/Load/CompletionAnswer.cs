using System.Text.Json;

namespace Llumnix.Cli.Load;

/// <summary>What matters of the answer to a prefill-only completion.</summary>
/// <param name="KvTransferParams">Where the KV cache waits for the decode instance.</param>
internal sealed record CompletionAnswer(JsonElement? KvTransferParams);
