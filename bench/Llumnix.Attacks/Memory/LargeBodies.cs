using System.Text;
using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks.Memory;

/// <summary>Complete bodies just below the bound, all at once: prompts of token ids.</summary>
internal sealed class LargeBodies : Attack
{
    private static readonly byte[] Beginning = """{"id":"large","scheduling_mode":"neutral","prompt_token_ids":[1"""u8.ToArray();

    internal override string Name => "large-bodies";

    internal override string Description => "30 bodies of 15.9 MB at once, full of token ids";

    internal override Task RunAsync(Scene scene, CancellationToken cancellation)
    {
        byte[] ids = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(",128000", scene.Scale.Of(15_900_000, 70_000) / 7)));
        byte[] end = "]}"u8.ToArray();
        byte[] head = AttackSocket.Post("/schedule", Beginning.Length + ids.Length + end.Length);
        int connections = scene.Scale.Of(30, 4);
        return Crowd.AskAsync(scene, connections, connections, _ => [head, Beginning, ids, end], scene.Scale.Hold * 3, cancellation);
    }
}
