namespace Llumnix.Adapters.EngineSignals;

/// <summary>The options of an <see cref="EngineStatusSource"/>.</summary>
public sealed record EngineStatusOptions
{
    /// <summary>How engines are read.</summary>
    public EngineScraperOptions Scraper { get; init; } = new();

    /// <summary>
    /// Time that a placed request takes, beside a step of the engine, until the engine's metrics show it; not negative. It covers the way to the engine and its
    /// tokenizer. A request that shows earlier counts twice for so long, one that shows later not at all.
    /// </summary>
    public TimeSpan Lag { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Whether the engines run beside this process, so that a connection that breaks is the engine's fault even when no other engine answers.
    /// </summary>
    public bool AreEnginesLocal { get; init; }

    /// <summary>An engine that was not read for longer is stale, above zero: it takes requests only where no other engine was read.</summary>
    public TimeSpan Staleness { get; init; } = TimeSpan.FromSeconds(2);
}
