namespace Llumnix.Scheduling.RequestStates;

/// <summary>How long states live without a release, in ticks of the monotonic clock from the last schedule or report.</summary>
/// <param name="Unconnected">Those of a gateway without a keep-alive connection.</param>
/// <param name="LostGateway">Those that come in after their gateway was lost; a lost gateway is also remembered for this long at most.</param>
internal readonly record struct RequestStateLifetimes(long Unconnected, long LostGateway);
