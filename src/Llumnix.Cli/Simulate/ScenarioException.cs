namespace Llumnix.Cli.Simulate;

/// <summary>A scenario is invalid; the message says why.</summary>
internal sealed class ScenarioException(string message, Exception? cause = null) : Exception(message, cause);
