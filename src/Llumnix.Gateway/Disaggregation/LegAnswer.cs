using Llumnix.Gateway.Placement;
using Llumnix.Gateway.Relay;

namespace Llumnix.Gateway.Disaggregation;

/// <summary>What came of an attempt at a request: the answer for the client, or that of the engine which failed.</summary>
/// <param name="Answer">The answer of the last engine that was called.</param>
/// <param name="Engine">That engine; null when no decode instance was given.</param>
/// <param name="Refusal">Why no decode instance was given after the prefill; <see cref="PlacementRefusal.None"/> otherwise.</param>
internal readonly record struct LegAnswer(EngineAnswer Answer, EngineTarget? Engine, PlacementRefusal Refusal = PlacementRefusal.None)
{
    /// <summary>An engine broke off in an answer that the client does not get to see.</summary>
    public static LegAnswer Broken(EngineTarget engine) => new(new EngineAnswer(null, EngineFailure.Broken), engine);
}
