using Grpc.Core;
using Grpc.Net.Client;
using Llumnix.Protocol.Llumlet;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Rescheduling;

namespace Llumnix.Adapters.Llumlets;

/// <summary>
/// Asks the llumlets of the sources for migrations, all pairs at once. A llumlet that hangs, resets or answers garbage affects its own pair only. For
/// one cycle at a time.
/// </summary>
public sealed class MigrationExecutor : IDisposable
{
    private readonly LlumletOptions _options;
    private readonly TimeProvider _time;
    private readonly LlumletPool _pool;
    private readonly SourceBackOff _backOff;

    /// <param name="options">How llumlets are called.</param>
    /// <param name="time">Timeouts and back-off.</param>
    public MigrationExecutor(LlumletOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _pool = new LlumletPool(options, time);
        _backOff = new SourceBackOff(options, time);
    }

    /// <summary>Open connections.</summary>
    public int Connections => _pool.Count;

    /// <summary>Number of sources whose last call has failed, those not called for long excluded.</summary>
    public int FailingSources => _backOff.Count;

    /// <summary>Asks for the migrations of a cycle and waits for the last answer, no longer than the timeout.</summary>
    /// <returns>A result for each pair, in their order. Throws for programming errors only.</returns>
    public Task<MigrationResult[]> ExecuteAsync(IReadOnlyList<MigrationPair> pairs, CancellationToken cancellation)
    {
        _backOff.ForgetOld();
        return Task.WhenAll(pairs.Select(pair => ExecuteAsync(pair, cancellation)));
    }

    /// <inheritdoc/>
    public void Dispose() => _pool.Dispose();

    private async Task<MigrationResult> ExecuteAsync(MigrationPair pair, CancellationToken cancellation)
    {
        InstanceIncarnation source = pair.Source.Incarnation;
        if (MigrationRequests.AddressOf(pair.Source, _options.UseTls) is not { } address)
        {
            return new MigrationResult(
                pair, MigrationOutcome.Failed, $"the source's metadata name no llumlet ({pair.Source.Ip}:{pair.Source.LlumletPort})");
        }

        TimeSpan pause = _backOff.Remaining(source);
        if (pause > TimeSpan.Zero)
        {
            return new MigrationResult(pair, MigrationOutcome.BackingOff, $"earlier calls failed; left alone for {pause.TotalSeconds:0.0} s more");
        }

        MigrationResult result = await CallAsync(pair, address, cancellation);
        if (result.Outcome is MigrationOutcome.TimedOut or MigrationOutcome.Failed)
        {
            return _backOff.Failed(source) ? result with { BackOff = BackOffChange.Begins } : result;
        }

        return result.Outcome is MigrationOutcome.Migrated or MigrationOutcome.Refused && _backOff.Answered(source)
            ? result with { BackOff = BackOffChange.Ends }
            : result;
    }

    private async Task<MigrationResult> CallAsync(MigrationPair pair, Uri address, CancellationToken cancellation)
    {
        GrpcChannel? channel;
        try
        {
            channel = _pool.Rent(address);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return new MigrationResult(pair, MigrationOutcome.Failed, exception.Message);
        }

        if (channel is null)
        {
            return new MigrationResult(
                pair,
                MigrationOutcome.PoolBusy,
                $"all {_options.PoolSize} connections to llumlets are in use; --llumlet-grpc-connection-pool-size allows more");
        }

        MigrationResult result = await CallAsync(pair, channel, cancellation);
        _pool.Return(address, isBroken: result.Outcome is MigrationOutcome.TimedOut or MigrationOutcome.Failed);
        return result;
    }

    private async Task<MigrationResult> CallAsync(MigrationPair pair, GrpcChannel channel, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            MigrateResponse response = await new Llumlet.LlumletClient(channel)
                .MigrateAsync(MigrationRequests.Of(pair), cancellationToken: linked.Token);
            return new MigrationResult(pair, response.Success ? MigrationOutcome.Migrated : MigrationOutcome.Refused, response.Message);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            return new MigrationResult(pair, MigrationOutcome.Cancelled, "stopping");
        }
        catch (Exception) when (timeout.IsCancellationRequested)
        {
            return new MigrationResult(pair, MigrationOutcome.TimedOut, $"no answer within {_options.Timeout.TotalSeconds:0.###} s");
        }
        catch (RpcException exception) when (IsRefusal(exception.StatusCode))
        {
            return new MigrationResult(pair, MigrationOutcome.Refused, $"{exception.StatusCode}: {exception.Status.Detail}");
        }
        catch (RpcException exception)
        {
            return new MigrationResult(pair, MigrationOutcome.Failed, $"{exception.StatusCode}: {exception.Status.Detail}");
        }
    }

    /// <summary>Status codes with which a working llumlet declines.</summary>
    private static bool IsRefusal(StatusCode code) =>
        code is StatusCode.ResourceExhausted or StatusCode.FailedPrecondition or StatusCode.NotFound or StatusCode.InvalidArgument or StatusCode.Aborted;
}
