using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks.Connections;

/// <summary>One client opens keep-alive connections until there are none left. Then a real gateway wants one.</summary>
internal sealed class WebSockets : Attack
{
    internal override string Name => "websockets";

    internal override string Description => "one client opens 4,096 keep-alive WebSockets and 200 more, then a real gateway asks for one ten times";

    internal override FleetKind Fleet(Scale scale) => FleetKind.Lite;

    internal override async Task RunAsync(Scene scene, CancellationToken cancellation)
    {
        int slots = scene.Scale.Of(4_096, 8);
        using HttpMessageInvoker attacker = AttackHttp.InvokerFrom(Addresses.Attacker);
        using HttpMessageInvoker gateway = AttackHttp.InvokerFrom(Addresses.Gateway);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var held = new List<Task>();
        try
        {
            for (int batch = 0; batch < slots; batch += 64)
            {
                Task<Task?>[] opened = [.. Enumerable.Range(batch, Math.Min(64, slots - batch)).Select(
                    i => OpenAsync(scene, attacker, "attacker", 10_000 + i, end.Token))];
                held.AddRange((await Task.WhenAll(opened)).OfType<Task>());
            }

            for (int more = 0; more < scene.Scale.Of(200, 2); more++)
            {
                Keep(await OpenAsync(scene, attacker, "attacker, one more", 20_000 + more, end.Token), held);
            }

            for (int attempt = 0; attempt < scene.Scale.Of(10, 2); attempt++)
            {
                Task? opened = await OpenAsync(scene, gateway, "gateway", 30_000 + attempt, end.Token);
                Keep(opened, held);
                if (opened is null)
                {
                    scene.Good.Fail("gateways without a keep-alive");
                }
            }

            await Task.Delay(scene.Scale.Hold, cancellation);
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(held);
        }
    }

    private static void Keep(Task? socket, List<Task> held)
    {
        if (socket is not null)
        {
            held.Add(socket);
        }
    }

    /// <summary>Opens a connection and says who is there. Returns the task that holds it and answers its pings; null when it is refused.</summary>
    private static async Task<Task?> OpenAsync(Scene scene, HttpMessageInvoker invoker, string who, int port, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        try
        {
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{scene.Port}/keepalive"), invoker, patience.Token);
            byte[] frame = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"host":"10.9.9.9","port":{{port}}}"""));
            await socket.SendAsync(frame, WebSocketMessageType.Text, true, patience.Token);
            byte[] answer = new byte[64];
            WebSocketReceiveResult received = await socket.ReceiveAsync(answer, patience.Token);
            bool isAccepted = received.MessageType == WebSocketMessageType.Text;
            scene.Answers.Add($"{who} {(isAccepted ? "ok" : "closed")}");
            if (isAccepted)
            {
                return HoldAsync(socket, cancellation);
            }

            socket.Dispose();
            return null;
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            scene.Answers.Add($"{who} {(socket.HttpStatusCode == 0 ? "not connected" : (int)socket.HttpStatusCode)}");
            socket.Dispose();
            return null;
        }
    }

    private static async Task HoldAsync(ClientWebSocket socket, CancellationToken cancellation)
    {
        using (socket)
        {
            await socket.ReceiveAsync(new byte[64], cancellation).ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }
}
