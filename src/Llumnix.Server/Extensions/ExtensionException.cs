namespace Llumnix.Server.Extensions;

/// <summary>An extension cannot be used; the message says which and why.</summary>
public sealed class ExtensionException(string message, Exception? cause = null) : Exception(message, cause);
