using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks.Memory;

/// <summary>Connections that each announce a body of 16 MiB, send the first MiB of it, and wait.</summary>
internal sealed class AnnouncedBodies : Attack
{
    internal override string Name => "announced-bodies";

    internal override string Description => "500 connections announce a body of 16 MiB each and send 1 MiB of it";

    internal override Task RunAsync(Scene scene, CancellationToken cancellation)
    {
        byte[] head = AttackSocket.Post("/schedule", 16 * 1024 * 1024);
        byte[] beginning = new byte[scene.Scale.Of(1024 * 1024, 64 * 1024)];
        Array.Fill(beginning, (byte)' ');
        int connections = scene.Scale.Of(500, 8);
        return Crowd.AskAsync(scene, connections, connections, _ => [head, beginning], scene.Scale.Hold, cancellation);
    }
}
