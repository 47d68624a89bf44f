namespace Llumnix.Adapters.Cms;

/// <summary>When a value was written into the store, as far as our own clock can tell.</summary>
/// <param name="NotBefore">A timestamp at which the store still had the value before; when there was none, that of the first sight.</param>
/// <param name="Frequency">Timestamps per second.</param>
internal readonly record struct WriteTime(long NotBefore, long Frequency)
{
    /// <summary>The timestamp that lies a duration before the writing.</summary>
    /// <param name="milliseconds">The duration; what is no number, negative or above a minute is brought into that range.</param>
    public long Before(double milliseconds) => NotBefore - (long)((milliseconds > 0 ? Math.Min(milliseconds, 60_000) : 0) / 1000 * Frequency);
}
