using Llumnix.Attacks.Harness;
using Llumnix.LoadGenerator;

namespace Llumnix.Attacks.Logs;

/// <summary>Reports with a row that is none, as fast as they are taken.</summary>
internal sealed class BadReports : Attack
{
    private const int Connections = 4;
    private static readonly byte[] Report = [.. AttackSocket.Post("/report", 3), .. "[1]"u8];

    internal override string Name => "bad-reports";

    internal override string Description => "reports with a bad row on 4 connections, as fast as they are taken, 200,000 at most, in lite mode";

    internal override FleetKind Fleet(Scale scale) => FleetKind.Lite;

    internal override async Task RunAsync(Scene scene, CancellationToken cancellation)
    {
        using var end = new CancellationTokenSource(scene.Scale.Hold);
        int reports = scene.Scale.Of(200_000, 40) / Connections;
        Task[] senders = [.. Enumerable.Range(0, Connections).Select(
            _ => Task.Factory.StartNew(() => Send(scene, reports, end.Token), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        await Task.WhenAll(senders);
    }

    private static void Send(Scene scene, int reports, CancellationToken end)
    {
        using var connection = new HttpConnection();
        try
        {
            connection.Connect(Addresses.Attacker, scene.Port, TimeSpan.FromSeconds(5));
            for (int i = 0; i < reports && !end.IsCancellationRequested; i++)
            {
                scene.Answers.Add($"{connection.RoundTrip(Report)}");
            }
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            scene.Answers.Add("closed");
        }
    }
}
