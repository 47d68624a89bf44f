namespace Llumnix.Adapters.KvStore;

/// <summary>Where a Mooncake master's HTTP server is.</summary>
public sealed record MooncakeOptions
{
    /// <summary>Host name or address; an IPv6 address with or without brackets.</summary>
    public string Host { get; init; } = "0.0.0.0";

    /// <summary>Its port, 1 to 65535.</summary>
    public int Port { get; init; } = 9003;

    /// <summary>Whether it is asked over https. The server's certificate is always checked.</summary>
    public bool UseTls { get; init; }

    /// <summary>
    /// PEM file with the certificate authorities that the server's certificate is checked against; empty: the system's authorities.
    /// </summary>
    public string CaFile { get; init; } = "";

    /// <summary>How long opening a connection may take; above zero.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Most connections at a time, at least 1.</summary>
    public int MaxConnections { get; init; } = 64;
}
