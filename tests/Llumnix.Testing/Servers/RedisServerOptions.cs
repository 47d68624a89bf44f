namespace Llumnix.Testing.Servers;

/// <summary>How a <see cref="RedisServer"/> is started.</summary>
public sealed record RedisServerOptions
{
    /// <summary>Password of <see cref="User"/>, or of the default user; empty: none is asked.</summary>
    public string Password { get; init; } = "";

    /// <summary>An ACL user that may do everything, beside a default user that is switched off; empty: the default user.</summary>
    public string User { get; init; } = "";

    /// <summary>Certificates of the server, which then speaks TLS only; null: no TLS.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>Further arguments of redis-server.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
