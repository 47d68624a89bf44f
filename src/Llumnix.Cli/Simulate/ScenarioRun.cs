using Llumnix.Simulation.Fleet;

namespace Llumnix.Cli.Simulate;

/// <summary>One contestant at one rate.</summary>
/// <param name="Contestant">The contestant's name.</param>
/// <param name="Rate">Requests per second.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Result">The simulation's result.</param>
/// <param name="Attainment">Share of the requests within their targets, 0 to 1.</param>
internal sealed record ScenarioRun(string Contestant, double Rate, int Seed, SimulationResult Result, double Attainment);
