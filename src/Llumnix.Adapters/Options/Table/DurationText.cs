using System.Globalization;

namespace Llumnix.Adapters.Options.Table;

/// <summary>Durations as existing deployments write them: <c>5s</c>, <c>500ms</c>, <c>2m</c>; a bare number is seconds.</summary>
internal static class DurationText
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);
    private static readonly (string Unit, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond), ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour), ("", TimeSpan.TicksPerSecond),
    ];

    /// <summary>Reads a duration of 0 to 7 days.</summary>
    internal static bool TryRead(string text, out TimeSpan duration)
    {
        (string unit, long ticks) = Units.First(unit => text.EndsWith(unit.Unit, StringComparison.Ordinal));
        bool isNumber = decimal.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            && number <= (decimal)Longest.TotalMilliseconds;
        decimal all = isNumber ? number * ticks : -1;
        duration = all >= 0 && all <= Longest.Ticks ? TimeSpan.FromTicks((long)all) : default;
        return all >= 0 && all <= Longest.Ticks;
    }

    /// <summary>A duration as text that reads back to it.</summary>
    internal static string Write(TimeSpan duration)
    {
        bool isWhole = duration > TimeSpan.Zero && duration.Ticks % TimeSpan.TicksPerMinute == 0;
        (string unit, long ticks) = isWhole ? ("m", TimeSpan.TicksPerMinute)
            : duration.Ticks % TimeSpan.TicksPerSecond == 0 ? ("s", TimeSpan.TicksPerSecond)
            : ("ms", TimeSpan.TicksPerMillisecond);
        return ((decimal)duration.Ticks / ticks).ToString("0.####", CultureInfo.InvariantCulture) + unit;
    }
}
