using System.CommandLine;

namespace Llumnix.Attacks.Soak;

internal static class SoakCommand
{
    internal static Command Command() => new("soak", "x");
}
