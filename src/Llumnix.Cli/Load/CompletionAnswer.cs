using System.Text.Json;

namespace Llumnix.Cli.Load;

/// <summary>The used part of the answer to a prefill-only completion.</summary>
/// <param name="KvTransferParams">The location of the KV cache, for the decode instance.</param>
internal sealed record CompletionAnswer(JsonElement? KvTransferParams);
