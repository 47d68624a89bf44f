using System.Text.Json;
using Prometheus;

namespace Llumnix.Server.Telemetry;

/// <summary>Values of a label that are the members of an enum, in snake case as all values are.</summary>
internal static class EnumLabel
{
    /// <summary>A counter's series for all members, in their order; all are shown from the start.</summary>
    /// <param name="counter">A counter with one label.</param>
    /// <typeparam name="TEnum">An enum whose members are 0, 1 and so on.</typeparam>
    internal static Counter.Child[] SeriesOf<TEnum>(Counter counter)
        where TEnum : struct, Enum =>
        [.. Enum.GetNames<TEnum>().Select(name => counter.WithLabels(JsonNamingPolicy.SnakeCaseLower.ConvertName(name)))];
}
