using System.Net;
using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Gateway.Health;
using Llumnix.Gateway.Relay;
using Llumnix.Gateway.Requests;
using Llumnix.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Llumnix.Gateway.Mirroring;

/// <summary>
/// Sends copies of a part of the requests to another endpoint, whose answers are read and dropped. Requests never wait for it: above a number and a size of
/// copies under way, further ones are not made. Its file is read again when it changes; while it cannot be used, the last good one stays. Safe for concurrent use.
/// </summary>
internal sealed partial class TrafficMirror : IDisposable
{
    /// <summary>Most copies under way.</summary>
    internal const int MaxCopies = 256;

    /// <summary>Most bytes of their bodies. Not of the memory of all bodies: copies must not take the place of requests.</summary>
    internal const long MaxBytes = 64L << 20;

    private readonly HttpMessageInvoker _connections;
    private readonly WatchedFile _file;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly MirrorTelemetry _telemetry;
    private readonly EndpointOutages _outages;
    private readonly ILogger<TrafficMirror> _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped;
    private readonly Lock _gate = new();
    private volatile MirrorTarget? _target;
    private int _copies;
    private long _bytes;

    /// <param name="path">The file.</param>
    /// <param name="connections">The connections.</param>
    /// <param name="random">Chooses the requests; used under a lock.</param>
    /// <param name="time">The clock.</param>
    /// <param name="telemetry">Counts.</param>
    /// <param name="outages">Is told when the endpoint fails.</param>
    /// <param name="logger">Is told of changes of the file.</param>
    /// <exception cref="MirrorFileException">The file cannot be used.</exception>
    public TrafficMirror(
        string path, HttpMessageInvoker connections, Random random, TimeProvider time, MirrorTelemetry telemetry, EndpointOutages outages, ILogger<TrafficMirror> logger)
    {
        (_connections, _random, _time, _telemetry, _outages, _logger) = (connections, random, time, telemetry, outages, logger);
        _stopped = _stopping.Token;
        _file = new WatchedFile(path, MirrorFile.MaxBytes);
        try
        {
            _target = MirrorFile.Read(_file.ReadIfChanged());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MirrorFileException($"{NamedFile.Of(path)} cannot be read: {FileFailure.Describe(exception)}");
        }
    }

    /// <summary>Sends a copy of a request, if it is one of those to be copied and there is room. Does not wait and does not throw.</summary>
    /// <param name="request">The client's request.</param>
    /// <param name="requestId">Its id.</param>
    /// <param name="body">Its body.</param>
    public void Offer(HttpRequest request, string requestId, RequestBody body)
    {
        if (_target is not { } target || !IsChosen(target.Ratio))
        {
            return;
        }

        if (!TryTake(body.Length))
        {
            _telemetry.OnDropped();
            return;
        }

        _telemetry.OnSent();
        _ = SendAsync(CopyOf(request, requestId, body, target), body.Length, target);
    }

    /// <summary>Looks at the file from time to time until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => _file.FollowAsync(Take, LogKept, _time, cancellation);

    /// <summary>Ends the copies under way.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Reads the file again. Not thread-safe.</summary>
    internal void Refresh() => _file.Refresh(Take, LogKept);

    private string? Take(byte[] content)
    {
        try
        {
            _target = MirrorFile.Read(content);
            LogChanged(_target is null ? "off" : "on");
            return null;
        }
        catch (MirrorFileException exception)
        {
            return exception.Message;
        }
    }

    private bool IsChosen(double ratio)
    {
        lock (_gate)
        {
            return _random.NextDouble() * 100 < ratio;
        }
    }

    private bool TryTake(int bytes)
    {
        lock (_gate)
        {
            if (_copies >= MaxCopies || _bytes + bytes > MaxBytes)
            {
                return false;
            }

            _copies++;
            _bytes += bytes;
            return true;
        }
    }

    private void GiveBack(int bytes)
    {
        lock (_gate)
        {
            _copies--;
            _bytes -= bytes;
        }
    }

    /// <summary>The copy has nothing of the request's own memory, which is used again when the request is over.</summary>
    private static HttpRequestMessage CopyOf(HttpRequest request, string requestId, RequestBody body, MirrorTarget target)
    {
        var message = new HttpRequestMessage(
            HttpMethod.Post, Route.ToUri(target.Url, request.Path.ToUriComponent(), request.QueryString.Value ?? ""))
        {
            Content = new ByteArrayContent(body.Memory.ToArray()),
            Version = HttpVersion.Version11,
        };
        ForwardedHeaders.CopyToEngine(request.Headers, message, isAuthorizationForwarded: false);
        message.Headers.TryAddWithoutValidation(RequestIds.Header, requestId);
        if (target.Authorization.Length > 0)
        {
            message.Headers.TryAddWithoutValidation("Authorization", target.Authorization);
        }

        return message;
    }

    private async Task SendAsync(HttpRequestMessage message, int bytes, MirrorTarget target)
    {
        await Task.Yield();
        bool isAnswered = false;
        try
        {
            using (message)
            {
                using var limit = new CancellationTokenSource(target.Timeout, _time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopped);
                using HttpResponseMessage answer = await _connections.SendAsync(message, either.Token);
                await answer.Content.CopyToAsync(Stream.Null, either.Token);
                isAnswered = true;
            }

            _outages.OnAnswered(target.Url);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Counted below; the request itself does not depend on it.
            if (!_stopped.IsCancellationRequested)
            {
                _outages.OnFailed(target.Url, "no whole answer, or not in time");
            }
        }
        finally
        {
            GiveBack(bytes);
            _telemetry.OnDone(isAnswered);
        }
    }

    [LoggerMessage(LogLevel.Information, "The file of the mirror has changed: the mirror is {State}")]
    private partial void LogChanged(string state);

    [LoggerMessage(LogLevel.Error, "The file of the mirror has changed and cannot be used ({Reason}); the last good one stays")]
    private partial void LogKept(string reason);
}
