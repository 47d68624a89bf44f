namespace Llumnix.Server.AdminApi.Answers;

/// <summary>What happened to requests in one interval; also the event <c>targets</c>, where one with a known start replaces it.</summary>
/// <param name="StartMs">Its start, Unix time in milliseconds.</param>
/// <param name="Requests">Requests for a placement.</param>
/// <param name="Placed">Of these, the placed ones.</param>
/// <param name="Held">Of these, the held ones.</param>
/// <param name="Refused">The rest, by outcome.</param>
/// <param name="Retries">Requests that were asked again since an engine had failed them, by the word of their gateways.</param>
/// <param name="TtftAttainment">Share of the observed first tokens that came within the target, 0 to 1; of the predicted ones where none was observed. Null without a target or requests.</param>
/// <param name="TpotAttainment">Share of the predicted TPOTs within the target, 0 to 1; null without a target or predictions.</param>
/// <param name="ObservedTtft">Observed TTFT; null where no report tells.</param>
/// <param name="PredictedTtft">Predicted TTFT; null where it is not predicted.</param>
/// <param name="PredictedTpot">Predicted TPOT; null where it is not predicted.</param>
public sealed record TargetsInterval(
    long StartMs,
    long Requests,
    long Placed,
    long Held,
    IReadOnlyDictionary<string, long> Refused,
    long Retries,
    double? TtftAttainment,
    double? TpotAttainment,
    Percentiles? ObservedTtft,
    Percentiles? PredictedTtft,
    Percentiles? PredictedTpot);
