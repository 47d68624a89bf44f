using System.Text;
using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks.Memory;

/// <summary>Releases whose list of instances is as long as the bound on a body allows.</summary>
internal sealed class ReleaseRows : Attack
{
    private static readonly byte[] Beginning = """{"id":"rows","scheduling_result":[{}"""u8.ToArray();

    internal override string Name => "release-rows";

    internal override string Description => "8 releases of 5 million empty instances, four at once";

    internal override Task RunAsync(Scene scene, CancellationToken cancellation)
    {
        byte[] rows = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(",{}", scene.Scale.Of(5_000_000, 5_000) - 1)));
        byte[] end = "]}"u8.ToArray();
        byte[] head = AttackSocket.Post("/release", Beginning.Length + rows.Length + end.Length);
        return Crowd.AskAsync(scene, scene.Scale.Of(8, 2), atOnce: 4, _ => [head, Beginning, rows, end], scene.Scale.Hold * 3, cancellation);
    }
}
