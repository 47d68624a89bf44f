namespace Llumnix.Adapters.Options;

/// <summary>A text is not YAML that can be read; the message names the text and the line.</summary>
public sealed class YamlTextException(string message, Exception? cause = null) : Exception(message, cause);
