using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Llumnix.EngineEmulator.Engines;
using Llumnix.EngineEmulator.Http;
using Llumnix.Simulation.Engines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Llumnix.EngineEmulator.Migration;

/// <summary>
/// The destination's side of migrations from other processes, at the kvt port. A reservation lives as long as its connection: the response begins
/// with the reservation's number, and after the hand-over the request's events follow, one per line. When the source goes away or drops the
/// connection, the request is aborted. The request belongs to the source until the source has received the hand-over's answer.
/// </summary>
internal sealed class KvtEndpoints(EngineRegistry registry, EngineHostOptions options)
{
    public const string ReservationsPath = "/kvt/reservations";
    private const string Inconsistent = "the request's numbers of tokens do not fit together";

    private readonly ConcurrentDictionary<long, Reservation> _open = new();
    private long _number;

    /// <summary>Number of reservations and of requests that have arrived by them.</summary>
    public int OpenCount => _open.Count;

    public void Map(WebApplication app)
    {
        app.MapPost(ReservationsPath, (RequestDelegate)ReserveAsync);
        app.MapPost(ReservationsPath + "/{number:long}", (RequestDelegate)HandOverAsync);
    }

    private async Task ReserveAsync(HttpContext context)
    {
        if (registry.ByPort(context.Connection.LocalPort) is not { HasEnded: false } engine)
        {
            context.Abort();
            return;
        }

        if (await JsonBody.ReadAsync(context, MigrationJson.Default.ReservationMessage, options) is not { } message)
        {
            return;
        }

        using var stream = new TokenStream(message.RequestId, options.MaxUnsentTokens);
        MigrationDestination? reservation = null;
        MigratingRequest request = message.ToRequest(stream);
        string? refusal = message.EngineId != engine.InstanceId ? $"this is {engine.InstanceId}, not {message.EngineId}"
            : !TextLimits.IsEngineId(message.RequestId) ? "the request's id is empty or too long"
            : request.IsConsistent ? null
            : Inconsistent;
        if (refusal is null && engine.Runner.TryMigrateIn(request, out reservation, out refusal))
        {
            await ServeAsync(context, new Reservation(engine.Runner, reservation, request.Request), stream);
        }
        else
        {
            await RefuseAsync(context, refusal!);
        }
    }

    private async Task ServeAsync(HttpContext context, Reservation reservation, TokenStream stream)
    {
        long number = Interlocked.Increment(ref _number);
        _open[number] = reservation;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stream.Broken);
        try
        {
            if (!reservation.Engine.TryConnect(stream))
            {
                context.Abort();
                return;
            }

            await WriteLineAsync(context, string.Create(CultureInfo.InvariantCulture, $"{number}"), ending.Token);
            await ForwardAsync(context, stream, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            _open.TryRemove(number, out _);
            reservation.Engine.Cancel(reservation.Migration);
            reservation.Engine.Disconnect(stream);
        }
    }

    private static async Task ForwardAsync(HttpContext context, TokenStream stream, CancellationToken cancellationToken)
    {
        while (await stream.Events.WaitToReadAsync(cancellationToken))
        {
            while (stream.Events.TryRead(out StepEvent stepEvent))
            {
                Encoding.UTF8.GetBytes(EventLine.Write(stepEvent) + "\n", context.Response.BodyWriter);
            }

            await context.Response.BodyWriter.FlushAsync(cancellationToken);
        }
    }

    private async Task HandOverAsync(HttpContext context)
    {
        if (await JsonBody.ReadAsync(context, MigrationJson.Default.HandOverMessage, options) is not { } message)
        {
            return;
        }

        _ = long.TryParse((string?)context.GetRouteValue("number"), NumberStyles.None, CultureInfo.InvariantCulture, out long number);
        string? refusal = _open.TryGetValue(number, out Reservation? reservation)
            ? HandOver(reservation, new MigratingRequest(reservation.Request, message.EmittedTokens, message.ComputedTokens, message.NeedsLoad))
            : "there is no such reservation";
        if (refusal is not null)
        {
            await RefuseAsync(context, refusal);
        }
    }

    private static string? HandOver(Reservation reservation, MigratingRequest request) =>
        request.IsConsistent ? reservation.Engine.Resume(reservation.Migration, request) : Inconsistent;

    private static async Task RefuseAsync(HttpContext context, string reason)
    {
        context.Response.StatusCode = StatusCodes.Status409Conflict;
        await context.Response.WriteAsync(reason, context.RequestAborted);
    }

    private static async Task WriteLineAsync(HttpContext context, string line, CancellationToken cancellationToken)
    {
        Encoding.UTF8.GetBytes(line + "\n", context.Response.BodyWriter);
        await context.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    private sealed record Reservation(EngineRunner Engine, MigrationDestination Migration, EngineRequest Request);
}
