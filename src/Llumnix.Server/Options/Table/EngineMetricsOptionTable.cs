using Llumnix.Adapters.EngineSignals;
using Llumnix.Adapters.Options.Table;
using static Llumnix.Adapters.Options.Table.DurationTypes;

namespace Llumnix.Server.Options.Table;

internal static class EngineMetricsOptionTable
{
    private const string Title = "Engines' own metrics (full mode)";

    private static readonly OptionGroup<SchedulerOptions, ModeOptions> Mode = new(Title, o => o.Mode, (o, g) => o with { Mode = g });

    private static readonly OptionGroup<SchedulerOptions, EngineStatusOptions> Group = new(Title, o => o.Engines, (o, g) => o with { Engines = g });

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Mode.Row("status-source",
            OptionTypes.Choice(("cms", StatusSourceKind.Cms), ("engines", StatusSourceKind.Engines)),
            "Where full mode gets statuses from: the CMS, or the metrics of plain vLLM and SGLang engines, which discovery finds.",
            g => g.StatusSource, (g, v) => g with { StatusSource = v }),
        Group.Row("engine-metrics-interval-ms", Milliseconds,
            "Time between two reads of an engine's metrics, in milliseconds. The timeout of a read is twice that, at most 1 s.",
            g => g.Scraper.Interval, (g, v) => g with { Scraper = g.Scraper with { Interval = v } }),
        Group.Row("engine-metrics-stale-ms", Milliseconds,
            "An engine that was not read for so long, in milliseconds, takes requests only where no other one was read.",
            g => g.Staleness, (g, v) => g with { Staleness = v }),
        Group.Row("engine-metrics-lag-ms", Milliseconds,
            "How long, in milliseconds and beside a step of the engine, a placed request takes until the engine's metrics show it.",
            g => g.Lag, (g, v) => g with { Lag = v }),
        Group.Row("engine-api-key-file", OptionTypes.FilePath,
            "File of the API key that engines ask for (vLLM's and SGLang's --api-key), sent with the questions for their load and models; read again when it changes.",
            g => g.Scraper.ApiKeyFile, (g, v) => g with { Scraper = g.Scraper with { ApiKeyFile = v } }),
    ];
}
