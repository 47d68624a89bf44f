using System.Globalization;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>
/// The format of a migrated request's events on their way back to the process that its client is connected to: kind, a blank, tokens so far.
/// </summary>
internal static class EventLine
{
    public static string Write(StepEvent stepEvent) => string.Create(CultureInfo.InvariantCulture, $"{stepEvent.Kind} {stepEvent.OutputTokens}");

    public static StepEvent? Read(string line, EngineRequest request) =>
        line.Split(' ') is [string kind, string tokens]
        && Enum.TryParse(kind, out StepEventKind parsed)
        && int.TryParse(tokens, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            ? new StepEvent(request, parsed, count)
            : null;
}
