namespace Llumnix.Cli.Simulate;

/// <summary>A scenario cannot be played; the message names what is wrong.</summary>
internal sealed class ScenarioException(string message, Exception? cause = null) : Exception(message, cause);
