using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Options.Parsing;

/// <summary>A text that somebody gave an option, not read yet.</summary>
internal sealed record OptionAssignment(OptionDefinition Option, string Text, OptionSource Source)
{
    /// <summary>Whether it asks for help.</summary>
    public bool IsHelp =>
        Option == ServiceOptionTable.Help && OptionTypes.Boolean.Read(Text, out bool isAsked) && isAsked;

    // A record's own ToString would print the text of secrets.
    public override string ToString() => $"{Option.Name} ({Source})";
}
