using System.Globalization;
using System.Net;
using Llumnix.Adapters.Outages;
using Llumnix.Gateway.Http;
using Llumnix.Protocol.Http;
using Microsoft.Extensions.Logging;

namespace Llumnix.Gateway.Placement.Schedulers;

/// <summary>The gateway's side of a scheduler's HTTP API. Safe for concurrent use.</summary>
/// <param name="http">Connections.</param>
/// <param name="scheduler">Where the scheduler is.</param>
/// <param name="time">Timeouts.</param>
/// <param name="logger">Failures.</param>
public sealed partial class SchedulerClient(HttpMessageInvoker http, SchedulerAccess scheduler, TimeProvider time, ILogger logger)
{
    private const int ReleaseAttempts = 3;

    /// <summary>A placement that arrives later than this many timeouts is not waited for.</summary>
    private const int LateTimeouts = 5;

    private const int MaxProblemChars = 300;
    private static readonly TimeSpan ReleaseRetryDelay = TimeSpan.FromMilliseconds(500);
    private readonly Lock _logging = new();
    private readonly OutageLog _releaseOutages = new(time);
    private readonly OutageLog _reportOutages = new(time);

    /// <summary>Asks for a placement.</summary>
    /// <remarks>
    /// A placement that arrives after its caller has given up is released here: the scheduler has accounted for it, and no caller knows its instances.
    /// </remarks>
    /// <param name="message">The request.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <param name="traceParent">The trace that the request belongs to, as W3C <c>traceparent</c>; empty for none.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<SchedulerAnswer> ScheduleAsync(ScheduleRequestBody message, CancellationToken cancellation, string traceParent = "")
    {
        cancellation.ThrowIfCancellationRequested();
        Task<SchedulerAnswer> asked = AskAsync(message, traceParent);
        try
        {
            return await asked.WaitAsync(scheduler.Timeout, time, cancellation);
        }
        catch (TimeoutException)
        {
            _ = ReleaseLateAsync(asked, message);
            return SchedulerAnswer.Refused(SchedulerOutcome.TimedOut, "no answer in time");
        }
        catch (OperationCanceledException)
        {
            _ = ReleaseLateAsync(asked, message);
            throw;
        }
    }

    /// <summary>
    /// Releases instances, with retries where the scheduler did not take the release. Ends within 10 s at the default timeout. A failure is only logged, once per outage, since
    /// the request itself has ended. Does not throw.
    /// </summary>
    /// <param name="message">The message of the placement.</param>
    /// <param name="instances">The instances, as the scheduler has answered them.</param>
    public async Task ReleaseAsync(ScheduleRequestBody message, IReadOnlyList<Instance> instances)
    {
        ScheduleRequestBody body = message.WithoutPrompt() with { PromptNumTokens = 0, SchedulingResult = instances };
        for (int attempt = 1; ; attempt++)
        {
            (HttpStatusCode? status, string problem) = await PostAsync("/release", () => JsonBody.From(body, HttpJsonContext.Default.ScheduleRequestBody));
            if (problem.Length == 0)
            {
                IsNews(_releaseOutages, problem);
                return;
            }

            // Any other status is the scheduler's last word.
            if (attempt == ReleaseAttempts || status is < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests)
            {
                if (IsNews(_releaseOutages, problem))
                {
                    LogReleaseFailed(message.Id, problem);
                }

                return;
            }

            await Task.Delay(ReleaseRetryDelay, time, CancellationToken.None);
        }
    }

    /// <summary>Reports how far requests are. A failure is only logged, since the next report has newer numbers. Does not throw.</summary>
    public async Task ReportAsync(IReadOnlyList<RequestReport> rows, CancellationToken cancellation)
    {
        (_, string problem) = await PostAsync("/report", () => JsonBody.From(rows, HttpJsonContext.Default.RequestReports), cancellation);
        if (!cancellation.IsCancellationRequested && IsNews(_reportOutages, problem))
        {
            LogReportFailed(rows.Count, problem);
        }
    }

    /// <summary>Records what became of a call: while a scheduler is away, every release and report fails in the same way.</summary>
    /// <returns>Whether there is a failure to be logged.</returns>
    private bool IsNews(OutageLog outages, string problem)
    {
        lock (_logging)
        {
            if (problem.Length > 0)
            {
                return outages.Fails(problem);
            }

            outages.Answers();
            return false;
        }
    }

    /// <returns>Does not throw.</returns>
    private async Task<SchedulerAnswer> AskAsync(ScheduleRequestBody message, string traceParent)
    {
        using var limit = new CancellationTokenSource(scheduler.Timeout * LateTimeouts, time);
        try
        {
            using HttpRequestMessage post = Post("/schedule", JsonBody.From(message, HttpJsonContext.Default.ScheduleRequestBody));
            if (traceParent.Length > 0)
            {
                post.Headers.TryAddWithoutValidation("traceparent", traceParent);
            }

            using HttpResponseMessage response = await http.SendAsync(post, limit.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return RefusalOf(response.StatusCode, await ReadProblemAsync(response.Content, limit.Token)) with { HoldTime = HoldTimeOf(response) };
            }

            ScheduleRequestBody? answer = await JsonBody.ReadAsync(response.Content, HttpJsonContext.Default.ScheduleRequestBody, limit.Token);
            IReadOnlyList<Instance> instances = [.. (answer?.SchedulingResult ?? []).Where(static instance => instance is not null)];
            if (AskedInstances.TryOrder(message, instances, out IReadOnlyList<Instance>? ordered))
            {
                return new SchedulerAnswer(SchedulerOutcome.Placed, ordered);
            }

            await ReleaseEachAsync(message, instances);
            return SchedulerAnswer.Refused(SchedulerOutcome.NotReady, "an answer without the instances that were asked for");
        }
        catch (OperationCanceledException)
        {
            return SchedulerAnswer.Refused(SchedulerOutcome.TimedOut, "no answer in time");
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return SchedulerAnswer.Refused(SchedulerOutcome.NotReady, "an answer that is too long");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or ObjectDisposedException)
        {
            return SchedulerAnswer.Refused(SchedulerOutcome.Unreachable, FailureText.Describe(exception));
        }
    }

    private async Task ReleaseLateAsync(Task<SchedulerAnswer> asked, ScheduleRequestBody message)
    {
        SchedulerAnswer answer = await asked;
        if (answer.Outcome == SchedulerOutcome.Placed)
        {
            await ReleaseEachAsync(message, answer.Instances);
        }
    }

    private Task ReleaseEachAsync(ScheduleRequestBody message, IReadOnlyList<Instance> instances) =>
        Task.WhenAll(instances.Select(instance => ReleaseAsync(message, [instance])));

    /// <summary>The texts are the scheduler's own: its statuses alone do not tell these cases apart, since other gateways know only the statuses.</summary>
    private static SchedulerAnswer RefusalOf(HttpStatusCode status, string text) => SchedulerAnswer.Refused(
        status switch
        {
            HttpStatusCode.TooManyRequests when text.Contains("longer than the whole KV cache", StringComparison.Ordinal) => SchedulerOutcome.PromptTooLong,
            HttpStatusCode.TooManyRequests => SchedulerOutcome.Busy,
            HttpStatusCode.NotFound when text.Contains("is excluded", StringComparison.Ordinal) => SchedulerOutcome.AllExcluded,
            HttpStatusCode.NotFound => SchedulerOutcome.NotFound,
            _ => SchedulerOutcome.NotReady,
        },
        FormattableString.Invariant($"status {(int)status}"));

    private static TimeSpan? HoldTimeOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(ScheduleHeaders.Hold, out IEnumerable<string>? values) && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out int milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds) : null;

    private static async Task<string> ReadProblemAsync(HttpContent content, CancellationToken cancellation)
    {
        byte[] start = new byte[MaxProblemChars];
        await using Stream stream = await content.ReadAsStreamAsync(cancellation);
        int read = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        return System.Text.Encoding.UTF8.GetString(start, 0, read);
    }

    /// <returns>The status where there is one, and what went wrong; empty when nothing did. Does not throw.</returns>
    private async Task<(HttpStatusCode? Status, string Problem)> PostAsync(
        string path, Func<HttpContent> body, CancellationToken cancellation = default)
    {
        using var limit = new CancellationTokenSource(scheduler.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using HttpRequestMessage post = Post(path, body());
            using HttpResponseMessage response = await http.SendAsync(post, either.Token);
            return (response.StatusCode, response.IsSuccessStatusCode ? "" : FormattableString.Invariant($"status {(int)response.StatusCode}"));
        }
        catch (OperationCanceledException)
        {
            return (null, "no answer in time");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or ObjectDisposedException)
        {
            return (null, FailureText.Describe(exception));
        }
    }

    private HttpRequestMessage Post(string path, HttpContent content)
    {
        var post = new HttpRequestMessage(HttpMethod.Post, scheduler.At(path)) { Content = content };
        if (scheduler.ServiceToken.Length > 0)
        {
            post.Headers.TryAddWithoutValidation("Authorization", scheduler.ServiceToken);
        }

        return post;
    }
}
