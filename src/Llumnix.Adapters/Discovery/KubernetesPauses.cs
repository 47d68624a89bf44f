namespace Llumnix.Adapters.Discovery;

/// <summary>
/// The least times between lists of all pods: the shortest after a round that worked, and twice the last one, up to a limit, after each that did not.
/// Each is shortened at random to between a half and the whole, so that the clients of a server that comes back do not all ask at once.
/// </summary>
/// <param name="shortest">The shortest one, before it is shortened; above zero.</param>
/// <param name="random">Shortens them.</param>
internal sealed class KubernetesPauses(TimeSpan shortest, Random random)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(8);

    private TimeSpan? _last;

    /// <summary>The time from the start of the round that has just ended to the start of the next one.</summary>
    /// <param name="hasWorked">Whether a watch of the round ended as it should.</param>
    public TimeSpan Next(bool hasWorked)
    {
        TimeSpan twice = (_last ?? shortest) * 2;
        TimeSpan whole = hasWorked ? shortest : twice < Longest ? twice : Longest;
        _last = whole;
        return whole * (0.5 + (random.NextDouble() / 2));
    }
}
