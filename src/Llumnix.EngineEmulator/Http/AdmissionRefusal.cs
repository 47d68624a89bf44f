using Llumnix.Simulation.Engines;
using Microsoft.AspNetCore.Http;

namespace Llumnix.EngineEmulator.Http;

/// <summary>Answers a request that the engine refuses.</summary>
internal static class AdmissionRefusal
{
    /// <param name="context">The request.</param>
    /// <param name="admission">The engine's refusal; null when the engine has ended, in which case the connection is closed.</param>
    public static Task WriteAsync(HttpContext context, AdmissionResult? admission)
    {
        switch (admission)
        {
            case null:
                context.Abort();
                return Task.CompletedTask;
            case AdmissionResult.QueueFull:
                return ErrorResponse.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "too many requests wait");
            case AdmissionResult.DuplicateId:
                return ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, "a request with this x-request-id is running");
            default:
                return ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, "prompt and max_tokens exceed the KV capacity");
        }
    }
}
