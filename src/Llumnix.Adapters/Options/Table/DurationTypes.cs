using System.Globalization;

namespace Llumnix.Adapters.Options.Table;

/// <summary>Durations, written as plain numbers in the unit that the flag documents, or with their unit.</summary>
public static class DurationTypes
{
    // Longer than any sensible setting, and within the range of timers.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>Milliseconds, above 0.</summary>
    public static OptionType<TimeSpan> Milliseconds { get; } = Positive("milliseconds", TimeSpan.TicksPerMillisecond);

    /// <summary>Seconds, above 0.</summary>
    public static OptionType<TimeSpan> Seconds { get; } = Positive("seconds", TimeSpan.TicksPerSecond);

    /// <summary>Milliseconds, 0 or above.</summary>
    public static OptionType<TimeSpan> MillisecondsOrZero { get; } = OrZero(Milliseconds);

    /// <summary>Seconds, 0 or above.</summary>
    public static OptionType<TimeSpan> SecondsOrZero { get; } = OrZero(Seconds);

    /// <summary>1 ms, the shortest time that timers take, or above; with a unit, or in seconds.</summary>
    public static OptionType<TimeSpan> WithUnit { get; } = FromUnit("1ms", TimeSpan.FromMilliseconds(1));

    /// <summary>0 or above, with a unit, or in seconds.</summary>
    public static OptionType<TimeSpan> WithUnitOrZero { get; } = FromUnit("0", TimeSpan.Zero);

    private static OptionType<TimeSpan> FromUnit(string shown, TimeSpan minimum) => new(
        "duration", $"a duration from {shown} to 7 days, like 5s, 500ms or 2m; a bare number is seconds", DurationText.TryRead, DurationText.Write)
    {
        IsInRange = value => value >= minimum && value <= Longest,
    };

    private static OptionType<TimeSpan> Positive(string unit, long ticksPerUnit) => new(
        unit,
        $"a number of {unit} above 0, at most 7 days",
        (string text, out TimeSpan value) => TryRead(text, ticksPerUnit, out value),
        value => ((decimal)value.Ticks / ticksPerUnit).ToString("0.#######", CultureInfo.InvariantCulture))
    {
        IsInRange = value => value > TimeSpan.Zero && value <= Longest,
    };

    private static OptionType<TimeSpan> OrZero(OptionType<TimeSpan> type) => type with
    {
        Expected = type.Expected.Replace("above 0", "from 0", StringComparison.Ordinal),
        IsInRange = value => value >= TimeSpan.Zero && value <= Longest,
    };

    // Decimal, since a binary fraction of a millisecond would not parse back to the same ticks.
    private static bool TryRead(string text, long ticksPerUnit, out TimeSpan value)
    {
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        bool isRead = decimal.TryParse(text, style, CultureInfo.InvariantCulture, out decimal number) && Math.Abs(number) < 1e9m;
        value = isRead ? TimeSpan.FromTicks((long)decimal.Round(number * ticksPerUnit)) : default;
        return isRead;
    }
}
