using Llumnix.EngineEmulator.Engines;
using Llumnix.EngineEmulator.Http;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Disaggregation;

/// <summary>
/// The KV that a request leaves on another engine or gets from one. With pd_staged it has been computed already; with vllm-kvt and pd_batch this
/// engine asks the other one to compute it, and computes it itself when that fails.
/// </summary>
internal sealed class RemoteKv(HostedEngine engine, EngineRegistry registry, CompletionRequest request, PrefillClient client) : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private Task _fetching = Task.CompletedTask;
    private Task _freeing = Task.CompletedTask;
    private IDisposable? _remotePrefill;
    private bool _isFreed;

    /// <summary>The stage that this engine executes.</summary>
    public InferType Role => request.IsPrefillOnly ? InferType.Prefill
        : IsPending || (Staged is not null && !IsLost()) ? InferType.Decode
        : InferType.Neutral;

    /// <summary>Whether the other engine has yet to compute the KV.</summary>
    public bool IsPending => request.KvTransfer is { IsBatch: true } && Owner != engine;

    /// <summary>The prefill's request id when it ran on this engine; else null.</summary>
    public string? LocalPrefillId => Staged is not null && Owner == engine ? PrefillId : null;

    private KvTransferParameters? Staged => request.KvTransfer is { DoRemotePrefill: true } parameters ? parameters : null;

    private EngineAddress Address => new(request.KvTransfer!.RemoteEngineId, request.KvTransfer.RemoteHost, request.KvTransfer.RemotePort);

    /// <summary>The engine that has the KV; null when it is in another process.</summary>
    private HostedEngine? Owner => registry.ById(Address.InstanceId) ?? registry.ByKvtAddress(Address.Host, Address.Port);

    // vllm-kvt names the prefill engine by its address alone; both stages then have the same id.
    private string PrefillId => request.KvTransfer is { RemoteRequestId: { Length: > 0 } id } ? id : request.EngineRequestId;

    /// <summary>Called when the engine has accepted the request: asks the other engine for KV that is pending.</summary>
    public void Start(EngineRequest accepted)
    {
        if (accepted.IsKvPending)
        {
            _fetching = FetchAsync(accepted);
        }
    }

    /// <summary>Tells the other engine that the KV has been pulled.</summary>
    public void Free()
    {
        if (_isFreed)
        {
            return;
        }

        _isFreed = true;
        _remotePrefill?.Dispose();
        if (Staged is not null)
        {
            _freeing = FreeStagedAsync();
        }
    }

    /// <summary>Ends the use of the KV. A prefill that is still being computed elsewhere is dropped there.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _fetching;
        Free();
        await _freeing;
        _ending.Dispose();
    }

    // Whether an engine in another process still holds the KV is unknown; it is assumed to.
    private bool IsLost() => Owner is { } owner && (owner.HasEnded || !owner.Runner.IsAwaitingPull(PrefillId));

    private async Task FetchAsync(EngineRequest accepted)
    {
        try
        {
            _remotePrefill = await client.PrefillAsync(Address, PrefillMessage.Of(accepted), _ending.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (_remotePrefill is null)
        {
            engine.Runner.LoseKv(accepted.Id);
        }
        else
        {
            engine.Runner.StartLoad(accepted.Id);
        }
    }

    private Task FreeStagedAsync()
    {
        if (Owner is { } owner)
        {
            owner.Runner.ReleaseAwaitingPull(PrefillId);
            return Task.CompletedTask;
        }

        return Address.Port > 0 ? client.FreeAsync(Address, PrefillId) : Task.CompletedTask;
    }
}
