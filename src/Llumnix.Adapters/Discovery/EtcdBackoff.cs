namespace Llumnix.Adapters.Discovery;

/// <summary>The pauses between attempts: none after the first failure, then longer ones, but a recovery must not be seen late.</summary>
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

    /// <summary>All is well again.</summary>
    public void Reset() => _next = TimeSpan.Zero;
}
