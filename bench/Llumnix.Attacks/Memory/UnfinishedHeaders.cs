using System.Text;
using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks.Memory;

/// <summary>Connections that send most of the headers that a server takes and never end them: nobody can ask them for a token.</summary>
internal sealed class UnfinishedHeaders : Attack
{
    internal override string Name => "unfinished-headers";

    internal override string Description => "6,700 connections send 30 kB of headers each and do not end them";

    internal override async Task RunAsync(Scene scene, CancellationToken cancellation)
    {
        string lines = string.Concat(Enumerable.Range(0, 30).Select(i => $"X-{i:00}: {new string('x', 992)}\r\n"));
        byte[] headers = Encoding.ASCII.GetBytes("GET /readyz HTTP/1.1\r\nHost: s\r\n" + lines);
        var sockets = new AttackSocket[scene.Scale.Of(6_700, 20)];
        var options = new ParallelOptions { MaxDegreeOfParallelism = 100, CancellationToken = cancellation };
        try
        {
            // Connected a hundred at a time, held all together.
            var connected = new bool[sockets.Length];
            await Parallel.ForAsync(0, sockets.Length, options, async (index, token) =>
            {
                sockets[index] = new AttackSocket();
                connected[index] = await sockets[index].TryConnectAsync(scene.Port, token);
            });
            await Task.WhenAll(sockets.Select(async (socket, index) => scene.Answers.Add(
                connected[index] ? await socket.AskAsync([headers], scene.Scale.Hold, cancellation) : "not connected")));
        }
        finally
        {
            Array.ForEach(sockets, static socket => socket?.Dispose());
        }
    }
}
