using System.Threading.Channels;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Engines;

/// <summary>The bounded way of one request's tokens from the engine's loop to its HTTP response. The loop never waits here.</summary>
internal sealed class TokenStream(int capacity) : IDisposable
{
    private readonly Channel<StepEvent> _events = Channel.CreateBounded<StepEvent>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private readonly CancellationTokenSource _broken = new();

    public ChannelReader<StepEvent> Events => _events.Reader;

    /// <summary>The engine has given the request up: it died, or the client is too slow.</summary>
    public CancellationToken Broken => _broken.Token;

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
