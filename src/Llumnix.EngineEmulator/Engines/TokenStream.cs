using System.Threading.Channels;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Engines;

/// <summary>
/// The bounded queue of one request's tokens from the engine's loop to the HTTP response. The loop never waits for it. When the request moves to
/// another engine, only the present holder, under its lock, delivers tokens and passes the stream on.
/// </summary>
internal sealed class TokenStream(string requestId, int capacity) : IDisposable
{
    private readonly Channel<StepEvent> _events = Channel.CreateBounded<StepEvent>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private readonly CancellationTokenSource _broken = new();
    private volatile IRequestHolder? _holder;
    private volatile int _moves;

    /// <summary>Guarded by the lock of the present holder.</summary>
    public RequestTimes Times;

    public string RequestId => requestId;

    public ChannelReader<StepEvent> Events => _events.Reader;

    /// <summary>Cancelled when the engine gives the request up: it has ended, or the client is too slow.</summary>
    public CancellationToken Broken => _broken.Token;

    /// <summary>The engine that computes the request, or did last; null before the request is accepted.</summary>
    public IRequestHolder? Holder => _holder;

    /// <summary>Sets the engine that computes the request from now on.</summary>
    public void MoveTo(IRequestHolder holder)
    {
        _holder = holder;
        _moves++;
    }

    /// <summary>Aborts the request on whatever engine it is.</summary>
    public void Abort()
    {
        int moves;
        do
        {
            moves = _moves;
        }
        while (_holder?.TryAbort(this) == false && moves != _moves);
    }

    /// <returns>False when the client is too far behind; the request should then be aborted.</returns>
    public bool TryDeliver(StepEvent stepEvent)
    {
        if (!_events.Writer.TryWrite(stepEvent))
        {
            return false;
        }

        if (stepEvent.Kind == StepEventKind.Finished)
        {
            _events.Writer.Complete();
        }

        return true;
    }

    // CancelAsync, not Cancel: callbacks of the token must not run inside the engine's loop.
    public void Break() => _ = _broken.CancelAsync();

    public void Dispose() => _broken.Dispose();
}
