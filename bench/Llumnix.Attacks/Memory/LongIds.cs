using System.Text;
using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks.Memory;

/// <summary>Requests whose texts are megabytes long: what is kept of a request is kept with its id, and in lite mode with its gateway's.</summary>
internal sealed class LongIds(bool isFullMode) : Attack
{
    private static readonly string[] Fields = ["id", "model", "gateway_id"];

    internal override string Name => isFullMode ? "long-ids" : "long-ids-lite";

    internal override string Description => "72 requests whose id, model or gateway_id is 1 to 8 MB long" + (isFullMode ? "" : ", in lite mode");

    internal override FleetKind Fleet(Scale scale) => isFullMode ? FleetKind.Full : FleetKind.Lite;

    internal override Task RunAsync(Scene scene, CancellationToken cancellation)
    {
        int unit = scene.Scale.Of(1_000_000, 10_000);
        byte[] text = new byte[8 * unit];
        Array.Fill(text, (byte)'x');
        return Crowd.AskAsync(
            scene, scene.Scale.Of(72, 6), atOnce: 4, index => Request(index, text, unit), scene.Scale.Hold, cancellation);
    }

    private static IReadOnlyList<ReadOnlyMemory<byte>> Request(int index, byte[] text, int unit)
    {
        string field = Fields[index % Fields.Length];
        string others = string.Concat(Fields.Where(name => name != field).Select(name => $"\"{name}\":\"{name}-{index}\","));
        byte[] beginning = Encoding.ASCII.GetBytes($"{{\"scheduling_mode\":\"neutral\",\"prompt_num_tokens\":1,{others}\"{field}\":\"{index}-");
        ReadOnlyMemory<byte> value = text.AsMemory(0, unit * (1 + (index / Fields.Length % 8)));
        byte[] end = "\"}"u8.ToArray();
        return [AttackSocket.Post("/schedule", beginning.Length + value.Length + end.Length), beginning, value, end];
    }
}
