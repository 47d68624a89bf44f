namespace Llumnix.Cli.Profiling;

/// <summary>A measurement failed; the message says why.</summary>
internal sealed class ProfileException(string message, Exception? cause = null) : Exception(message, cause);
