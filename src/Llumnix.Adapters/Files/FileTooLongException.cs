namespace Llumnix.Adapters.Files;

/// <summary>A file is longer than what is read of it.</summary>
/// <param name="maxBytes">Longest content that is read.</param>
public sealed class FileTooLongException(long maxBytes) : IOException(FormattableString.Invariant($"it is longer than {maxBytes} bytes"));
