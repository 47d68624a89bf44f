using System.Globalization;

namespace Llumnix.Testing.Servers;

/// <summary>
/// A gateway in a process of its own: a shell that opens a keep-alive WebSocket by hand, sends its id and reads on. It never answers a ping.
/// </summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private const string Script = """
        set -eu
        exec 3<>/dev/tcp/127.0.0.1/$1
        printf 'GET /keepalive HTTP/1.1\r\nHost: scheduler\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' >&3
        printf 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n' >&3
        endpoint='{"host":"10.9.9.9","port":'$2'}'
        length=$(printf '%02x' $((128 + ${#endpoint})))
        printf "\\x81\\x${length}\\x00\\x00\\x00\\x00%s" "$endpoint" >&3
        echo started
        exec cat <&3 >/dev/null
        """;

    private readonly ServerProcess _process;

    private GatewayProcess(ServerProcess process, string id) => (_process, Id) = (process, id);

    /// <summary>The id that it sends.</summary>
    public string Id { get; }

    /// <summary>Starts a gateway and waits until it has sent its id.</summary>
    /// <param name="schedulerPort">The scheduler's port on the loopback address.</param>
    /// <param name="announcedPort">The port in its id.</param>
    public static async Task<GatewayProcess> StartAsync(int schedulerPort, int announcedPort)
    {
        string port = schedulerPort.ToString(CultureInfo.InvariantCulture);
        string announced = announcedPort.ToString(CultureInfo.InvariantCulture);
        ServerProcess process = await ServerProcess.StartAsync(
            "bash", ["-c", Script, "gateway", port, announced], Path.GetTempPath(), "started", "Install bash.");
        return new GatewayProcess(process, $"10.9.9.9:{announced}");
    }

    /// <summary>Kills it with SIGKILL.</summary>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
