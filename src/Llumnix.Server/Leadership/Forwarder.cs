using System.Net;
using Llumnix.Adapters.Leases;
using Llumnix.Adapters.Secrets;
using Llumnix.Protocol.Http;
using Llumnix.Server.Http;

namespace Llumnix.Server.Leadership;

/// <summary>
/// Sends requests to the leader as they are, and its answers back: once, and a second time when the leader has changed meanwhile. Bounded in number and in
/// time. For any threads.
/// </summary>
/// <param name="replica">Knows the leader.</param>
/// <param name="http">The connections to other replicas.</param>
/// <param name="bodies">Receives bodies within the bound of all of them.</param>
/// <param name="telemetry">Counts.</param>
/// <param name="time">The clock.</param>
/// <param name="token">The service token, for requests whose senders were checked here by another one; null: the leader checks what the request itself carries.</param>
internal sealed class Forwarder(Replica replica, HttpMessageInvoker http, BodyReceiver bodies, LeadershipTelemetry telemetry, TimeProvider time, Secret? token = null)
{
    private const int MaxActive = 4096;

    // Gateways wait for 2 s.
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(1800);

    // A planned change takes a round trip or two of the store.
    private static readonly TimeSpan ChangeBound = TimeSpan.FromMilliseconds(400);

    private static readonly string[] RequestHeaders = ["Authorization", "Accept", "traceparent", "tracestate"];
    private static readonly string[] AnswerHeaders = ["Retry-After", "WWW-Authenticate", "Allow", LeaderGate.EpochHeader, ScheduleHeaders.Hold];

    private int _active;

    /// <summary>Forwards a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">Answers it should this replica become the leader meanwhile.</param>
    /// <param name="path">The path at the leader; null: that of the request.</param>
    internal async Task ForwardAsync(HttpContext context, IEndpoint next, string? path)
    {
        long start = time.GetTimestamp();
        string outcome = "busy";
        try
        {
            if (Interlocked.Increment(ref _active) > MaxActive)
            {
                await ErrorResponse.WriteBusyAsync(context, "too many requests are on their way to the leader");
                return;
            }

            outcome = "failed";
            await bodies.ReceiveBytesAsync(context, async (http, body) => outcome = await ForwardAsync(http, body, next, path));
        }
        finally
        {
            Interlocked.Decrement(ref _active);
            telemetry.OnForwarded(outcome, time.GetElapsedTime(start));
        }
    }

    /// <returns>The outcome, for telemetry.</returns>
    private async Task<string> ForwardAsync(HttpContext context, ReadOnlyMemory<byte> body, IEndpoint next, string? path)
    {
        using var timer = new CancellationTokenSource(Bound, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, context.RequestAborted);
        try
        {
            return await TryTwiceAsync(context, body, next, path, either.Token);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
            return "failed";
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            if (context.Response.HasStarted)
            {
                context.Abort();
                return "failed";
            }

            await ErrorResponse.WriteBusyAsync(context, "the leading scheduler does not answer");
            return "failed";
        }
    }

    private async Task<string> TryTwiceAsync(
        HttpContext context, ReadOnlyMemory<byte> body, IEndpoint next, string? path, CancellationToken cancellation)
    {
        LeaseRecord? tried = null;
        bool isChanging = replica.HasResigned;
        for (int attempt = 0; attempt < 2; attempt++)
        {
            LeaseRecord? leader = await FindLeaderAsync(tried, isChanging, cancellation);
            if (replica.IsLeading)
            {
                context.Request.Body = new MemoryStream(body.ToArray(), writable: false);
                await next.HandleAsync(context);
                return "answered";
            }

            if (leader is null)
            {
                break;
            }

            using HttpResponseMessage? answer = await TrySendAsync(leader, context.Request, path, body, cancellation);
            if (token is not null && answer?.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                await ErrorResponse.WriteAsync(
                    context,
                    StatusCodes.Status502BadGateway,
                    $"the leader ({leader.Address}) refuses it: on another machine, it must have the same --service-token as this scheduler; or ask the leader itself");
                return "failed";
            }

            if (answer is not null && !answer.Headers.Contains(LeaderGate.NotLeadingHeader))
            {
                await AnswerAsync(context, answer, cancellation);
                return attempt == 0 ? "answered" : "retried";
            }

            (tried, isChanging) = (leader, answer is not null);
            replica.LookForLeader();
        }

        await ErrorResponse.WriteBusyAsync(context, "no scheduler leads at present");
        return "no_leader";
    }

    /// <param name="tried">The leader that has not answered, or does not lead; null at first.</param>
    /// <param name="isChanging">Whether another leader is to be expected soon.</param>
    /// <param name="cancellation">Ends the wait.</param>
    private async Task<LeaseRecord?> FindLeaderAsync(LeaseRecord? tried, bool isChanging, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            Task change = replica.NextChange;
            if (replica.IsLeading)
            {
                return null;
            }

            if (replica.Leader is { } leader && leader.HolderId != tried?.HolderId)
            {
                return leader;
            }

            TimeSpan rest = ChangeBound - time.GetElapsedTime(start);
            if (!isChanging || rest <= TimeSpan.Zero)
            {
                return null;
            }

            await change.WaitAsync(rest, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <returns>Null when the leader was not reached.</returns>
    private async Task<HttpResponseMessage?> TrySendAsync(
        LeaseRecord leader, HttpRequest original, string? path, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        string target = $"{leader.Address}{path ?? original.Path.Value}{original.QueryString}";
        using var request = new HttpRequestMessage(HttpMethod.Parse(original.Method), target)
        {
            Version = leader.Address.StartsWith("https:", StringComparison.Ordinal) ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = HttpMethods.IsPost(original.Method) ? new ReadOnlyMemoryContent(body) : null,
        };
        if (request.Content is not null && original.ContentType is { } type)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        foreach (string name in RequestHeaders)
        {
            if ((token is null || name != "Authorization") && original.Headers.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues values))
            {
                request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        if (token is { IsEmpty: false } own)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + own.Reveal());
        }

        request.Headers.TryAddWithoutValidation(LeaderGate.ForwardedHeader, replica.Candidate.Id);
        try
        {
            return await http.SendAsync(request, cancellation);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage answer, CancellationToken cancellation)
    {
        HttpResponse response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (string name in AnswerHeaders)
        {
            if (answer.Headers.TryGetValues(name, out IEnumerable<string>? values))
            {
                response.Headers[name] = values.ToArray();
            }
        }

        if (answer.Content.Headers.ContentType is { } type)
        {
            response.ContentType = type.ToString();
        }

        response.ContentLength = answer.Content.Headers.ContentLength;
        await answer.Content.CopyToAsync(response.Body, cancellation);
    }
}
