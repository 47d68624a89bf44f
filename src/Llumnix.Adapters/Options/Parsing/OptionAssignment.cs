using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>An unparsed text that a source assigns to an option.</summary>
internal sealed record OptionAssignment(OptionDefinition Option, string Text, OptionSource Source)
{
    /// <summary>Whether it requests the help text.</summary>
    public bool IsHelp =>
        Option.Name == OptionTable.HelpName && OptionTypes.Boolean.Read(Text, out bool isAsked) && isAsked;

    /// <summary>Whether it asks for something that is refused.</summary>
    public bool IsRefused => Option.Refusal is not null && Text.Length > 0 && !(OptionTypes.Boolean.Read(Text, out bool isOn) && !isOn);

    // A record's own ToString would print the text of secrets.
    public override string ToString() => $"{Option.Name} ({Source})";
}
