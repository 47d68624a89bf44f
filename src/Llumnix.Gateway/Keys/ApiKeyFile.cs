namespace Llumnix.Gateway.Keys;

/// <summary>The file of API keys as it is written: JSON with one list.</summary>
/// <param name="Keys">The keys; null when the list is missing.</param>
internal sealed record ApiKeyFile(IReadOnlyList<ApiKeyEntry?>? Keys);
