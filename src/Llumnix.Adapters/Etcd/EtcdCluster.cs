using Google.Protobuf;
using Grpc.Core;
using Llumnix.Protocol.Etcd;

namespace Llumnix.Adapters.Etcd;

/// <summary>
/// The members of a cluster and the choice among them: one is used until it fails; then all are asked at once, and the first one that proves that it
/// has the quorum is used from then on. For any threads.
/// </summary>
internal sealed class EtcdCluster : IDisposable
{
    private readonly EtcdOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly EtcdMember[] _members;
    private readonly EtcdToken _token;
    private volatile EtcdMember? _current;

    /// <summary>Makes a cluster that connects at its first call.</summary>
    /// <exception cref="ArgumentException">There is no endpoint, or an endpoint is malformed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A timeout is not above zero.</exception>
    public EtcdCluster(EtcdOptions options, TimeProvider timeProvider)
    {
        ArgumentOutOfRangeException.ThrowIfZero(options.Endpoints.Count, "options.Endpoints");
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.DialTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.CallTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ProbeTimeout, TimeSpan.Zero);
        (_options, _timeProvider) = (options, timeProvider);
        _members = [.. options.Endpoints.Select(e => new EtcdMember(EtcdEndpoint.Parse(e), options, timeProvider))];
        _token = new EtcdToken(options);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (EtcdMember member in _members)
        {
            member.Dispose();
        }
    }

    /// <summary>Calls the present member and, when that fails, one other member.</summary>
    /// <exception cref="EtcdException">No member answers, or etcd refuses.</exception>
    public async Task<T> CallAsync<T>(Func<EtcdMember, CallOptions, Task<T>> call, CancellationToken cancellationToken)
    {
        EtcdMember member = await SelectAsync(cancellationToken);
        try
        {
            return await CallAsync(member, call, cancellationToken);
        }
        catch (EtcdException e) when (!e.IsRefusal)
        {
            EtcdMember other = await SelectAsync(cancellationToken);
            return await CallAsync(other, call, cancellationToken);
        }
    }

    /// <summary>Calls one member within the usual timeout.</summary>
    /// <exception cref="EtcdException">The member does not answer, and is no longer the present one; or it refuses.</exception>
    public Task<T> CallAsync<T>(EtcdMember member, Func<EtcdMember, CallOptions, Task<T>> call, CancellationToken cancellationToken) =>
        CallAsync(member, call, _options.CallTimeout, cancellationToken);

    /// <summary>Gives the member for calls: one that has proven that it has the quorum.</summary>
    /// <exception cref="EtcdException">No member has the quorum.</exception>
    public async Task<EtcdMember> SelectAsync(CancellationToken cancellationToken)
    {
        if (_current is { } current)
        {
            return current;
        }

        using var decided = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        List<Task<EtcdMember>> probes = [.. _members.Select(member => ProbedAsync(member, decided.Token))];
        var failures = new List<EtcdException>();
        while (probes.Count > 0)
        {
            Task<EtcdMember> probe = await Task.WhenAny(probes);
            probes.Remove(probe);
            try
            {
                EtcdMember member = await probe;
                _current = member;
                await decided.CancelAsync();
                return member;
            }
            catch (EtcdException e)
            {
                failures.Add(e);
            }
        }

        throw Summarize(failures);
    }

    /// <summary>Calls one member within the timeout for proving that it has the quorum.</summary>
    /// <exception cref="EtcdException">The member does not answer, and is no longer the present one; or it refuses.</exception>
    public Task<T> ProbeAsync<T>(EtcdMember member, Func<EtcdMember, CallOptions, Task<T>> call, CancellationToken cancellationToken) =>
        CallAsync(member, call, _options.ProbeTimeout, cancellationToken);

    /// <summary>Notes that a member has failed, and describes the failure without secrets.</summary>
    public EtcdException Failed(EtcdMember member, Exception error, TimeSpan timeout)
    {
        bool isRefusal = EtcdFailure.IsRefusal(error);
        if (!isRefusal)
        {
            Interlocked.CompareExchange(ref _current, null, member);
            member.NoteFailure();
        }

        return new EtcdException(_token.Redact($"{member.Name}: {EtcdFailure.Describe(error, timeout)}")) { IsRefusal = isRefusal };
    }

    private async Task<T> CallAsync<T>(
        EtcdMember member, Func<EtcdMember, CallOptions, Task<T>> call, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var bound = new CancellationTokenSource(timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        try
        {
            T answer = await WithTokenAsync(member, call, either.Token);
            member.NoteAnswer();
            return answer;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception e)
        {
            throw Failed(member, e, timeout);
        }
    }

    private async Task<EtcdMember> ProbedAsync(EtcdMember member, CancellationToken cancellationToken)
    {
        await ProbeAsync(member, AskForQuorumAsync, cancellationToken);
        return member;
    }

    private async Task<T> WithTokenAsync<T>(
        EtcdMember member, Func<EtcdMember, CallOptions, Task<T>> call, CancellationToken cancellationToken)
    {
        Metadata headers = await _token.HeadersAsync(member, cancellationToken);
        try
        {
            return await call(member, new CallOptions(headers, cancellationToken: cancellationToken));
        }
        catch (RpcException e) when (_options.User.Length > 0 && EtcdFailure.IsTokenRefused(e))
        {
            _token.Forget(headers);
            headers = await _token.HeadersAsync(member, cancellationToken);
            return await call(member, new CallOptions(headers, cancellationToken: cancellationToken));
        }
    }

    // Like etcd's own health check: a read of any key that needs the quorum. etcd checks the right to read the key only after it has the quorum.
    private static async Task<bool> AskForQuorumAsync(EtcdMember member, CallOptions call)
    {
        try
        {
            await member.Store.RangeAsync(new RangeRequest { Key = ByteString.CopyFromUtf8("health"), CountOnly = true }, call);
            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.PermissionDenied)
        {
            return true;
        }
    }

    // The answer of a member that refuses explains more than an unreachable one.
    private static EtcdException Summarize(List<EtcdException> failures) =>
        failures.Find(failure => failure.IsRefusal)
        ?? new EtcdException(string.Join("; ", failures.Select(failure => failure.Message).Order(StringComparer.Ordinal)));
}
