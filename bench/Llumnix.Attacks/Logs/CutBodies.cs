using System.Text;
using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks.Logs;

/// <summary>Requests that are cut off within their body: by hanging up, by ending it early, and by a chunk that is none.</summary>
internal sealed class CutBodies : Attack
{
    private static readonly string[] Paths = ["/schedule", "/release", "/report"];

    internal override string Name => "cut-bodies";

    internal override string Description => "4,000 requests that hang up within their body, end it early, or send a chunk that is none";

    internal override Task RunAsync(Scene scene, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellation };
        return Parallel.ForAsync(0, scene.Scale.Of(4_000, 40), options, async (index, token) =>
        {
            using var socket = new AttackSocket();
            if (!await socket.TryConnectAsync(scene.Port, token))
            {
                scene.Answers.Add("not connected");
                return;
            }

            byte[] cut = [.. AttackSocket.Post(Paths[index % Paths.Length], 1000), .. """{"id":"cut","scheduling_mode":"""u8];
            switch (index / Paths.Length % 4)
            {
                case 0:
                    await socket.SendAsync([cut], token);
                    scene.Answers.Add("hung up");
                    break;
                case 1:
                    // Time to be in the middle of reading.
                    await socket.SendAsync([cut], token);
                    await Task.Delay(TimeSpan.FromMilliseconds(20), token);
                    scene.Answers.Add("hung up later");
                    break;
                case 2:
                    await socket.SendAsync([cut], token);
                    socket.EndSending();
                    scene.Answers.Add($"ended early {await socket.AskAsync([], scene.Scale.Hold, token)}");
                    break;
                default:
                    scene.Answers.Add($"bad chunk {await socket.AskAsync([BadChunk(Paths[index % Paths.Length])], scene.Scale.Hold, token)}");
                    break;
            }
        });
    }

    private static byte[] BadChunk(string path) =>
        Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{{\"id\"\r\nno chunk\r\n");
}
