using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Server.Http;

/// <summary>Checks a parsed ScheduleRequestBody. Sets its mode and stage, or its error.</summary>
internal static class RequestValidation
{
    internal static bool IsSchedulable(ParsedRequest request)
    {
        request.Error ??= IdError(request) ?? ModeError(request) ?? StageError(request);
        return request.Error is null;
    }

    internal static bool IsReleasable(ParsedRequest request)
    {
        request.Error ??= IdError(request) ?? (request.SchedulingResult.Count == 0 ? "scheduling_result lists no instance" : null);
        return request.Error is null;
    }

    private static string? IdError(ParsedRequest request) => request.Id.Length == 0 ? "id is empty" : null;

    private static string? ModeError(ParsedRequest request)
    {
        SchedulingMode? mode = request.SchedulingMode switch
        {
            "neutral" => SchedulingMode.Neutral,
            "pd_batch" => SchedulingMode.PdBatch,
            "pd_staged" => SchedulingMode.PdStaged,
            _ => null,
        };
        request.Mode = mode ?? default;
        return mode is null ? "scheduling_mode must be one of neutral, pd_batch, pd_staged" : null;
    }

    private static string? StageError(ParsedRequest request)
    {
        if (request.Mode != SchedulingMode.PdStaged)
        {
            return null;
        }

        bool isKnown = InferTypeNames.TryParse(request.SchedulingStage, out InferType stage) && stage != InferType.Neutral;
        request.Stage = stage;
        return isKnown ? null : "scheduling_stage must be prefill or decode when scheduling_mode is pd_staged";
    }
}
