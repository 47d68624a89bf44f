using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Llumnix.LoadGenerator;

/// <summary>
/// <c>loadgen gateways</c>: gateways of lite mode, each with a keep-alive connection and live requests whose growing tokens it reports in
/// one batch per interval; prints the server's CPU.
/// </summary>
internal sealed class GatewayReports(int port, int gateways, int requests, TimeSpan interval, TimeSpan duration, int serverProcess)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private long _failed;
    private long _sent;

    internal static Command Command()
    {
        var port = new Option<int>("--port") { DefaultValueFactory = _ => 8002 };
        var gateways = new Option<int>("--gateways") { DefaultValueFactory = _ => 200 };
        var requests = new Option<int>("--requests") { DefaultValueFactory = _ => 500, Description = "live requests of each gateway" };
        var interval = new Option<double>("--interval-ms") { DefaultValueFactory = _ => 1000 };
        var duration = new Option<double>("--duration") { DefaultValueFactory = _ => 10, Description = "seconds" };
        var process = new Option<int>("--server-pid");
        var command = new Command("gateways", "Holds live requests of many gateways and reports them.") { port, gateways, requests, interval, duration, process };
        command.SetAction((parsed, cancellation) => new GatewayReports(
            parsed.GetValue(port),
            parsed.GetValue(gateways),
            parsed.GetValue(requests),
            TimeSpan.FromMilliseconds(parsed.GetValue(interval)),
            TimeSpan.FromSeconds(parsed.GetValue(duration)),
            parsed.GetValue(process)).RunAsync(cancellation));
        return command;
    }

    private async Task<int> RunAsync(CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ready = new CountdownEvent(gateways);
        Task[] running = [.. Enumerable.Range(0, gateways).Select(i => Task.Run(() => RunGatewayAsync(i, ready, end.Token)))];
        await Task.Run(() => ready.Wait(cancellation), cancellation);
        await Task.Delay(WarmUp, cancellation);
        (TimeSpan cpu, long sent, long start) = (ProcessCpu.Of(serverProcess), Volatile.Read(ref _sent), Stopwatch.GetTimestamp());
        await Task.Delay(duration, cancellation);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        cpu = ProcessCpu.Of(serverProcess) - cpu;
        sent = Volatile.Read(ref _sent) - sent;
        await end.CancelAsync();
        await Task.WhenAll(running.Select(task => task.ContinueWith(static _ => { }, TaskScheduler.Default)));
        Console.WriteLine(
            $"{sent * requests / seconds:F0} rows/s in {sent / seconds:F0} reports/s, {_failed} failed, "
            + $"server CPU {cpu.TotalSeconds / seconds:F3} cores, {cpu.TotalMicroseconds / Math.Max(1, sent * requests):F2} µs per row");
        return _failed == 0 ? 0 : 1;
    }

    private async Task RunGatewayAsync(int index, CountdownEvent ready, CancellationToken cancellation)
    {
        string id = $"10.1.{index / 250}.{index % 250}:40000";
        using ClientWebSocket keepAlive = await ConnectAsync(index, cancellation);
        Task reading = keepAlive.ReceiveAsync(new byte[64], cancellation);
        using var connection = new HttpConnection();
        await connection.ConnectAsync("127.0.0.1", port, cancellation);
        var placed = new List<(string Id, string Instance)>();
        for (int i = 0; i < requests; i++)
        {
            placed.Add(await ScheduleAsync(connection, id, $"{Guid.NewGuid()}", cancellation));
        }

        ready.Signal();
        await Task.Delay(interval * index / gateways, cancellation);
        using var timer = new PeriodicTimer(interval);
        for (int tokens = 1000; !cancellation.IsCancellationRequested; tokens += 20)
        {
            byte[] report = Post("/report", Rows(placed, id, tokens));
            Interlocked.Add(ref _failed, await connection.RoundTripAsync(report, cancellation) == 200 ? 0 : 1);
            Interlocked.Increment(ref _sent);
            await timer.WaitForNextTickAsync(cancellation);
        }

        await reading;
    }

    private async Task<ClientWebSocket> ConnectAsync(int index, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/keepalive"), cancellation);
        byte[] endpoint = Encoding.ASCII.GetBytes($$"""{"host":"10.1.{{index / 250}}.{{index % 250}}","port":40000}""");
        await socket.SendAsync(endpoint, WebSocketMessageType.Text, true, cancellation);
        await socket.ReceiveAsync(new byte[64], cancellation);
        return socket;
    }

    private static async Task<(string Id, string Instance)> ScheduleAsync(
        HttpConnection connection, string gateway, string id, CancellationToken cancellation)
    {
        string body = $$"""{"id":"{{id}}","gateway_id":"{{gateway}}","scheduling_mode":"neutral","prompt_num_tokens":1000}""";
        int status = await connection.RoundTripAsync(Post("/schedule", body), cancellation);
        if (status != 200)
        {
            throw new InvalidOperationException($"The scheduler answered {status}.");
        }

        using JsonDocument answer = JsonDocument.Parse(connection.Body);
        return (id, answer.RootElement.GetProperty("scheduling_result")[0].GetProperty("id").GetString()!);
    }

    private static string Rows(List<(string Id, string Instance)> placed, string gateway, int tokens)
    {
        var rows = new StringBuilder("[");
        foreach ((string id, string instance) in placed)
        {
            rows.Append(rows.Length == 1 ? "" : ",").Append(
                CultureInfo.InvariantCulture,
                $$"""{"kind":"state_update","id":"{{id}}","model":"llama-3.1-8b","infer_type":"neutral","instance_id":"{{instance}}","gateway_id":"{{gateway}}","num_tokens":{{tokens}}}""");
        }

        return rows.Append(']').ToString();
    }

    private static byte[] Post(string path, string body) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: scheduler\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
