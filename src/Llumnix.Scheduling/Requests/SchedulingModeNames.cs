namespace Llumnix.Scheduling.Requests;

/// <summary>The names of <see cref="SchedulingMode"/> in the HTTP API.</summary>
public static class SchedulingModeNames
{
    private static readonly string[] Names = ["neutral", "pd_batch", "pd_staged"];

    /// <summary>The mode's name.</summary>
    public static string ToName(this SchedulingMode mode) => Names[(int)mode];
}
