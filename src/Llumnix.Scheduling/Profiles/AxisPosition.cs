using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Llumnix.Scheduling.Profiles;

/// <summary>A position relative to the samples of an axis.</summary>
/// <param name="Index">The index of the sample below.</param>
/// <param name="Next">The index of the sample above; the same as below when there is none.</param>
/// <param name="Weight">Distance from the sample below, as a share of the distance between the two: 0 to 1, above 1 beyond the last sample.</param>
internal readonly record struct AxisPosition(int Index, int Next, double Weight)
{
    /// <summary>
    /// Interpolates between the values at the two samples. Beyond the last sample a decreasing pair is continued as a constant, since more work is
    /// never faster.
    /// </summary>
    public double Blend(double below, double above) =>
        Weight <= 1 ? below + ((above - below) * Weight) : above + (Math.Max(0, above - below) * (Weight - 1));

    /// <summary><see cref="Blend(double, double)"/> of four positions, with the same roundings.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Blend(Vector256<double> weights, Vector256<double> below, Vector256<double> above)
    {
        Vector256<double> step = above - below;
        return Vector256.ConditionalSelect(
            Vector256.LessThanOrEqual(weights, Vector256<double>.One),
            below + (step * weights),
            above + (Vector256.MaxNative(step, Vector256<double>.Zero) * (weights - Vector256<double>.One)));
    }
}
