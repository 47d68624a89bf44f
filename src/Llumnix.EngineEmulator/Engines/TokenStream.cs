using System.Threading.Channels;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Engines;

/// <summary>
/// The bounded way of one request's tokens from the engine's loop to its HTTP response. The loop never waits here. The request may move
/// from engine to engine meanwhile: only its holder, under its lock, delivers, and passes the stream on.
/// </summary>
internal sealed class TokenStream(string requestId, int capacity) : IDisposable
{
    private readonly Channel<StepEvent> _events = Channel.CreateBounded<StepEvent>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private readonly CancellationTokenSource _broken = new();
    private volatile IRequestHolder? _holder;
    private volatile int _moves;

    public string RequestId => requestId;

    public ChannelReader<StepEvent> Events => _events.Reader;

    /// <summary>The engine has given the request up: it died, or the client is too slow.</summary>
    public CancellationToken Broken => _broken.Token;

    /// <summary>What computes the request, or did so last; null before it is accepted.</summary>
    public IRequestHolder? Holder => _holder;

    /// <summary>Says who computes the request from now on.</summary>
    public void MoveTo(IRequestHolder holder)
    {
        _holder = holder;
        _moves++;
    }

    /// <summary>Aborts the request wherever it is.</summary>
    public void Abort()
    {
        int moves;
        do
        {
            moves = _moves;
        }
        while (_holder?.TryAbort(this) == false && moves != _moves);
    }

    /// <returns>False when the reader is too far behind; the request should then be aborted.</returns>
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

    // Not Cancel: what hangs on the token would run inside the engine's loop.
    public void Break() => _ = _broken.CancelAsync();

    public void Dispose() => _broken.Dispose();
}
