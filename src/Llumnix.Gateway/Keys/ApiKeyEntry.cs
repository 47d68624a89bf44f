namespace Llumnix.Gateway.Keys;

/// <summary>One key of the file. It holds a hash, from which the key cannot be found.</summary>
internal sealed record ApiKeyEntry
{
    /// <summary>Whose key it is.</summary>
    public string? Name { get; init; }

    /// <summary>SHA-256 of the key, in 64 hexadecimal digits.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The highest priority class that its requests may have.</summary>
    public int MaxPriority { get; init; }

    /// <summary>Requests in a minute; 0: any number.</summary>
    public int RequestsPerMinute { get; init; }

    /// <summary>Tokens of prompts and answers in a minute; 0: any number.</summary>
    public int TokensPerMinute { get; init; }
}
