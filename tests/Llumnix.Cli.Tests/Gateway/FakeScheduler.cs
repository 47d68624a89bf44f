using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Llumnix.Cli.Tests.Load;
using Microsoft.AspNetCore.Http;

namespace Llumnix.Cli.Tests.Gateway;

/// <summary>Answers /schedule as told and keeps every message in order: "schedule ..." and "release ...".</summary>
internal sealed class FakeScheduler : IAsyncDisposable
{
    private readonly Func<JsonElement, (int Status, string Result)> _answer;
    private LoopbackServer _server = null!;

    private FakeScheduler(Func<JsonElement, (int Status, string Result)> answer) => _answer = answer;

    public Uri Url => _server.Url;

    /// <summary>The bodies of /schedule.</summary>
    public ConcurrentQueue<JsonElement> Schedules { get; } = [];

    /// <summary>The bodies of /release.</summary>
    public ConcurrentQueue<JsonElement> Releases { get; } = [];

    /// <summary>The rows of /report, in the order of their arrival.</summary>
    public ConcurrentQueue<JsonElement> Reports { get; } = [];

    /// <summary>The first frames of keep-alive connections.</summary>
    public ConcurrentQueue<JsonElement> Gateways { get; } = [];

    /// <summary>The far ends of the keep-alive connections, as the scheduler sees them.</summary>
    public ConcurrentQueue<string> GatewayAddresses { get; } = [];

    /// <summary>Completes when a keep-alive connection is to be broken off; then a new one takes its place.</summary>
    public TaskCompletionSource Break { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="answer">From a request to the status and the <c>scheduling_result</c>.</param>
    public static async Task<FakeScheduler> StartAsync(Func<JsonElement, (int Status, string Result)> answer)
    {
        var scheduler = new FakeScheduler(answer);
        scheduler._server = await LoopbackServer.StartAsync(scheduler.HandleAsync);
        return scheduler;
    }

    /// <summary>A scheduler that gives these engines, in this order, to every request.</summary>
    public static Task<FakeScheduler> StartAsync(params (string InferType, Uri Url)[] engines) =>
        StartAsync(_ => (200, Result(engines)));

    /// <summary>The JSON of a <c>scheduling_result</c>.</summary>
    public static string Result(params (string InferType, Uri Url)[] engines) =>
        "[" + string.Join(',', engines.Select(engine => $$"""
            {"version":7,"id":"{{engine.InferType}}-1","infer_type":"{{engine.InferType}}","endpoint":{"host":"{{engine.Url.Host}}","port":{{engine.Url.Port}}},"aux_ip":"{{engine.Url.Host}}","aux_port":{{engine.Url.Port}},"dp_size":1}
            """)) + "]";

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Path == "/keepalive")
        {
            await KeepAliveAsync(context);
            return;
        }

        JsonElement body = (await JsonDocument.ParseAsync(context.Request.Body)).RootElement;
        if (context.Request.Path == "/report")
        {
            foreach (JsonElement row in body.EnumerateArray())
            {
                Reports.Enqueue(row);
            }

            return;
        }

        if (context.Request.Path == "/release")
        {
            Releases.Enqueue(body);
            return;
        }

        Schedules.Enqueue(body);
        (int status, string result) = _answer(body);
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(status == 200 ? $$"""{"id":"{{body.GetProperty("id").GetString()}}","scheduling_result":{{result}}}""" : "no\n");
    }

    private async Task KeepAliveAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] frame = new byte[256];
        WebSocketReceiveResult received = await socket.ReceiveAsync(frame, context.RequestAborted);
        GatewayAddresses.Enqueue($"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}");
        Gateways.Enqueue(JsonDocument.Parse(frame.AsMemory(0, received.Count)).RootElement);
        await socket.SendAsync("ok"u8.ToArray(), WebSocketMessageType.Text, true, context.RequestAborted);
        await Task.WhenAny(Break.Task, socket.ReceiveAsync(frame, context.RequestAborted));
        Break = new(TaskCreationOptions.RunContinuationsAsynchronously);
        socket.Abort();
    }
}
