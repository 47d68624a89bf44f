namespace Llumnix.Server.AdminApi.Answers;

/// <summary>What was played in a what-if.</summary>
/// <param name="Requests">Number of requests.</param>
/// <param name="Seconds">Time in which they came, in seconds.</param>
/// <param name="Rate">Requests per second.</param>
/// <param name="Seeds">Number of seeds.</param>
/// <param name="Engines">Number of modelled engines.</param>
/// <param name="EngineModel">Where their step times come from, as words.</param>
/// <param name="KnownOutputs">Requests whose number of output tokens is known.</param>
/// <param name="TtftMs">The TTFT target by which both are judged, in milliseconds.</param>
/// <param name="TpotMs">The TPOT target, in milliseconds.</param>
public sealed record WhatIfInput(
    int Requests, double Seconds, double Rate, int Seeds, int Engines, string EngineModel, int KnownOutputs, double TtftMs, double TpotMs);
