using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Llumnix.Server.Leadership;

/// <summary>Reports to other replicas. For any threads.</summary>
/// <param name="http">The connections to other replicas; not disposed.</param>
/// <param name="token">The service token, the same for all replicas; empty: none.</param>
/// <param name="time">Timeouts.</param>
internal sealed class ReplicaClient(HttpMessageInvoker http, string token, TimeProvider time) : IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024;

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Sends a report.</summary>
    /// <param name="address">Where the other replica is.</param>
    /// <param name="report">What it is told.</param>
    /// <param name="bound">Bound on the call.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <returns>The answer; <see cref="ReplicaAnswer.Refusal"/> when the token is refused; null when there is none, or none that can be used.</returns>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Nothing that another replica does ends the loop of reports.")]
    internal async Task<ReplicaAnswer?> ReportAsync(string address, ReplicaReport report, TimeSpan bound, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(bound, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address + ReplicaEndpoint.Path)
            {
                Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(report, LeadershipJsonContext.Default.ReplicaReport)),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            if (token.Length > 0)
            {
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
            }

            using HttpResponseMessage response = await http.SendAsync(request, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                return response.StatusCode == HttpStatusCode.Unauthorized ? ReplicaAnswer.Refusal : null;
            }

            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, either.Token);
            return JsonSerializer.Deserialize(
                await response.Content.ReadAsByteArrayAsync(either.Token), LeadershipJsonContext.Default.ReplicaAnswer);
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
