namespace Llumnix.Simulation.Engines;

/// <summary>The work of one step.</summary>
internal readonly record struct StepLoad(int PrefillRequests, int PrefillTokens, int Decodes, long DecodeKvTokens)
{
    public int Requests => PrefillRequests + Decodes;

    public static StepLoad Of(List<Sequence> running)
    {
        int prefills = 0, prefillTokens = 0, decodes = 0;
        long kvTokens = 0;
        foreach (Sequence sequence in running)
        {
            if (sequence.Scheduled == 0)
            {
                continue;
            }

            if (sequence.Phase == SequencePhase.Decoding)
            {
                decodes++;
                kvTokens += sequence.Tokens;
            }
            else
            {
                prefills++;
                prefillTokens += sequence.Scheduled;
            }
        }

        return new StepLoad(prefills, prefillTokens, decodes, kvTokens);
    }

    public TimeSpan Duration(IStepLatencyModel latency) =>
        (PrefillTokens > 0 ? latency.Prefill(PrefillTokens) : TimeSpan.Zero)
        + (Decodes > 0 ? latency.Decode(Decodes, DecodeKvTokens) : TimeSpan.Zero);
}
