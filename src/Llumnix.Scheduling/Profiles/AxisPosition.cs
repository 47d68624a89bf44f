namespace Llumnix.Scheduling.Profiles;

/// <summary>Where a number lies between the samples of an axis.</summary>
/// <param name="Index">The sample below.</param>
/// <param name="Next">The sample above; the same where there is none.</param>
/// <param name="Weight">Distance from the sample below in steps: 0 to 1, above 1 beyond the last sample.</param>
internal readonly record struct AxisPosition(int Index, int Next, double Weight)
{
    /// <summary>The value there. Beyond the last sample a falling pair goes on level: more work is never faster.</summary>
    public double Blend(double below, double above) =>
        Weight <= 1 ? below + ((above - below) * Weight) : above + (Math.Max(0, above - below) * (Weight - 1));
}
