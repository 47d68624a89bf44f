namespace Llumnix.Simulation.Traces;

/// <summary>A value of a trace as messages show it: on one line, and short.</summary>
internal static class ShownValue
{
    private const int MaxLength = 40;

    internal static string Of(string value)
    {
        string shown = string.Concat(value.Take(MaxLength).Select(static c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? '?' : c));
        return value.Length > MaxLength ? shown + "..." : shown;
    }
}
