using System.Globalization;

namespace Llumnix.Simulation.Traces;

/// <summary>The rule for token counts in traces: whole numbers from 1 to 2147483647.</summary>
internal static class TokenCount
{
    internal static bool TryParse(string text, out int tokens) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out tokens) && tokens >= 1;

    internal static string Explain(string found) => $"{found} is not a whole number from 1 to {int.MaxValue}";
}
