using Llumnix.Gateway.Disaggregation;
using Llumnix.Gateway.Placement;

namespace Llumnix.Gateway.Requests;

/// <summary>
/// The instances that one attempt at a request has: one, or one for prefill and one for decode. Disposal ends the calls to them that still run
/// and gives the instances back. Of one thread at a time.
/// </summary>
internal sealed class PlacedRequest : IAsyncDisposable
{
    private readonly PlacementLease? _prefill;
    private PlacementLease? _decode;
    private SimultaneousPrefill? _simultaneous;
    private Task? _releasing;

    /// <param name="answer">What has been given; placed.</param>
    /// <param name="isDisaggregated">Whether the first instance is there for prefill alone.</param>
    public PlacedRequest(PlacementAnswer answer, bool isDisaggregated)
    {
        _prefill = isDisaggregated ? answer.Lease : null;
        _decode = isDisaggregated ? answer.Decode : answer.Lease;
    }

    /// <summary>The prefill instance.</summary>
    /// <exception cref="InvalidOperationException">One instance does both.</exception>
    public EngineTarget Prefill => (_prefill ?? throw new InvalidOperationException("The request has no prefill instance.")).Target;

    /// <summary>The instance that answers the client.</summary>
    /// <exception cref="InvalidOperationException">It is not chosen yet.</exception>
    public EngineTarget Decode => (_decode ?? throw new InvalidOperationException("The request has no decode instance yet.")).Target;

    /// <summary>Whether the instance that answers is chosen.</summary>
    public bool HasDecode => _decode is not null;

    /// <summary>Cancelled when prefill has failed and so nothing can come of the answer; null when that cannot happen any more.</summary>
    public CancellationToken? DecodeEnding => _simultaneous?.DecodeEnding;

    /// <summary>Whether an engine is the one that answers the client.</summary>
    public bool IsAnswering(EngineTarget engine) => ReferenceEquals(engine, _decode?.Target);

    /// <summary>The instance that failed when an answer has broken off before anything of it had come.</summary>
    /// <param name="engine">Whose answer it was.</param>
    public EngineTarget FindFailed(EngineTarget engine) => _simultaneous is { HasFailed: true } ? Prefill : engine;

    /// <summary>Takes over a decode instance that was chosen after the prefill.</summary>
    public void Take(PlacementLease decode) => _decode = decode;

    /// <summary>Takes over a call to the prefill instance that goes on while the decode instance answers.</summary>
    public void Take(SimultaneousPrefill prefill) => _simultaneous = prefill;

    /// <summary>Takes over how long the answer is. The first of it shows that prefill is done.</summary>
    public void Progress(int outputTokens)
    {
        _decode?.Progress(outputTokens);
        if (_prefill is not null && _releasing is null)
        {
            _simultaneous?.OnDecodeStarted();
            _releasing = _prefill.DisposeAsync().AsTask();
        }
    }

    /// <summary>Takes over how many tokens the whole answer has, as its engine says.</summary>
    public void Complete(int outputTokens) => _decode?.Complete(outputTokens);

    /// <summary>Gives the prefill instance back; that it has been given back before changes nothing.</summary>
    public ValueTask ReleasePrefillAsync() => _prefill?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Waits until the releases of both instances are over. Called after the disposal.</summary>
    public Task WaitUntilSettledAsync() => Task.WhenAll(_prefill?.Settled ?? Task.CompletedTask, _decode?.Settled ?? Task.CompletedTask);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_simultaneous is not null)
        {
            await _simultaneous.DisposeAsync();
        }

        await (_releasing ?? Task.CompletedTask);
        await ReleasePrefillAsync();
        await (_decode?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
