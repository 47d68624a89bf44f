namespace Llumnix.Simulation.Workloads;

/// <summary>Poisson arrivals of <see cref="SharedPrefixPrompts"/>.</summary>
public static class SharedPrefixWorkload
{
    /// <summary>The name in command lines and scenarios.</summary>
    public const string Name = "shared-prefix";

    /// <summary>Requests per second unless specified.</summary>
    public const double DefaultRate = 30;

    /// <summary>Draws the arrivals; the same seed gives the same ones.</summary>
    /// <param name="requestsPerSecond">Mean rate, above 0.</param>
    /// <param name="duration">Length of the arrivals.</param>
    /// <param name="seed">Seed.</param>
    public static IReadOnlyList<RequestArrival> Generate(double requestsPerSecond, TimeSpan duration, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(requestsPerSecond, 0);
        var random = new Random(seed);
        var prompts = new SharedPrefixPrompts(random);
        var arrivals = new List<RequestArrival>();
        for (TimeSpan at = Gap(random, requestsPerSecond); at < duration; at += Gap(random, requestsPerSecond))
        {
            arrivals.Add(prompts.Next(at));
        }

        return arrivals;
    }

    private static TimeSpan Gap(Random random, double rate) => TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / rate);
}
