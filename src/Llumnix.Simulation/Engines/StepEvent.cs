namespace Llumnix.Simulation.Engines;

/// <summary>Something that happened to a request around a step.</summary>
/// <param name="Request">The request.</param>
/// <param name="Kind">What happened.</param>
/// <param name="OutputTokens">Tokens that it has emitted so far, this one included.</param>
public readonly record struct StepEvent(EngineRequest Request, StepEventKind Kind, int OutputTokens);
