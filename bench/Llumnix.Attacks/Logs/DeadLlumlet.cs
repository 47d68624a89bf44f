using System.Net;
using System.Net.Sockets;
using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks.Logs;

/// <summary>A rescheduler over a fleet out of balance whose llumlets refuse connections.</summary>
internal sealed class DeadLlumlet : Attack, IDisposable
{
    // Bound and never listening: nobody else can take the port, and whoever connects is refused.
    private readonly Socket _port = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    internal DeadLlumlet() => _port.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    internal override string Name => "dead-llumlet";

    internal override string Description => "a rescheduler that wants to balance 16 instances whose llumlets refuse connections, for 20 s";

    internal override FleetKind Fleet(Scale scale) => FleetKind.Full with { IsDisaggregated = true };

    internal override int LlumletPort => ((IPEndPoint)_port.LocalEndPoint!).Port;

    internal override bool BeginsAtStart => true;

    internal override IReadOnlyList<string> Flags =>
    [
        "--enable-rescheduling", "--colocated-rescheduling-mode", "--rescheduling-policies", "decode_load",
        "--rescheduling-decode-load-threshold", "0.5",
    ];

    /// <inheritdoc/>
    public void Dispose() => _port.Dispose();

    internal override Task RunAsync(Scene scene, CancellationToken cancellation) => Task.Delay(scene.Scale.Hold * 2, cancellation);
}
