namespace Llumnix.Gateway.Keys;

/// <summary>The file of API keys cannot be used. The message tells the place and nothing of what is written there.</summary>
public sealed class ApiKeyFileException(string problem) : Exception($"--api-key-file: {problem}");
