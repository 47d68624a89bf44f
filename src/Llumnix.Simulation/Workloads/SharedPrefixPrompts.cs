namespace Llumnix.Simulation.Workloads;

/// <summary>
/// Prompts that share prefixes: all begin with one system prompt of 512 tokens, then comes one of 128 documents of 2,048 to 6,144 tokens (the k-th
/// most popular one with weight 1/k), then a question of 100 to 400 tokens of its own. Answers have 32 to 128 tokens.
/// </summary>
public sealed class SharedPrefixPrompts
{
    private const int Documents = 128;
    private readonly Random _random;
    private readonly int[] _blocks;

    /// <param name="random">Draws the documents in the constructor, and the prompts later.</param>
    public SharedPrefixPrompts(Random random)
    {
        _random = random;
        _blocks = [.. Enumerable.Range(0, Documents).Select(_ => random.Next(4, 13))];
    }

    /// <summary>Draws a request.</summary>
    /// <param name="offset">When it arrives.</param>
    public RequestArrival Next(TimeSpan offset)
    {
        int document = Draw();
        ulong[] ids = [0, .. Enumerable.Range(0, _blocks[document]).Select(block => (ulong)((document + 1) * 1000) + (ulong)block)];
        int prompt = (ids.Length * PromptTokens.TokensPerContentId) + _random.Next(100, 400);
        return new RequestArrival(offset, prompt, _random.Next(32, 128), ids);
    }

    private int Draw()
    {
        double left = _random.NextDouble() * Enumerable.Range(1, Documents).Sum(static k => 1.0 / k);
        int document = 0;
        while (document < Documents - 1 && (left -= 1.0 / (document + 1)) > 0)
        {
            document++;
        }

        return document;
    }
}
