namespace Llumnix.Server.Options.Table;

/// <summary>The table of all options. Help, reference, environment, configuration file and validation read it.</summary>
internal static class OptionTable
{
    /// <summary>All rows, by group.</summary>
    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        .. ServiceOptionTable.Rows,
        .. CmsOptionTable.Rows,
        .. EngineMetricsOptionTable.Rows,
        .. PolicyOptionTable.Rows,
        .. DispatchOptionTable.Rows,
        .. CacheAwareOptionTable.Rows,
        .. PrefillProgressOptionTable.Rows,
        .. SloOptionTable.Rows,
        .. AdaptivePdOptionTable.Rows,
        .. ReschedulingOptionTable.Rows,
        .. FailoverOptionTable.Rows,
        .. MigrationOptionTable.Rows,
        .. LlumletGrpcOptionTable.Rows,
        .. LiteModeOptionTable.Rows,
        .. DiscoveryOptionTable.Rows,
        .. CompatibilityOptionTable.Rows,
    ];

    private static readonly Dictionary<string, OptionDefinition> ByName = All
        .SelectMany(row => row.Aliases.Append(row.Name), (row, name) => (row, name))
        .ToDictionary(pair => pair.name, pair => pair.row);

    /// <summary>Every name and alias.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The row of a name or alias; underscores count as dashes.</summary>
    public static OptionDefinition? Find(string name) => ByName.GetValueOrDefault(name.Replace('_', '-'));

    /// <summary>The row of a name that must exist.</summary>
    public static OptionDefinition Get(string name) => ByName[name];
}
