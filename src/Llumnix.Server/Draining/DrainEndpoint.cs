using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Llumnix.Scheduling.Draining;
using Llumnix.Server.Http;
using Llumnix.Server.Http.Endpoints;
using Llumnix.Server.Leadership;

namespace Llumnix.Server.Draining;

/// <summary>
/// <c>/admin/drain</c>. POST with <c>{"instance": "..."}</c>, or <c>node</c>, <c>unit</c> or <c>label</c>, orders a drain; GET tells how far all drains are, or the
/// one that the query names in the same way; DELETE with such a query ends it. All answer with the drains that they are about, in JSON.
/// </summary>
/// <param name="drains">Drains.</param>
/// <param name="keep">Brings a change to the other replicas; gives false when it is void, since another one leads. Null: there is one scheduler.</param>
public sealed class DrainEndpoint(IDrainControl drains, Func<CancellationToken, Task<bool>>? keep = null) : IEndpoint
{
    /// <summary>How what 404 tells for a name that no instance has begins. Another text is of a server that has no such path.</summary>
    public const string UnknownInstance = "no instance has this name";

    /// <summary>What 404 tells for a drain that was not ordered, or has ended.</summary>
    public const string UnknownDrain = "there is no such drain";

    /// <summary>What 403 tells callers of a program without a service token.</summary>
    public const string LocalOnly = AdminGate.Local + "; from elsewhere the console's port takes it, with the token of --console-operator-token";

    private const int MaxBodyBytes = 4096;

    /// <summary>How many ids an error lists.</summary>
    private const int MaxListed = 8;

    /// <summary>The endpoint for programs without a service token: only callers on this machine are answered.</summary>
    public static Func<HttpContext, Task> MakeLocal(IDrainControl drains) => new AdminGate(new ServiceToken(""), Make(drains)) { Refusal = LocalOnly }.HandleAsync;

    /// <summary>The endpoint for programs that check their callers themselves.</summary>
    public static Func<HttpContext, Task> MakeUnguarded(IDrainControl drains) => Make(drains).HandleAsync;

    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) ? OrderAsync(context)
        : HttpMethods.IsDelete(context.Request.Method) ? UndoAsync(context)
        : TellAsync(context);

    /// <summary>The endpoint behind the check of methods.</summary>
    internal static IEndpoint Make(IDrainControl drains) => WithMethods(new DrainEndpoint(drains));

    /// <summary>The check of methods before the endpoint.</summary>
    internal static IEndpoint WithMethods(IEndpoint endpoint) => new MethodGate(endpoint, HttpMethods.Get, HttpMethods.Post, HttpMethods.Delete);

    /// <summary>The endpoint of a process that takes its drains from the schedulers: it only tells of them.</summary>
    internal static IEndpoint MakeReadOnly(IDrainControl drains) =>
        new MethodGate(new DrainEndpoint(drains), HttpMethods.Get) { Refusal = "this process does not schedule: order and end drains at a scheduler" };

    private static Task RefuseAsync(HttpContext context, string? error) =>
        ErrorResponse.WriteAsync(context, StatusCodes.Status400BadRequest, error ?? DrainSelection.WhatIsNeeded);

    private async Task OrderAsync(HttpContext context)
    {
        // A page of a foreign site can post a form without asking first, but no JSON.
        if (!context.Request.HasJsonContentType())
        {
            await ErrorResponse.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType, "the body must be application/json");
            return;
        }

        if (await ReadSelectorAsync(context) is not { } selector)
        {
            return;
        }

        switch (drains.Drain(selector))
        {
            case DrainOutcome.UnknownInstance:
                await ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, $"{UnknownInstance}; {ListInstances()}");
                break;
            case DrainOutcome.AmbiguousInstance:
                await WriteAmbiguousAsync(context, drains.FindAmbiguity(selector));
                break;
            case DrainOutcome.TooMany:
                await ErrorResponse.WriteAsync(context, StatusCodes.Status409Conflict, "there are too many drains: undo some first");
                break;
            default:
                await KeepAsync(context, () => [.. drains.ReportDrains().Where(report => report.IsMeantBy(selector))]);
                break;
        }
    }

    private string ListInstances()
    {
        IReadOnlyList<string> ids = drains.ListInstances();
        return ids.Count == 0 ? "there is none" : $"there are: {List(ids)}";
    }

    private Task TellAsync(HttpContext context)
    {
        if (context.Request.Query.Count == 0)
        {
            return WriteAsync(context, drains.ReportDrains());
        }

        if (DrainSelection.OfQuery(context.Request.Query, out string? error) is not { } selector)
        {
            return RefuseAsync(context, error);
        }

        if (drains.FindAmbiguity(selector) is { Count: > 0 } ids)
        {
            return WriteAmbiguousAsync(context, ids);
        }

        DrainReport[] reports = [.. drains.ReportDrains().Where(report => report.IsMeantBy(selector))];
        return reports.Length == 0 ? WriteNoDrainAsync(context) : WriteAsync(context, reports);
    }

    private Task UndoAsync(HttpContext context) =>
        DrainSelection.OfQuery(context.Request.Query, out string? error) is not { } selector ? RefuseAsync(context, error)
        : drains.FindAmbiguity(selector) is { Count: > 0 } ids ? WriteAmbiguousAsync(context, ids)
        : drains.UndoDrain(selector) ? KeepAsync(context, static () => [])
        : WriteNoDrainAsync(context);

    private async Task KeepAsync(HttpContext context, Func<IReadOnlyList<DrainReport>> report)
    {
        try
        {
            await (keep is null || await keep(context.RequestAborted) ? WriteAsync(context, report()) : LeaderGate.WriteNotLeadingAsync(context));
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private static Task WriteAmbiguousAsync(HttpContext context, IReadOnlyList<string> ids)
    {
        string error = $"several instances have this name, use an id or host:port: {List(ids)}";
        return ErrorResponse.WriteAsync(context, StatusCodes.Status409Conflict, error);
    }

    private static string List(IReadOnlyList<string> ids) =>
        string.Join(", ", ids.Take(MaxListed)) + (ids.Count > MaxListed ? string.Create(CultureInfo.InvariantCulture, $" and {ids.Count - MaxListed} more") : "");

    private static Task WriteNoDrainAsync(HttpContext context) =>
        ErrorResponse.WriteAsync(context, StatusCodes.Status404NotFound, UnknownDrain);

    private static async Task WriteAsync(HttpContext context, IReadOnlyList<DrainReport> reports)
    {
        ReadOnlyMemory<byte> json = DrainWriter.Write(reports);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    /// <summary>Reads the body; answers the request and returns null when it is of no use.</summary>
    private static async Task<DrainSelector?> ReadSelectorAsync(HttpContext context)
    {
        try
        {
            // The server's smallest rate of a body bounds the time.
            ReadResult read = await context.Request.BodyReader.ReadAtLeastAsync(MaxBodyBytes + 1, context.RequestAborted);
            if (read.Buffer.Length > MaxBodyBytes)
            {
                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
                await RefuseLongBodyAsync(context);
                return null;
            }

            DrainSelector? selector;
            string? error;
            try
            {
                selector = DrainSelection.OfJson(read.Buffer, out error);
            }
            finally
            {
                // The server cannot use the connection again while a read is open.
                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            }

            if (selector is null)
            {
                await RefuseAsync(context, error);
            }

            return selector;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second one is half of a surrogate pair in a text.
            await RefuseAsync(context, "the body is not JSON");
            return null;
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // The listener refuses it by its length, before it is read.
            await RefuseLongBodyAsync(context);
            return null;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            bool isSlow = (exception as BadHttpRequestException)?.StatusCode == StatusCodes.Status408RequestTimeout;
            (int status, string error) = isSlow
                ? (StatusCodes.Status408RequestTimeout, "the body came too slowly")
                : (StatusCodes.Status400BadRequest, "the body is not complete");
            RequestGuard.EndConnection(context);
            await ErrorResponse.WriteInAnyCaseAsync(context, status, error);
            return null;
        }
    }

    private static Task RefuseLongBodyAsync(HttpContext context)
    {
        RequestGuard.EndConnection(context);
        return ErrorResponse.WriteInAnyCaseAsync(context, StatusCodes.Status413PayloadTooLarge, "the body is too large");
    }
}
