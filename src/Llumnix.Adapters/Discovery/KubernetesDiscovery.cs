using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Security.Cryptography;
using k8s;
using k8s.Models;
using Llumnix.Adapters.Outages;
using Llumnix.Scheduling.Instances;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Discovery;

/// <summary>
/// Discovery by pods of Kubernetes that match a label selector: those that are ready, and, where none of a role is, those that were until a while ago.
/// </summary>
/// <remarks>
/// Works in rounds. A round lists all pods, and then watches in short requests: the server ends each after
/// <see cref="KubernetesDiscoveryOptions.RefreshInterval"/>, and the next one asks for all that has happened since the last event or bookmark. So a
/// deletion that a connection has lost arrives with the next watch, at the cost of one almost empty answer, where a list would cost the server megabytes.
/// A watch that the server does not end, as over a dead connection, is given up with its connection. That, an expired version, an error, and the
/// list interval end the round, and the next one lists again. A failure leaves the last list in use.
/// </remarks>
public sealed partial class KubernetesDiscovery : IDiscoverySource
{
    private readonly KubernetesDiscoveryOptions _options;
    private readonly IDiscoverySink _sink;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Func<KubernetesClientConfiguration> _configure;
    private readonly KubernetesPods _pods;
    private readonly KubernetesPauses _pauses;
    private readonly DiscoverySkips _skips;
    private readonly StoreStatus _status;
    private readonly OutageLog _lastResorts;
    private KubernetesConnection? _connection;
    private bool _isWatchFailing;

    /// <summary>Makes a source that does nothing until it is run.</summary>
    /// <param name="options">Which pods.</param>
    /// <param name="sink">Receives the list after each list of pods and each change; called from one loop only.</param>
    /// <param name="timeProvider">Intervals and timeouts.</param>
    /// <param name="logger">Changes of availability, and pods that cannot be used.</param>
    /// <param name="observer">Telemetry, if any.</param>
    /// <param name="configure">
    /// Where the API server is; as <see cref="KubernetesDiscoveryOptions.ConfigFile"/> says when null. Called again after each failure.
    /// </param>
    /// <param name="random">Makes the pauses after failures unequal; seeded at random when null.</param>
    /// <exception cref="ArgumentException">The selector is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public KubernetesDiscovery(
        KubernetesDiscoveryOptions options, IDiscoverySink sink, TimeProvider timeProvider, ILogger<KubernetesDiscovery> logger,
        IDiscoveryObserver? observer = null, Func<KubernetesClientConfiguration>? configure = null, Random? random = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Selector);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RefreshInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ListInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.LeastInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.LastResortTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxPods, 1);
        (_options, _sink, _timeProvider, _logger) = (options, sink, timeProvider, logger);
        _configure = configure ?? Configure;
        _skips = new DiscoverySkips(logger, observer);
        _pods = new KubernetesPods(options, _skips, timeProvider);
        _pauses = new KubernetesPauses(options.LeastInterval, random ?? new Random(RandomNumberGenerator.GetInt32(int.MaxValue)));
        _status = new StoreStatus("Kubernetes", "--discovery-kubernetes-config-file", logger, timeProvider);
        _lastResorts = new OutageLog(timeProvider);
        // A first answer would be told: here it is no news.
        _ = _lastResorts.Answers();
    }

    /// <inheritdoc/>
    public DiscoveryState State => _status.State;

    /// <summary>Lists and watches until it is cancelled.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing else ends the loop.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long start = _timeProvider.GetTimestamp();
                bool hasWorked = await RunRoundAsync(cancellationToken);
                await RestAsync(start, _pauses.Next(hasWorked), cancellationToken);
            }
        }
        finally
        {
            Disconnect();
        }
    }

    /// <returns>Whether a watch ended as it should.</returns>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Nothing that the server does ends the loop.")]
    private async Task<bool> RunRoundAsync(CancellationToken cancellationToken)
    {
        (bool hasListed, bool hasWatched) = (false, false);
        try
        {
            _connection ??= new KubernetesConnection(_configure(), _options.Namespace, _options.Selector);
            long listed = _timeProvider.GetTimestamp();
            string? version = await ListAsync(_connection, cancellationToken);
            hasListed = true;
            while (_timeProvider.GetElapsedTime(listed) < _options.ListInterval)
            {
                long start = _timeProvider.GetTimestamp();
                version = await WatchAsync(_connection, version, cancellationToken);
                if (version is null)
                {
                    break;
                }

                (hasWatched, _isWatchFailing) = (true, false);
                if (_pods.ForgetUnready())
                {
                    Publish();
                }

                // Again: a line that came too soon after another one is still to be written.
                TellLastResorts();
                await RestAsync(start, _options.LeastInterval, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // The next round has a connection of its own, and credentials that are read afresh: either can be the cause.
            Disconnect();
            Tell(e, hasListed);
        }

        return hasWatched;
    }

    /// <returns>The version of the list, from which to watch.</returns>
    private async Task<string> ListAsync(KubernetesConnection connection, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_options.Timeout, _timeProvider);
        using var list = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        _pods.BeginList();
        string? next = null;
        string version;
        do
        {
            V1PodList page = await connection.ListAsync(next, list.Token);
            foreach (V1Pod pod in page.Items ?? [])
            {
                _pods.List(pod);
            }

            (next, version) = (page.Metadata?.ContinueProperty, page.Metadata?.ResourceVersion ?? "");
        }
        while (!string.IsNullOrEmpty(next));
        _pods.CompleteList();
        Publish();
        _status.Answered(null);
        TellSkips();
        return version;
    }

    /// <returns>The version from which to watch on; null when it has expired.</returns>
    /// <exception cref="OperationCanceledException">The server has not ended the watch in time, or the token was cancelled.</exception>
    private async Task<string?> WatchAsync(KubernetesConnection connection, string version, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(_options.RefreshInterval * 2, _timeProvider);
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        int seconds = (int)Math.Ceiling(_options.RefreshInterval.TotalSeconds);
        try
        {
            await foreach ((WatchEventType type, V1Pod pod) in connection.WatchAsync(version, seconds, watch.Token))
            {
                Apply(type, pod);
                version = pod.Metadata?.ResourceVersion ?? version;
            }

            return version;
        }
        catch (Exception e) when (IsExpired(e))
        {
            return null;
        }
    }

    private void Apply(WatchEventType type, V1Pod pod)
    {
        bool isChanged = type switch
        {
            WatchEventType.Added or WatchEventType.Modified => _pods.Put(pod),
            WatchEventType.Deleted => _pods.Remove(pod),
            // A bookmark: a version alone.
            _ => false,
        };
        if (isChanged)
        {
            Publish();
        }

        TellSkips();
    }

    private void Publish()
    {
        _sink.Synchronize(_pods.Instances());
        TellLastResorts();
    }

    private void TellLastResorts()
    {
        if (_pods.LastResorts == 0)
        {
            if (_lastResorts.Answers())
            {
                LogReadyAgain();
            }
        }
        else if (_lastResorts.Fails(""))
        {
            LogNoneReady(_pods.LastResorts, _options.LastResortTime);
        }
    }

    private void Tell(Exception error, bool hasListed)
    {
        if (!hasListed)
        {
            _status.Failed(KubernetesFailure.Describe(error));
        }
        else if (!_isWatchFailing && error is HttpRequestException { StatusCode: not null })
        {
            // Connections break every now and then; a refusal lasts until somebody grants the right.
            _isWatchFailing = true;
            LogWatchFails(KubernetesFailure.Describe(error));
        }
    }

    private void TellSkips()
    {
        _skips.TellOverfull(_pods.IsOverfull, _options.MaxPods);
        _skips.Flush();
    }

    private async Task RestAsync(long start, TimeSpan least, CancellationToken cancellationToken)
    {
        TimeSpan rest = least - _timeProvider.GetElapsedTime(start);
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, _timeProvider, cancellationToken);
        }
    }

    private void Disconnect()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private KubernetesClientConfiguration Configure() => _options.ConfigFile.Length > 0
        ? KubernetesClientConfiguration.BuildConfigFromConfigFile(_options.ConfigFile)
        : KubernetesClientConfiguration.BuildDefaultConfig();

    private static bool IsExpired(Exception error) => error switch
    {
        KubernetesException { Status.Code: (int)HttpStatusCode.Gone } => true,
        HttpRequestException { StatusCode: HttpStatusCode.Gone } => true,
        _ => false,
    };
}
