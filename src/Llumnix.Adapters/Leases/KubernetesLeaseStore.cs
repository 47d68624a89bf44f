using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Llumnix.Adapters.Discovery;

namespace Llumnix.Adapters.Leases;

/// <summary>
/// Leases as Lease objects of Kubernetes, as its own components use them. The epoch is <c>leaseTransitions</c>; address and values are annotations. Every
/// change names the resource version that it replaces, so that the API server refuses one of two changes at the same time.
/// </summary>
/// <remarks>
/// The API server does not end leases. A candidate counts from the moment at which it first saw the holder's last renewal, by its own monotonic clock; the
/// times within the object, which are those of other clocks, only have to differ.
/// </remarks>
public sealed class KubernetesLeaseStore : ILeaseStore
{
    private const string AddressAnnotation = "llumnix.dev/address";
    private const string ValueAnnotations = "llumnix.dev/value-";
    private const int Attempts = 4;

    private readonly KubernetesLeaseOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly Func<KubernetesClientConfiguration> _configure;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Sighting> _sightings = new(StringComparer.Ordinal);
    private Connection? _connection;

    /// <summary>Makes a store that connects at its first call.</summary>
    /// <param name="options">Where the objects are.</param>
    /// <param name="timeProvider">Timeouts, and the age of renewals.</param>
    /// <param name="configure">
    /// Where the API server is; as <see cref="KubernetesLeaseOptions.ConfigFile"/> says when null. Called again after each failure.
    /// </param>
    public KubernetesLeaseStore(KubernetesLeaseOptions options, TimeProvider timeProvider, Func<KubernetesClientConfiguration>? configure = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Timeout, TimeSpan.Zero);
        (_options, _timeProvider) = (options, timeProvider);
        _configure = configure ?? Configure;
    }

    /// <inheritdoc/>
    public async Task<LeaseRecord?> ReadAsync(string lease, CancellationToken cancellationToken) =>
        Record(lease, await CallAsync((client, call) => GetAsync(client, lease, call), cancellationToken));

    /// <inheritdoc/>
    public async Task<LeaseRecord> AcquireAsync(
        string lease, LeaseCandidate candidate, TimeSpan ttl, long aboveEpoch, CancellationToken cancellationToken)
    {
        V1Lease after = await ChangeAsync(lease, change: present => WithHolder(lease, present, candidate, ttl, aboveEpoch), cancellationToken)
            ?? throw new LeaseStoreException("the lease was deleted at the same time");
        return Record(lease, after) is { IsHeld: true } record ? record : throw new LeaseStoreException("the lease was released at the same time");
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(string lease, string holderId, CancellationToken cancellationToken) => ChangeAsync(
        lease,
        present =>
        {
            if (present?.Spec?.HolderIdentity != holderId)
            {
                return null;
            }

            present.Spec.HolderIdentity = "";
            present.Spec.RenewTime = _timeProvider.GetUtcNow().UtcDateTime;
            return present;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<byte[]?> ReadValueAsync(string lease, string name, CancellationToken cancellationToken)
    {
        V1Lease? present = await CallAsync((client, call) => GetAsync(client, lease, call), cancellationToken);
        if (present?.Metadata?.Annotations?.TryGetValue(ValueAnnotations + name, out string? text) is not true)
        {
            return null;
        }

        try
        {
            return Convert.FromBase64String(text!);
        }
        catch (FormatException)
        {
            throw new LeaseStoreException($"the annotation {ValueAnnotations}{name} is not in base64");
        }
    }

    /// <inheritdoc/>
    public async Task<bool> WriteValueAsync(
        string lease, string name, ReadOnlyMemory<byte> value, long epoch, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, ILeaseStore.MaxValueBytes);
        bool isHeld = false;
        string text = Convert.ToBase64String(value.Span);
        await ChangeAsync(
            lease,
            present =>
            {
                isHeld = present is not null && Record(lease, present) is { IsHeld: true } record && record.Epoch == epoch;
                if (!isHeld)
                {
                    return null;
                }

                Annotate(present!, ValueAnnotations + name, text);
                return present;
            },
            cancellationToken);
        return isHeld;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Disconnect();
        return ValueTask.CompletedTask;
    }

    private static void Annotate(V1Lease lease, string name, string text)
    {
        lease.Metadata.Annotations ??= new Dictionary<string, string>();
        lease.Metadata.Annotations[name] = text;
    }

    private static async Task<V1Lease?> GetAsync(k8s.Kubernetes client, string lease, (string Space, CancellationToken Cancellation) call)
    {
        try
        {
            return await client.CoordinationV1.ReadNamespacedLeaseAsync(lease, call.Space, cancellationToken: call.Cancellation);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <returns>The lease as it was stored; null when it changed at the same time.</returns>
    private static async Task<V1Lease?> PutAsync(k8s.Kubernetes client, V1Lease lease, (string Space, CancellationToken Cancellation) call)
    {
        try
        {
            return lease.Metadata.ResourceVersion is null
                ? await client.CoordinationV1.CreateNamespacedLeaseAsync(lease, call.Space, cancellationToken: call.Cancellation)
                : await client.CoordinationV1.ReplaceNamespacedLeaseAsync(lease, lease.Metadata.Name, call.Space, cancellationToken: call.Cancellation);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <param name="lease">The lease's name.</param>
    /// <param name="change">Gives the object that takes the place of the present one; null: none.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    /// <returns>The object afterwards.</returns>
    private async Task<V1Lease?> ChangeAsync(string lease, Func<V1Lease?, V1Lease?> change, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            V1Lease? present = await CallAsync((client, call) => GetAsync(client, lease, call), cancellationToken);
            if (change(present) is not { } wanted)
            {
                return present;
            }

            if (await CallAsync((client, call) => PutAsync(client, wanted, call), cancellationToken) is { } stored)
            {
                return stored;
            }
        }

        throw new LeaseStoreException("other candidates changed the lease at the same time");
    }

    /// <returns>Null when another candidate holds the lease.</returns>
    private V1Lease? WithHolder(string lease, V1Lease? present, LeaseCandidate candidate, TimeSpan ttl, long aboveEpoch)
    {
        LeaseRecord? record = Record(lease, present);
        if (record is { IsHeld: true } && record.HolderId != candidate.Id)
        {
            return null;
        }

        DateTime now = _timeProvider.GetUtcNow().UtcDateTime;
        V1Lease wanted = present ?? new V1Lease { ApiVersion = "coordination.k8s.io/v1", Kind = "Lease", Metadata = new V1ObjectMeta { Name = lease } };
        wanted.Spec ??= new V1LeaseSpec();
        if (record is not { IsHeld: true })
        {
            long epoch = Math.Max(wanted.Spec.LeaseTransitions ?? 0, aboveEpoch) + 1;
            wanted.Spec.LeaseTransitions = epoch <= int.MaxValue
                ? (int)epoch
                : throw new LeaseStoreException("leaseTransitions is used up: delete the Lease object");
            wanted.Spec.HolderIdentity = candidate.Id;
            wanted.Spec.AcquireTime = now;
            Annotate(wanted, AddressAnnotation, candidate.Address);
        }

        // Others see a renewal by a new time, whatever our clock does.
        bool isSame = wanted.Spec.RenewTime is { } last && last >= now && last < now.AddSeconds(1);
        wanted.Spec.RenewTime = isSame ? wanted.Spec.RenewTime!.Value.AddMilliseconds(1) : now;
        wanted.Spec.LeaseDurationSeconds = Seconds(ttl);
        return wanted;
    }

    private static int Seconds(TimeSpan ttl) => (int)Math.Clamp(Math.Ceiling(ttl.TotalSeconds), 1, 3600);

    private LeaseRecord? Record(string lease, V1Lease? present)
    {
        if (present?.Spec is not { } spec)
        {
            return null;
        }

        long epoch = Math.Max(1, spec.LeaseTransitions ?? 1);
        if (string.IsNullOrEmpty(spec.HolderIdentity))
        {
            return new LeaseRecord("", "", epoch, TimeSpan.Zero);
        }

        TimeSpan remaining = Remaining(lease, spec, epoch);
        return remaining <= TimeSpan.Zero
            ? null
            : new LeaseRecord(
                spec.HolderIdentity, present.Metadata?.Annotations?.TryGetValue(AddressAnnotation, out string? address) is true ? address : "", epoch, remaining);
    }

    private TimeSpan Remaining(string lease, V1LeaseSpec spec, long epoch)
    {
        var duration = TimeSpan.FromSeconds(Math.Clamp(spec.LeaseDurationSeconds ?? 1, 1, 3600));
        lock (_lock)
        {
            if (!_sightings.TryGetValue(lease, out Sighting? seen) || !seen.IsOf(spec, epoch))
            {
                _sightings[lease] = seen = new Sighting(spec.HolderIdentity, epoch, spec.RenewTime, _timeProvider.GetTimestamp());
            }

            return duration - _timeProvider.GetElapsedTime(seen.At);
        }
    }

    private async Task<T> CallAsync<T>(
        Func<k8s.Kubernetes, (string Space, CancellationToken Cancellation), Task<T>> call, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_options.Timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            Connection connection = Connect();
            return await call(connection.Client, (connection.Space, either.Token));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Credentials are read afresh with the next connection: they can be the cause.
            Disconnect();
            throw new LeaseStoreException(KubernetesFailure.Describe(e));
        }
    }

    private Connection Connect()
    {
        lock (_lock)
        {
            return _connection ??= new Connection(_configure(), _options.Namespace);
        }
    }

    private void Disconnect()
    {
        Connection? connection;
        lock (_lock)
        {
            (connection, _connection) = (_connection, null);
        }

        connection?.Dispose();
    }

    private KubernetesClientConfiguration Configure() => _options.ConfigFile.Length > 0
        ? KubernetesClientConfiguration.BuildConfigFromConfigFile(_options.ConfigFile)
        : KubernetesClientConfiguration.BuildDefaultConfig();

    /// <summary>A renewal, and when we saw it first.</summary>
    private sealed record Sighting(string HolderId, long Epoch, DateTime? Renewal, long At)
    {
        public bool IsOf(V1LeaseSpec spec, long epoch) => HolderId == spec.HolderIdentity && Epoch == epoch && Renewal == spec.RenewTime;
    }

    private sealed class Connection : IDisposable
    {
        private readonly KubernetesBodies _bodies = new();

        public Connection(KubernetesClientConfiguration configuration, string space)
        {
            Client = new k8s.Kubernetes(configuration, _bodies);
            Space = space.Length > 0 ? space : configuration.Namespace is { Length: > 0 } own ? own : "default";
        }

        public k8s.Kubernetes Client { get; }

        public string Space { get; }

        public void Dispose()
        {
            Client.Dispose();
            _bodies.Dispose();
        }
    }
}
