namespace Llumnix.Simulation.Engines;

/// <summary>Totals over the running requests.</summary>
internal readonly record struct RunningLoad(long UncomputedTokens, long UnallocatedTokens, int ToDecodeRequests, long ToDecodeTokens)
{
    public static RunningLoad Of(List<Sequence> running)
    {
        long uncomputed = 0, unallocated = 0, decodeTokens = 0;
        int decodes = 0;
        foreach (Sequence sequence in running)
        {
            if (sequence.Phase == SequencePhase.Prefilling)
            {
                uncomputed += sequence.Uncomputed;
                unallocated += sequence.Uncomputed - sequence.Scheduled;
            }

            if (sequence.WillDecode && sequence.Migration is null)
            {
                decodes++;
                decodeTokens += sequence.Tokens;
            }
        }

        return new RunningLoad(uncomputed, unallocated, decodes, decodeTokens);
    }
}
