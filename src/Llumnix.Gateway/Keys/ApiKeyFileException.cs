namespace Llumnix.Gateway.Keys;

/// <summary>The file of API keys cannot be used. The message tells the place and nothing of what is written there.</summary>
/// <param name="problem">What is wrong.</param>
public sealed class ApiKeyFileException(string problem) : Exception($"--api-key-file: {problem}")
{
    /// <summary>What is wrong, without the flag's name.</summary>
    public string Problem => problem;
}
