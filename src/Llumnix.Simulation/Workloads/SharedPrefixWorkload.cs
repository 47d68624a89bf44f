namespace Llumnix.Simulation.Workloads;

/// <summary>
/// Poisson arrivals whose prompts share prefixes: all begin with one system prompt of 512 tokens, then comes one of 128 documents of 2,048 to
/// 6,144 tokens (the k-th most popular one with weight 1/k), then a question of 100 to 400 tokens of its own. Answers have 32 to 128 tokens.
/// </summary>
public static class SharedPrefixWorkload
{
    private const int Documents = 128;

    /// <summary>Draws the arrivals; the same seed gives the same ones.</summary>
    /// <param name="requestsPerSecond">Mean rate, above 0.</param>
    /// <param name="duration">Length of the arrivals.</param>
    /// <param name="seed">Seed.</param>
    public static IReadOnlyList<RequestArrival> Generate(double requestsPerSecond, TimeSpan duration, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(requestsPerSecond, 0);
        var random = new Random(seed);
        int[] blocks = [.. Enumerable.Range(0, Documents).Select(_ => random.Next(4, 13))];
        var arrivals = new List<RequestArrival>();
        for (TimeSpan at = Gap(random, requestsPerSecond); at < duration; at += Gap(random, requestsPerSecond))
        {
            int document = Draw(random);
            ulong[] ids = [0, .. Enumerable.Range(0, blocks[document]).Select(block => (ulong)((document + 1) * 1000) + (ulong)block)];
            int prompt = (ids.Length * PromptTokens.TokensPerContentId) + random.Next(100, 400);
            arrivals.Add(new RequestArrival(at, prompt, random.Next(32, 128), ids));
        }

        return arrivals;
    }

    private static TimeSpan Gap(Random random, double rate) => TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / rate);

    private static int Draw(Random random)
    {
        double left = random.NextDouble() * Enumerable.Range(1, Documents).Sum(static k => 1.0 / k);
        int document = 0;
        while (document < Documents - 1 && (left -= 1.0 / (document + 1)) > 0)
        {
            document++;
        }

        return document;
    }
}
