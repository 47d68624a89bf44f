namespace Llumnix.Cli.Simulate;

/// <summary>A scenario is invalid; the message says why, with a line for each problem.</summary>
internal sealed class ScenarioException(string message, Exception? cause = null) : Exception(message, cause);
