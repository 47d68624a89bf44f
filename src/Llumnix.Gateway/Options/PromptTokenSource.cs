namespace Llumnix.Gateway.Options;

/// <summary>How the gateway knows the length of a prompt in tokens.</summary>
public enum PromptTokenSource : byte
{
    /// <summary>It estimates the length, and learns from what engines report.</summary>
    Estimate,

    /// <summary>It asks an engine's <c>/tokenize</c>, and estimates only where no engine answers in time.</summary>
    Engine,
}
