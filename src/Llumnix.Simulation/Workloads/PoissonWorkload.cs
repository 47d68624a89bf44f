namespace Llumnix.Simulation.Workloads;

/// <summary>A generated workload: requests arrive as a Poisson process, lengths are drawn independently of each other.</summary>
/// <param name="Name">The name in command lines and scenarios.</param>
/// <param name="DefaultRate">Requests per second unless specified.</param>
/// <param name="PromptTokens">Lengths of the prompts.</param>
/// <param name="OutputTokens">Lengths of the answers.</param>
public sealed record PoissonWorkload(string Name, double DefaultRate, LengthDistribution PromptTokens, LengthDistribution OutputTokens)
{
    /// <summary>Largest number of requests of a workload, ten million.</summary>
    public const int MaxRequests = 10_000_000;

    /// <summary>Makes the arrivals; the same arguments give the same arrivals.</summary>
    /// <param name="requestsPerSecond">Mean rate, above 0.</param>
    /// <param name="duration">Length of the workload, above zero; every offset is below it.</param>
    /// <param name="seed">Seed of the randomness.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The rate or the duration is not positive, or their product is above <see cref="MaxRequests"/>.
    /// </exception>
    public IReadOnlyList<RequestArrival> Generate(double requestsPerSecond, TimeSpan duration, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(requestsPerSecond);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(requestsPerSecond * duration.TotalSeconds, MaxRequests, nameof(requestsPerSecond));
        var random = new Random(seed);
        var arrivals = new List<RequestArrival>();
        double seconds = NextGap(random, requestsPerSecond);
        while (seconds < duration.TotalSeconds)
        {
            arrivals.Add(new(TimeSpan.FromSeconds(seconds), PromptTokens.Sample(random), OutputTokens.Sample(random)));
            seconds += NextGap(random, requestsPerSecond);
        }

        return arrivals;
    }

    /// <summary>Seconds to the next arrival, exponential: −ln(1 − u) / rate.</summary>
    private static double NextGap(Random random, double rate) => -Math.Log(1 - random.NextDouble()) / rate;
}
