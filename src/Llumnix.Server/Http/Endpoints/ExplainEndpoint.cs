using Llumnix.Adapters.KvStore;
using Llumnix.Scheduling.Decisions;
using Llumnix.Scheduling.Explanations;
using Llumnix.Scheduling.PrefixCache;
using Llumnix.Scheduling.Requests;

namespace Llumnix.Server.Http.Endpoints;

/// <summary><c>/debug/explain</c>: why a request would go where it would, in JSON. Places nothing.</summary>
/// <param name="scheduler">Explains.</param>
/// <param name="prefixes">Looks prompts up in the KV store; null without cache-aware scheduling.</param>
/// <param name="history">Identifies prompts for hits that the scheduler estimates from its placements; null where it does not.</param>
/// <param name="findWarning">Tells what does not work although requests are placed; null when all does.</param>
internal sealed class ExplainEndpoint(IRequestScheduler scheduler, PrefixHitLookup? prefixes, PromptPrefixes? history, Func<string?> findWarning) : IMessageEndpoint<ParsedRequest>
{
    /// <inheritdoc/>
    public async Task HandleAsync(HttpContext context, ParsedRequest message)
    {
        if (!RequestValidation.IsSchedulable(message))
        {
            await ErrorResponse.WriteBadRequestAsync(context, message);
            return;
        }

        try
        {
            PrefixHits? hits = message.WantsPrefixHits(prefixes)
                ? await prefixes.FindAsync(message.PromptTokenIds, context.RequestAborted)
                : null;
            PlacementRequest request = message.ToPlacementRequest(hits, history?.Of(message) ?? default);
            IReadOnlyList<RoleExplanation> explanation = scheduler.Explain(in request);
            RequestBody<ParsedRequest>.Return(message);
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(ExplanationWriter.Write(explanation, findWarning()), context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }
}
