using Llumnix.EngineEmulator.Engines;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>
/// Stands for an engine of another process that computes a request: forwards its events to the stream that the client's connection reads.
/// </summary>
internal sealed class RemoteHolder(EngineAddress address, EngineRequest request, RemoteEvents events, Task<string?> firstEvent) : IRequestHolder
{
    private readonly Lock _gate = new();
    private readonly TokenStream _stream = (TokenStream)request.Context!;
    private bool _ended;

    public EngineAddress Address => address;

    public void Start() => _ = ForwardAsync();

    public bool TryAbort(TokenStream stream)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return false;
            }

            _ended = true;
        }

        events.Dispose();
        return true;
    }

    private async Task ForwardAsync()
    {
        string? line = await firstEvent;
        while (line is not null && TryDeliver(EventLine.Read(line, request)))
        {
            line = await events.ReadAsync();
        }

        End();
    }

    /// <returns>Whether more events are to come.</returns>
    private bool TryDeliver(StepEvent? stepEvent)
    {
        lock (_gate)
        {
            if (_ended || stepEvent is not { } known || !_stream.TryDeliver(known))
            {
                return false;
            }

            _ended = known.Kind == StepEventKind.Finished;
            return !_ended;
        }
    }

    /// <summary>Ends the forwarding. Without its last token the request is lost: the destination has ended, or the client is too slow.</summary>
    private void End()
    {
        lock (_gate)
        {
            if (!_ended)
            {
                _ended = true;
                _stream.Break();
            }
        }

        events.Dispose();
    }
}
