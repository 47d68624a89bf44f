using Llumnix.Protocol.Http;
using Microsoft.Extensions.Logging;

namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>One of the schedulers: its API, the keep-alive connection to it, the reports that it gets. Safe for concurrent use.</summary>
internal sealed partial class SchedulerPeer
{
    /// <summary>Time in which a decision outweighs a keep-alive connection that is not to be had.</summary>
    internal static readonly TimeSpan AnswerCounts = TimeSpan.FromSeconds(5);

    private readonly SchedulerAccess _access;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SchedulerBackoff _backoff;
    private readonly KeepAliveLink _link;
    private readonly RequestReporter _reporter;
    private readonly TimeSpan? _waitTimeout;
    private volatile bool _hasAnswered;
    private long _answeredAt;
    private long _toldHoldTicks;

    /// <param name="access">Where it is.</param>
    /// <param name="http">Connections.</param>
    /// <param name="options">How it is used.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logging">Where the log goes.</param>
    public SchedulerPeer(SchedulerAccess access, HttpMessageInvoker http, SchedulerPlacerOptions options, TimeProvider time, ILoggerFactory logging)
    {
        _access = access;
        _time = time;
        _waitTimeout = options.WaitTimeout;
        _logger = logging.CreateLogger<SchedulerPeer>();
        _backoff = new SchedulerBackoff(time);
        Client = new SchedulerClient(http, access, time, logging.CreateLogger<SchedulerClient>());
        _link = new KeepAliveLink(access, time, logging.CreateLogger<KeepAliveLink>()) { OnConnected = OnAnswered, OnUnreachable = OnUnreachable };
        _reporter = new RequestReporter(Client, options.ReportInterval, time);
    }

    /// <summary>Its API.</summary>
    public SchedulerClient Client { get; }

    /// <summary>Whether it has answered the last time that it was asked or a connection was tried, or holds the keep-alive connection.</summary>
    public bool IsAnswering => _link.IsConnected || (_hasAnswered && !_backoff.IsFailing);

    /// <summary>How this scheduler knows the gateway; empty before the first keep-alive connection.</summary>
    public string GatewayId => _link.GatewayId;

    /// <summary>Asks for a placement.</summary>
    /// <returns>Null when the scheduler does not answer, or has not a moment ago.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<SchedulerAnswer?> TryScheduleAsync(ScheduleRequestBody message, string traceParent, CancellationToken cancellation)
    {
        bool isProbe = _backoff.IsFailing;
        if (!_backoff.TryEnter())
        {
            return null;
        }

        SchedulerAnswer answer = await Client.ScheduleAsync(message, cancellation, traceParent);
        if (answer.IsDecision)
        {
            Volatile.Write(ref _answeredAt, _time.GetTimestamp());
            _hasAnswered = true;
            OnAnswered();
            Compare(answer.HoldTime);
            return answer;
        }

        OnFailed(isProbe, answer.Problem);
        return null;
    }

    /// <summary>Reports on a placement from now on, until the result is disposed of.</summary>
    public IDisposable Track(ScheduleRequestBody message, Instance instance, Func<int> outputTokens) => _reporter.Track(message, instance, outputTokens);

    /// <summary>Keeps the connection and reports until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(_link.RunAsync(cancellation), _reporter.RunAsync(cancellation));

    /// <summary>Warns once of each hold time that outlasts the gateway: a request that is held so long is answered with 503 before it is placed.</summary>
    private void Compare(TimeSpan? holdTime)
    {
        if (holdTime is { } hold && _waitTimeout is { } wait && hold >= wait && Interlocked.Exchange(ref _toldHoldTicks, hold.Ticks) != hold.Ticks)
        {
            LogHoldsTooLong(_access, hold.TotalMilliseconds, wait.TotalMilliseconds);
        }
    }

    private void OnAnswered()
    {
        if (_backoff.OnAnswered())
        {
            LogAnswers(_access);
        }
    }

    private void OnUnreachable(string reason)
    {
        if (!_hasAnswered || _time.GetElapsedTime(Volatile.Read(ref _answeredAt)) > AnswerCounts)
        {
            OnFailed(isProbe: false, reason);
        }
    }

    private void OnFailed(bool isProbe, string reason)
    {
        if (_backoff.OnFailed(isProbe))
        {
            LogFailed(_access, reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The scheduler at {Scheduler} does not place requests: {Reason}")]
    private partial void LogFailed(SchedulerAccess scheduler, string reason);

    [LoggerMessage(LogLevel.Warning, "The scheduler at {Scheduler} holds late requests for {HoldMs} ms (its --slo-hold-ms), and this gateway asks for {WaitMs} ms (--wait-scheduling-timeout): "
        + "requests that are held to the end are answered with 503. Set --wait-scheduling-timeout above --slo-hold-ms")]
    private partial void LogHoldsTooLong(SchedulerAccess scheduler, double holdMs, double waitMs);

    [LoggerMessage(LogLevel.Information, "The scheduler at {Scheduler} answers again")]
    private partial void LogAnswers(SchedulerAccess scheduler);
}
