namespace Llumnix.Testing.Servers;

/// <summary>The options of a <see cref="RedisServer"/>.</summary>
public sealed record RedisServerOptions
{
    /// <summary>Password of <see cref="User"/>, or of the default user; empty: none is required.</summary>
    public string Password { get; init; } = "";

    /// <summary>An ACL user with all rights; the default user is then disabled. Empty: the default user.</summary>
    public string User { get; init; } = "";

    /// <summary>Certificates of the server, which then only accepts TLS; null: no TLS.</summary>
    public TlsFiles? Tls { get; init; }

    /// <summary>Further arguments of redis-server.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
