using Llumnix.Adapters.Secrets;

namespace Llumnix.Server.Options;

/// <summary>The HTTP service: where it listens, who may call it, what it logs.</summary>
public sealed record ServiceOptions
{
    /// <summary>Address to listen on.</summary>
    public string Host { get; init; } = "0.0.0.0";

    /// <summary>TCP port to listen on, 0 to 65535; 0 takes any free port.</summary>
    public int Port { get; init; } = 8002;

    /// <summary>What callers must send in <c>Authorization</c>; empty leaves the service open.</summary>
    public Secret Token { get; init; }

    /// <summary>Whether the fields of each request are logged, without its token ids.</summary>
    public bool IsInputLogged { get; init; }

    /// <summary>Log verbosity, 0 (lifecycle and problems) to 5 (everything).</summary>
    public int Verbosity { get; init; }

    /// <summary>What scrapers must send in <c>Authorization</c>; empty leaves <c>/metrics</c> open.</summary>
    public Secret MetricsToken { get; init; }

    /// <summary>TCP port for <c>/metrics</c>, <c>/debug/explain</c> and <c>/admin/</c> alone, which the service's port then no longer answers; 0 for none.</summary>
    public int AdminPort { get; init; }

    /// <summary>PEM file of the listener's certificate, with its chain; empty for plain HTTP.</summary>
    public string TlsCertificateFile { get; init; } = "";

    /// <summary>PEM file of the certificate's private key, not encrypted; empty for plain HTTP.</summary>
    public string TlsKeyFile { get; init; } = "";

    /// <summary>Largest number of connections, 1 or above. Further ones are told 503; probes are answered nevertheless.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>Largest number of connections per address, 1 or above.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 2048;

    /// <summary>Memory that bodies may take while they are read, over all requests, in MiB; 0: an eighth of the process's memory.</summary>
    public int MaxBodyMemoryMiB { get; init; }

    /// <summary>How long requests are still accepted after a signal to stop, 0 or above.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Seed of the random choices, 0 or above; 0 takes a seed from entropy.</summary>
    public int Seed { get; init; }
}
