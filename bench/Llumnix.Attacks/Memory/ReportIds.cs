using System.Text;
using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks.Memory;

/// <summary>Reports whose ids stand around the bound of 512 bytes and far above it.</summary>
internal sealed class ReportIds : Attack
{
    private static readonly int[] Lengths = [511, 512, 513, 65_536, 1_000_000, 8_000_000];

    internal override string Name => "report-ids";

    internal override string Description => "60 reports with ids of 511, 512, 513 bytes, 64 KiB, 1 MB and 8 MB, in lite mode";

    internal override FleetKind Fleet(Scale scale) => FleetKind.Lite;

    internal override Task RunAsync(Scene scene, CancellationToken cancellation) => Crowd.AskAsync(
        scene,
        scene.Scale.Of(60, Lengths.Length),
        atOnce: 4,
        index => Report(Lengths[index % Lengths.Length]),
        scene.Scale.Hold,
        cancellation);

    private static IReadOnlyList<ReadOnlyMemory<byte>> Report(int length)
    {
        byte[] body = Encoding.ASCII.GetBytes($$"""[{"id":"{{new string('x', length)}}","instance_id":"pod-0000_dp0","num_tokens":1}]""");
        return [AttackSocket.Post("/report", body.Length), body];
    }
}
