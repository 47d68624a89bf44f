using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Llumnix.Cli.Load;
using Llumnix.Cli.Options;
using Llumnix.Server.Draining;

namespace Llumnix.Cli.Drain;

/// <summary>Calls a scheduler's <c>/admin/drain</c>.</summary>
internal sealed class DrainClient(SchedulerTarget target) : IDisposable
{
    private const int MaxAnswerBytes = 16 << 20;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private readonly HttpClient _client = ClientFactory.Create(Timeout, MaxAnswerBytes);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>Orders a drain.</summary>
    internal Task<DrainStatus> OrderAsync(string scope, string value, CancellationToken cancellation) =>
        CallAsync(target.Request(HttpMethod.Post, "/admin/drain", new JsonObject { [scope] = value }.ToJsonString()), cancellation);

    /// <summary>Tells how far one drain is, or all of them without a value.</summary>
    internal Task<DrainStatus> TellAsync(string scope, string? value, CancellationToken cancellation) =>
        CallAsync(target.Request(HttpMethod.Get, value is null ? "/admin/drain" : Query(scope, value)), cancellation);

    /// <summary>Ends a drain.</summary>
    internal Task<DrainStatus> UndoAsync(string scope, string value, CancellationToken cancellation) =>
        CallAsync(target.Request(HttpMethod.Delete, Query(scope, value)), cancellation);

    private static string Query(string scope, string value) => $"/admin/drain?{scope}={Uri.EscapeDataString(value)}";

    /// <exception cref="UnknownDrainException">The scheduler knows no such instance or drain.</exception>
    /// <exception cref="HttpRequestException">No answer, or none of success; then with its status.</exception>
    /// <exception cref="JsonException">The answer is none of a scheduler.</exception>
    private async Task<DrainStatus> CallAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using (request)
        {
            using HttpResponseMessage answer = await _client.SendAsync(request, cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                (string reason, string message) = await AnswerText.DescribeAsync(answer, cancellation);
                throw answer.StatusCode == HttpStatusCode.NotFound && (reason == DrainEndpoint.UnknownDrain || reason.StartsWith(DrainEndpoint.UnknownInstance, StringComparison.Ordinal))
                    ? new UnknownDrainException(message)
                    : new HttpRequestException(message + Hint(answer.StatusCode, reason), null, answer.StatusCode);
            }

            byte[] body = await answer.Content.ReadAsByteArrayAsync(cancellation);
            return JsonSerializer.Deserialize(body, DrainJson.Default.DrainStatus) is { } status
                && status.Drains.All(static drain => drain is { Instances: not null } && drain.Instances.All(static instance => instance is not null))
                    ? status with { Json = Encoding.UTF8.GetString(body) } : throw new JsonException();
        }
    }

    private static string Hint(HttpStatusCode status, string reason) => status switch
    {
        HttpStatusCode.NotFound =>
            $" (there is no /admin/drain; of a scheduler with --admin-port, {SchedulerTarget.Address.Name} must name that port, and of llumnix serve the port where it serves)",
        // It names the port itself.
        HttpStatusCode.Forbidden when reason == DrainEndpoint.LocalOnly => "",
        HttpStatusCode.Forbidden =>
            $" (a console's port drains with its operator token only; {SchedulerTarget.Address.Name} can name the scheduler's own port, 8002 unless told otherwise, or that of llumnix serve, 8080)",
        HttpStatusCode.Unauthorized => $" (give the service token by --token-file or {SchedulerTarget.TokenVariable})",
        _ => "",
    };
}
