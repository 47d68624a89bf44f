using System.Globalization;

namespace Llumnix.Testing.Servers;

/// <summary>One member of an <see cref="EtcdServers"/> cluster: a real etcd on loopback.</summary>
internal sealed class EtcdServer(string name, int clientPort, int peerPort, string folder, TlsFiles? tls) : IAsyncDisposable
{
    private const string Installation = "Install etcd: apt-get install etcd-server (Debian, Ubuntu), brew install etcd (macOS).";

    private ServerProcess? _process;

    /// <summary>The URL for clients.</summary>
    public string Url { get; } = string.Create(
        CultureInfo.InvariantCulture, $"{(tls is null ? "http" : "https")}://127.0.0.1:{clientPort}");

    /// <summary>The member in etcd's notation: name and peer address.</summary>
    public string Peer { get; } = string.Create(CultureInfo.InvariantCulture, $"{name}=http://127.0.0.1:{peerPort}");

    /// <summary>Whether its process is running.</summary>
    public bool IsRunning => _process is not null;

    /// <summary>Starts it on its data and waits until it is part of a quorum.</summary>
    public async Task StartAsync(string cluster) =>
        _process = await ServerProcess.StartAsync("etcd", Arguments(cluster), folder, "serving client traffic", Installation);

    /// <summary>Kills it (SIGKILL), as a crash would.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }

    /// <summary>Deletes its data; it must not be running.</summary>
    public void Clear()
    {
        string data = Path.Combine(folder, name);
        if (Directory.Exists(data))
        {
            Directory.Delete(data, recursive: true);
        }
    }

    /// <summary>Sends it a signal.</summary>
    public void Signal(PosixSignalNumber signal) =>
        (_process ?? throw new InvalidOperationException($"{name} does not run.")).Signal(signal);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await KillAsync();

    private List<string> Arguments(string cluster)
    {
        string peerUrl = Peer[(Peer.IndexOf('=', StringComparison.Ordinal) + 1)..];
        List<string> arguments =
        [
            "--name", name, "--data-dir", Path.Combine(folder, name),
            "--listen-client-urls", Url, "--advertise-client-urls", Url,
            "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl,
            "--initial-cluster", cluster, "--initial-cluster-state", "new", "--initial-cluster-token", folder,
            "--heartbeat-interval", "20", "--election-timeout", "200",
            "--logger", "zap", "--log-outputs", "stderr",
        ];
        if (tls is not null)
        {
            arguments.AddRange(["--cert-file", tls.CertificateFile, "--key-file", tls.KeyFile]);
        }

        return arguments;
    }
}
