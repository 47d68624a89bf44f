namespace Llumnix.Testing.Servers;

/// <summary>A real etcd cluster on loopback, with fast elections. Members are numbered from 0.</summary>
public sealed class EtcdServers : IAsyncDisposable
{
    private const int Attempts = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("llumnix-etcd-").FullName;
    private readonly EtcdServer[] _members;

    private EtcdServers(int count, TlsFiles? tls)
    {
        int[] ports = FreePort.Find(2 * count);
        _members = [.. Enumerable.Range(0, count).Select(i => new EtcdServer($"m{i}", ports[2 * i], ports[(2 * i) + 1], _folder, tls))];
        Client = new EtcdHttpClient([.. _members.Select(member => member.Url)], tls);
    }

    /// <summary>The members' addresses, as URLs.</summary>
    public IReadOnlyList<string> Endpoints => [.. _members.Select(member => member.Url)];

    /// <summary>A client that is independent of the tested one.</summary>
    public EtcdHttpClient Client { get; }

    private string Cluster => string.Join(',', _members.Select(member => member.Peer));

    /// <summary>Starts a cluster and waits until it has a leader.</summary>
    /// <param name="count">Number of members.</param>
    /// <param name="tls">Certificates of the listeners for clients; null: cleartext.</param>
    /// <exception cref="InvalidOperationException">etcd is not installed, or does not start.</exception>
    public static async Task<EtcdServers> StartAsync(int count = 3, TlsFiles? tls = null)
    {
        // Another process may take a free port before it is bound; then others are tried.
        for (int attempt = 1; ; attempt++)
        {
            var servers = new EtcdServers(count, tls);
            try
            {
                await servers.RestartAsync([.. Enumerable.Range(0, count)]);
                return servers;
            }
            catch (Exception e)
            {
                await servers.DisposeAsync();
                if (attempt == Attempts || !e.Message.Contains("in use", StringComparison.Ordinal))
                {
                    throw;
                }
            }
        }
    }

    /// <summary>Kills members (SIGKILL), as a crash would.</summary>
    public Task KillAsync(params int[] members) => Task.WhenAll(members.Select(i => _members[i].KillAsync()));

    /// <summary>Restarts members on their data, all at once, and waits until each is part of a quorum.</summary>
    public Task RestartAsync(params int[] members) => Task.WhenAll(members.Select(i => _members[i].StartAsync(Cluster)));

    /// <summary>Kills all members.</summary>
    public Task KillAllAsync() => KillAsync([.. Enumerable.Range(0, _members.Length)]);

    /// <summary>Kills all members and restarts them without their data.</summary>
    public async Task RestartEmptyAsync()
    {
        await KillAllAsync();
        Array.ForEach(_members, member => member.Clear());
        await RestartAsync([.. Enumerable.Range(0, _members.Length)]);
    }

    /// <summary>Suspends a member (SIGSTOP): connections stay open without answers.</summary>
    public void Pause(int member) => _members[member].Signal(PosixSignalNumber.Stop);

    /// <summary>Resumes a suspended member (SIGCONT).</summary>
    public void Resume(int member) => _members[member].Signal(PosixSignalNumber.Continue);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await KillAllAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
