using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Fleet;

/// <summary>
/// What a plain engine's page of metrics says. It is set at the end of each step: a request that has come during a step shows after the next one, and an idle
/// engine stays at its last values.
/// </summary>
/// <param name="Running">Running requests.</param>
/// <param name="Waiting">Requests that the last step left waiting.</param>
/// <param name="UsedTokens">KV tokens in use.</param>
/// <param name="Steps">Steps since the start.</param>
/// <param name="PromptTokens">Prompt tokens of the requests that have had their first token, since the start.</param>
/// <param name="PrefixQueriedTokens">Prompt tokens that the prefix cache was searched for, since the start.</param>
/// <param name="PrefixHitTokens">Those of them that were found.</param>
/// <param name="FinishedPromptTokens">Prompt tokens of the finished requests, since the start.</param>
/// <param name="FinishedRequests">Finished requests, since the start.</param>
internal readonly record struct EngineGauges(
    int Running,
    int Waiting,
    long UsedTokens,
    long Steps,
    long PromptTokens,
    long PrefixQueriedTokens,
    long PrefixHitTokens,
    long FinishedPromptTokens,
    long FinishedRequests)
{
    /// <summary>The gauges after a step.</summary>
    /// <param name="model">The engine, its step completed.</param>
    /// <param name="waiting">Requests that waited when the step began.</param>
    /// <param name="events">The step's events.</param>
    public EngineGauges After(EngineModel model, int waiting, ReadOnlySpan<StepEvent> events)
    {
        (long prompts, long finishedPrompts, long finished) = (PromptTokens, FinishedPromptTokens, FinishedRequests);
        foreach (StepEvent happened in events)
        {
            bool isFinished = happened.Kind == StepEventKind.Finished;
            prompts += happened.OutputTokens == 1 && (isFinished || happened.Kind == StepEventKind.Token) ? happened.Request.PromptTokens : 0;
            finishedPrompts += isFinished ? happened.Request.PromptTokens : 0;
            finished += isFinished ? 1 : 0;
        }

        return new EngineGauges(
            model.RunningCount,
            waiting,
            (long)model.UsedBlocks * model.Configuration.BlockSize,
            Steps + 1,
            prompts,
            model.PrefilledPromptTokens,
            model.CachedPromptTokens,
            finishedPrompts,
            finished);
    }
}
