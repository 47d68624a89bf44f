using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Table;
using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Server.AdminApi;

/// <summary>Options as the admin API tells them.</summary>
public static class EffectiveSettings
{
    /// <summary>Every option that has a value, in the order of its table; secrets are hidden.</summary>
    public static IReadOnlyList<EffectiveSetting> Of<TOptions>(OptionsParseResult<TOptions> parsed) =>
    [
        .. from row in parsed.Table.Rows
           where row is { HasValue: true, IsIgnored: false, Binding: not null }
           let standard = row.IsSecret ? "" : parsed.Table.DefaultOf(row)
           let value = row.Display(parsed.Options)
           let source = parsed.SourceOf(row.Name)
           select new EffectiveSetting(
               row.Name,
               row.Group,
               value,
               standard,
               value == standard,
               source.Kind == OptionSourceKind.Default ? "default" : source.ToString(),
               row.Description),
    ];
}
