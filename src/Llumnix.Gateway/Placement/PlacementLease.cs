namespace Llumnix.Gateway.Placement;

/// <summary>A request's use of one instance. Disposal gives the instance back, exactly once however often it is called.</summary>
/// <param name="target">The instance.</param>
public abstract class PlacementLease(EngineTarget target) : IAsyncDisposable
{
    private int _outputTokens;
    private int _finalTokens;
    private bool _isReleased;

    /// <summary>The instance.</summary>
    public EngineTarget Target { get; } = target;

    /// <summary>Tokens of the answer so far, as far as they can be counted; may be read from any thread.</summary>
    public int OutputTokens => Volatile.Read(ref _outputTokens);

    /// <summary>Tokens of the whole answer as its engine counted them; where it did not tell, those that could be counted. Final at the release.</summary>
    public int FinalOutputTokens => Volatile.Read(ref _finalTokens) is > 0 and int final ? final : OutputTokens;

    /// <summary>
    /// Completes when the release is over, whether it was taken or not; never fails. Read after the disposal. Until then a new placement of the same
    /// request on the same instance could be ended by this release, since schedulers know placements by request and instance alone.
    /// </summary>
    public virtual Task Settled => Task.CompletedTask;

    /// <summary>Called once the instance has been given back; null for nothing.</summary>
    internal Action? Released { get; set; }

    /// <summary>Takes over how long the answer is. Cheap: what it leads to is done elsewhere.</summary>
    public void Progress(int outputTokens) => Volatile.Write(ref _outputTokens, outputTokens);

    /// <summary>
    /// Takes over how many tokens the whole answer has, from its engine. It is no progress: an answer in one piece would seem to have its first token at its end.
    /// </summary>
    public void Complete(int outputTokens) => Volatile.Write(ref _finalTokens, outputTokens);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Interlocked.Exchange(ref _isReleased, true) ? ValueTask.CompletedTask : ReleaseAndTellAsync();
    }

    /// <summary>Gives the instance back. Called once; does not throw.</summary>
    protected abstract ValueTask ReleaseAsync();

    private async ValueTask ReleaseAndTellAsync()
    {
        await ReleaseAsync();
        Released?.Invoke();
    }
}
