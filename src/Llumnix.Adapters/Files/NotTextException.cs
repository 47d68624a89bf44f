namespace Llumnix.Adapters.Files;

/// <summary>A file is not the text that is needed.</summary>
/// <param name="problem">Why not, in words of <see cref="TextContent"/>.</param>
public sealed class NotTextException(string problem) : IOException(problem);
