namespace Llumnix.Adapters.Secrets;

/// <summary>The file of the engines' API key cannot be used. The message holds nothing of its content.</summary>
/// <param name="problem">What is wrong.</param>
public sealed class EngineKeyException(string problem) : Exception("--engine-api-key-file: " + problem)
{
    /// <summary>What is wrong, without the flag.</summary>
    public string Problem { get; } = problem;
}
