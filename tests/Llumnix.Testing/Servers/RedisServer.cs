using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace Llumnix.Testing.Servers;

/// <summary>A real redis-server on a free loopback port, without persistence, stopped at disposal.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const int PortAttempts = 3;
    private const string Installation = "Install Redis: apt-get install redis-server (Debian, Ubuntu), brew install redis (macOS).";

    private readonly RedisServerOptions _options;
    private readonly string _folder = Directory.CreateTempSubdirectory("llumnix-redis-").FullName;
    private ServerProcess? _process;

    private RedisServer(RedisServerOptions options) => _options = options;

    /// <summary>The address it listens at.</summary>
    public string Host { get; } = IPAddress.Loopback.ToString();

    /// <summary>The port it listens at; the same after a restart.</summary>
    public int Port { get; private set; }

    /// <summary>Starts a server and waits until it accepts connections.</summary>
    /// <exception cref="InvalidOperationException">redis-server is not installed, or does not start.</exception>
    public static async Task<RedisServer> StartAsync(RedisServerOptions? options = null)
    {
        var server = new RedisServer(options ?? new RedisServerOptions());
        try
        {
            await server.StartOnFreePortAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills the server (SIGKILL), as a crash would.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
        }
    }

    /// <summary>Restarts the server, empty, on the same port; kills it first if it is running.</summary>
    public async Task RestartAsync()
    {
        await KillAsync();
        _process = await ServerProcess.StartAsync(
            "redis-server", Arguments(), _folder, "Ready to accept connections", Installation);
    }

    /// <summary>Suspends the server (SIGSTOP): connections stay open without answers.</summary>
    public void Pause() => Running.Signal(PosixSignalNumber.Stop);

    /// <summary>Resumes a suspended server (SIGCONT).</summary>
    public void Resume() => Running.Signal(PosixSignalNumber.Continue);

    /// <summary>Runs a command, with its arguments separated by blanks, over a connection of its own.</summary>
    public async Task RunAsync(string command)
    {
        await using ConnectionMultiplexer connection = await ConnectAsync();
        string[] words = command.Split(' ');
        await connection.GetDatabase().ExecuteAsync(words[0], [.. words.Skip(1)]);
    }

    /// <summary>Connects a new client.</summary>
    public async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var configuration = new ConfigurationOptions
        {
            EndPoints = { { Host, Port } },
            AllowAdmin = true,
            AbortOnConnectFail = true,
            User = _options.User.Length == 0 ? null : _options.User,
            Password = _options.Password.Length == 0 ? null : _options.Password,
        };
        if (_options.Tls is { } tls)
        {
            configuration.Ssl = true;
            configuration.TrustIssuer(tls.CaFile);
        }

        return await ConnectionMultiplexer.ConnectAsync(configuration);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private ServerProcess Running => _process ?? throw new InvalidOperationException("The server does not run.");

    // Another process may take a free port before it is bound; then another one is tried.
    private async Task StartOnFreePortAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            Port = FreePort.Find(1)[0];
            try
            {
                await RestartAsync();
                return;
            }
            catch (InvalidOperationException e) when (attempt < PortAttempts && e.Message.Contains("in use", StringComparison.Ordinal))
            {
            }
        }
    }

    private List<string> Arguments()
    {
        string port = Port.ToString(CultureInfo.InvariantCulture);
        List<string> arguments = ["--bind", Host, "--dir", _folder, "--save", "", "--appendonly", "no"];
        arguments.AddRange(_options.Tls is { } tls
            ? ["--port", "0", "--tls-port", port, "--tls-cert-file", tls.CertificateFile, "--tls-key-file", tls.KeyFile,
                "--tls-ca-cert-file", tls.CaFile, "--tls-auth-clients", "no"]
            : ["--port", port]);
        arguments.AddRange(Credentials());
        arguments.AddRange(_options.Arguments);
        return arguments;
    }

    private string[] Credentials() => (_options.User, _options.Password) switch
    {
        ("", "") => [],
        ("", var password) => ["--requirepass", password],
        var (user, password) => ["--user", "default", "off", "--user", user, "on", ">" + password, "~*", "&*", "+@all"],
    };
}
