using Llumnix.Adapters.Options.Table;
using static Llumnix.Adapters.Options.Table.ListTypes;

namespace Llumnix.Server.Options.Table;

internal static class ExtensionOptionTable
{
    private static readonly OptionGroup<SchedulerOptions, ExtensionOptions> Group = new("Extensions", o => o.Extensions, (o, g) => o with { Extensions = g });

    public static IReadOnlyList<OptionDefinition<SchedulerOptions>> Rows { get; } =
    [
        Group.Row("extension-assemblies", Names,
            "Assemblies with metrics and policies of your own, which then have names as the built-in ones. They run with all rights of the process.",
            g => g.Assemblies, (g, v) => g with { Assemblies = v }),
    ];
}
