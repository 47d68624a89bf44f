using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>Reads the selection of requests out of a Migrate call.</summary>
internal static class MigrateRequestReader
{
    /// <returns>Null, and the problem, when it cannot be read.</returns>
    public static RequestSelection? Read(MigrateRequest request, out string problem)
    {
        (RequestSelectRule Rule, MigrateRequest.MigrationValueOneofCase Value, double Amount)? amount = request.MigrationType switch
        {
            "NUM_REQ" => (RequestSelectRule.Requests, MigrateRequest.MigrationValueOneofCase.NumReqs, request.NumReqs),
            "TOKEN" => (RequestSelectRule.Tokens, MigrateRequest.MigrationValueOneofCase.NumTokens, request.NumTokens),
            "RATIO" => (RequestSelectRule.CacheRatio, MigrateRequest.MigrationValueOneofCase.KvCacheUsageRatio, request.KvCacheUsageRatio),
            _ => null,
        };
        RequestSelectOrder? order = request.MigrationReqPolicy switch
        {
            "LCR" => RequestSelectOrder.LastComeRunning,
            "FCR" => RequestSelectOrder.FirstComeRunning,
            "LR" => RequestSelectOrder.LongestRunning,
            "SR" => RequestSelectOrder.ShortestRunning,
            "FCW" => RequestSelectOrder.FirstComeWaiting,
            "FCWSR" => RequestSelectOrder.FirstComeWaitingThenShortestRunning,
            _ => null,
        };
        problem = amount is null ? $"unknown migration_type '{request.MigrationType}'"
            : amount.Value.Value != request.MigrationValueCase ? $"migration_value does not go with {request.MigrationType}"
            : order is null ? $"unknown migration_req_policy '{request.MigrationReqPolicy}'"
            : "";
        return problem.Length == 0 ? new RequestSelection(amount!.Value.Rule, order!.Value, amount.Value.Amount) : null;
    }
}
