using System.Runtime.CompilerServices;

namespace Llumnix.Scheduling.Recording;

/// <summary>Values of metrics in the order of <see cref="RecordedMetrics.Names"/>; NaN where the decision did not compute the metric.</summary>
[InlineArray(Length)]
public struct MetricValues
{
    /// <summary>How many values there is room for.</summary>
    public const int Length = 4;

    private double _first;
}
