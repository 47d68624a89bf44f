using System.CommandLine;
using System.CommandLine.Parsing;

namespace Llumnix.Cli.Options;

/// <summary>Switches, as validators see them.</summary>
internal static class Switch
{
    /// <summary>Whether a switch is on. A text that is neither true nor false is told by the parser; asking it for the value would throw, also while a shell completes the line.</summary>
    internal static bool IsOn(CommandResult result, Option<bool> option) => result.GetResult(option) is { Implicit: false } given
        && (given.Tokens is not [.., var token] || (bool.TryParse(token.Value, out bool isOn) && isOn));
}
