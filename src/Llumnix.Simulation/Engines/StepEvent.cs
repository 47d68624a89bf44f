namespace Llumnix.Simulation.Engines;

/// <summary>An event of a request.</summary>
/// <param name="Request">The request.</param>
/// <param name="Kind">The kind of event.</param>
/// <param name="OutputTokens">Tokens that it has emitted so far, this one included.</param>
public readonly record struct StepEvent(EngineRequest Request, StepEventKind Kind, int OutputTokens);
