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

    /// <summary>Seed of the random choices, 0 or above; 0 takes a seed from entropy.</summary>
    public int Seed { get; init; }
}
