namespace Llumnix.Simulation.Engines;

/// <summary>Totals over the waiting queue.</summary>
internal readonly record struct WaitingLoad(string[] Ids, long UncomputedTokens, int ToDecodeRequests, long ToDecodeTokens)
{
    public static WaitingLoad Of(LinkedList<Sequence> waiting, SequenceBlocks blocks)
    {
        string[] ids = waiting.Count == 0 ? [] : new string[waiting.Count];
        long uncomputed = 0, decodeTokens = 0;
        int index = 0, decodes = 0;
        foreach (Sequence sequence in waiting)
        {
            ids[index++] = sequence.Request.Id;
            uncomputed += sequence.NeedsLoad ? 0 : sequence.Tokens - blocks.FindCachedPrefix(sequence);
            if (sequence.WillDecode)
            {
                decodes++;
                decodeTokens += sequence.Tokens;
            }
        }

        return new WaitingLoad(ids, uncomputed, decodes, decodeTokens);
    }
}
