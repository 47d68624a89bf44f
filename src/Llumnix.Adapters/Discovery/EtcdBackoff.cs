namespace Llumnix.Adapters.Discovery;

/// <summary>
/// The pauses between attempts: none after the first failure, then longer ones up to a limit that keeps recovery from being noticed late.
/// </summary>
internal sealed class EtcdBackoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(400);

    private TimeSpan _next = TimeSpan.Zero;

    /// <summary>The pause after one more failure.</summary>
    public TimeSpan Next()
    {
        TimeSpan pause = _next;
        _next = pause == TimeSpan.Zero ? First : pause * 2 > Longest ? Longest : pause * 2;
        return pause;
    }

    /// <summary>An attempt has succeeded: the next failure is a first one again.</summary>
    public void Reset() => _next = TimeSpan.Zero;
}
