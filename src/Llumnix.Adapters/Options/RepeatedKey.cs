namespace Llumnix.Adapters.Options;

/// <summary>A key that its mapping has already.</summary>
/// <param name="Path">The key from the root, such as <c>workload.rate</c> or <c>fleet[0].count</c>.</param>
/// <param name="Line">Its line, from 1.</param>
public sealed record RepeatedKey(string Path, long Line);
