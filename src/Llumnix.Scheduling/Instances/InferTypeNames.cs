using System.Diagnostics.CodeAnalysis;

namespace Llumnix.Scheduling.Instances;

/// <summary>The names of the infer types on every wire and in every label: <c>neutral</c>, <c>prefill</c>, <c>decode</c>.</summary>
public static class InferTypeNames
{
    private static readonly string[] Names = ["neutral", "prefill", "decode"];

    /// <summary>The infer type's name.</summary>
    public static string ToName(this InferType inferType) => Names[(int)inferType];

    /// <summary>Reads a name, case-sensitive as the wire formats are.</summary>
    /// <returns>False when the name is none of the three.</returns>
    public static bool TryParse([NotNullWhen(true)] string? name, out InferType inferType)
    {
        int index = Array.IndexOf(Names, name);
        inferType = index < 0 ? default : (InferType)index;
        return index >= 0;
    }
}
