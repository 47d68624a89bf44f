namespace Llumnix.EngineEmulator.Http;

/// <summary>The form of an answer's text.</summary>
internal enum AnswerShape
{
    Text,

    /// <summary>A JSON object, as <c>response_format</c> asks for. It does not follow a given schema.</summary>
    Json,

    /// <summary>One call of a tool, whose arguments are a JSON object.</summary>
    ToolCall,
}
