namespace Llumnix.EngineEmulator.Http;

/// <summary>The OpenAI endpoint of a request.</summary>
internal enum ApiKind
{
    Completion,
    Chat,
}
