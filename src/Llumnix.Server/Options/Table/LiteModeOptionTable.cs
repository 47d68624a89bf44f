using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.LiteMode;

namespace Llumnix.Server.Options.Table;

internal static class LiteModeOptionTable
{
    private static readonly OptionGroup<SchedulerOptions, LiteModeOptions> Group = new("Lite mode", o => o.LiteMode, (o, g) => o with { LiteMode = g });

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("multi-model-support", OptionTypes.Boolean, "Place a request only on instances of its model, or of none.",
            g => g.IsMultiModelSupported, (g, v) => g with { IsMultiModelSupported = v }),
    ];
}
