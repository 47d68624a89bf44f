namespace Llumnix.EngineEmulator.Http;

/// <summary>Which of the two OpenAI calls a request came by.</summary>
internal enum ApiKind
{
    Completion,
    Chat,
}
