namespace Llumnix.Scheduling.Profiles;

/// <summary>Where a number lies between the samples of an axis.</summary>
/// <param name="Index">The sample below.</param>
/// <param name="Next">The sample above; the same where there is none.</param>
/// <param name="Weight">Distance from the sample below in steps: 0 to 1, above 1 beyond the last sample.</param>
internal readonly record struct AxisPosition(int Index, int Next, double Weight)
{
    public static AxisPosition Find(double[] samples, double position)
    {
        int last = samples.Length - 1;
        if (last == 0 || !(position > samples[0]))
        {
            return new AxisPosition(0, 0, 0);
        }

        int low = 0;
        int high = last;
        while (high - low > 1)
        {
            int middle = (low + high) >>> 1;
            if (samples[middle] <= position)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return new AxisPosition(low, high, (position - samples[low]) / (samples[high] - samples[low]));
    }

    /// <summary>The value there. Beyond the last sample a falling pair goes on level: more work is never faster.</summary>
    public double Blend(double below, double above) =>
        Weight <= 1 ? below + ((above - below) * Weight) : above + (Math.Max(0, above - below) * (Weight - 1));
}
