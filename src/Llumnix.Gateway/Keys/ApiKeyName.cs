using System.Diagnostics.CodeAnalysis;

namespace Llumnix.Gateway.Keys;

/// <summary>The rule for names of API keys.</summary>
public static class ApiKeyName
{
    /// <summary>What a name must have.</summary>
    public const string Rule = "must have 1 to 128 characters, not only spaces";

    private const int MaxLength = 128;

    /// <summary>Whether a key can have the name.</summary>
    /// <param name="name">The name.</param>
    public static bool IsValid([NotNullWhen(true)] string? name) => !string.IsNullOrWhiteSpace(name) && name.Length <= MaxLength;
}
