namespace Llumnix.EngineEmulator.Http;

/// <summary>A parsed completion or chat completion request.</summary>
internal sealed record CompletionRequest
{
    public required ApiKind Kind { get; init; }

    /// <summary>The request id without the engine's prefix.</summary>
    public required string Id { get; init; }

    public required string Model { get; init; }

    public required Prompt Prompt { get; init; }

    public required int MaxTokens { get; init; }

    public bool Stream { get; init; }

    /// <summary>Whether a stream ends with a usage chunk.</summary>
    public bool IncludeUsage { get; init; } = true;

    /// <summary>Whether every chunk of a stream has the usage so far.</summary>
    public bool ContinuousUsage { get; init; }

    public AnswerShape Shape { get; init; }

    /// <summary>The called tool; empty unless <see cref="Shape"/> is a tool call.</summary>
    public string ToolName { get; init; } = "";

    public KvTransferParameters? KvTransfer { get; init; }

    /// <summary>The id in responses.</summary>
    public string ResponseId => (Kind == ApiKind.Chat ? "chatcmpl-" : "cmpl-") + Id;

    /// <summary>The id inside the engine, and in its status.</summary>
    public string EngineRequestId => Kind == ApiKind.Chat ? ResponseId : ResponseId + "-0";

    /// <summary>Whether it is a prefill stage, by vLLM's convention.</summary>
    public bool IsPrefillOnly => KvTransfer is { DoRemoteDecode: true } && MaxTokens == 1;
}
