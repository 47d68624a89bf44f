using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options;

/// <summary>The place that set an option.</summary>
/// <param name="Kind">What kind of place it is.</param>
/// <param name="Place">The flag or key as written, the variable's name, or <c>file:line</c>.</param>
public sealed record OptionSource(OptionSourceKind Kind, string Place)
{
    /// <summary>The source of an option that no place sets.</summary>
    internal static OptionSource Default(OptionTable table, string name) => new(OptionSourceKind.Default, table.Get(name).Flag);

    /// <summary>The place as people read it.</summary>
    public override string ToString() => Kind switch
    {
        OptionSourceKind.Default => $"{Place} (default)",
        OptionSourceKind.Derived => $"{Place} (derived)",
        OptionSourceKind.Environment => $"environment variable {Place}",
        OptionSourceKind.ExtraArguments => $"{Place} in --extra-args",
        _ => Place,
    };
}
