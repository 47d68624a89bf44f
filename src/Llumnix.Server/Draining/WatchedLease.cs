namespace Llumnix.Server.Draining;

/// <summary>The scheduler's lease as seen by a process that never holds it: it reads the drains that schedulers keep there.</summary>
/// <param name="name">The lease's name.</param>
internal sealed class WatchedLease(string name) : IDrainLease
{
    private readonly TaskCompletionSource _never = new();

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long? LeadingEpoch => null;

    /// <inheritdoc/>
    public Task NextChange => _never.Task;
}
