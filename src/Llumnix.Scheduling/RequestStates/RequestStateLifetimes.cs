namespace Llumnix.Scheduling.RequestStates;

/// <summary>Lifetimes of request states without a release, in ticks of the monotonic clock from the last schedule or report.</summary>
/// <param name="Unconnected">Lifetime of the states of a gateway without a keep-alive connection.</param>
/// <param name="LostGateway">Lifetime of states that are placed after their gateway was lost; also how long a lost gateway is remembered.</param>
/// <param name="FromReport">Lifetime of states that a report has made known, from the last report that names them.</param>
internal readonly record struct RequestStateLifetimes(long Unconnected, long LostGateway, long FromReport);
