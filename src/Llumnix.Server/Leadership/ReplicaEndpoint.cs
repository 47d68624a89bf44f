using System.Text.Json;
using Llumnix.Server.Http;

namespace Llumnix.Server.Leadership;

/// <summary><c>POST /replica</c>: takes the report of another replica, and answers whether this one leads.</summary>
internal sealed class ReplicaEndpoint(Replica replica, BodyReceiver bodies) : IEndpoint
{
    /// <summary>The path.</summary>
    internal const string Path = "/replica";

    /// <summary>The path of drains for other replicas: <c>/admin/drain</c> on the port of the service.</summary>
    internal const string DrainPath = "/replica/drain";

    /// <summary>Longest id of a replica.</summary>
    internal const int MaxIdBytes = 256;

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) => bodies.ReceiveBytesAsync(context, AnswerAsync);

    private Task AnswerAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        if (Read(body.Span) is not { } report)
        {
            return ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, "this is not the report of a replica");
        }

        if (report.Id != replica.Candidate.Id && !replica.Others.Take(report))
        {
            return ErrorResponse.WriteBusyAsync(context, "too many replicas or gateways");
        }

        if (!report.IsLeaving)
        {
            replica.Peers.Hear(report.Id, context.Connection.RemoteIpAddress, report.PeerPort);
        }

        var answer = new ReplicaAnswer(replica.Candidate.Id, replica.IsLeading, replica.Epoch, replica.Peers.All());
        return context.Response.WriteAsJsonAsync(answer, LeadershipJsonContext.Default.ReplicaAnswer);
    }

    private static ReplicaReport? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, LeadershipJsonContext.Default.ReplicaReport) is { Id.Length: > 0 and <= MaxIdBytes, Gateways: not null } report
                && report.Gateways.All(static gateway => gateway is { Id.Length: > 0 and <= BodyBounds.MaxTextBytes })
                ? report
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
