namespace Llumnix.Adapters.Profiles;

/// <summary>A profiling table cannot be used; the message names the file, the place and what is wrong.</summary>
public sealed class ProfilingTableException(string message, Exception? cause = null) : Exception(message, cause);
