using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>An unparsed text that a source assigns to an option.</summary>
internal sealed record OptionAssignment(OptionDefinition Option, string Text, OptionSource Source)
{
    /// <summary>Whether it requests the help text.</summary>
    public bool IsHelp => AsksFor(OptionTable.HelpName);

    /// <summary>Whether it requests the version.</summary>
    public bool IsVersion => AsksFor(OptionTable.VersionName);

    /// <summary>Whether it asks for something that is refused.</summary>
    public bool IsRefused => Option.Refusal is not null && Text.Length > 0 && !(OptionTypes.Boolean.Read(Text, out bool isOn) && !isOn);

    private bool AsksFor(string name) => Option.Name == name && OptionTypes.Boolean.Read(Text, out bool isAsked) && isAsked;

    // A record's own ToString would print the text of secrets.
    public override string ToString() => $"{Option.Name} ({Source})";
}
