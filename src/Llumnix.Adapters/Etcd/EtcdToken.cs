using Grpc.Core;
using Llumnix.Protocol.Etcd;

namespace Llumnix.Adapters.Etcd;

/// <summary>The authentication token; all members accept the same one. For any threads.</summary>
internal sealed class EtcdToken(EtcdOptions options)
{
    private volatile Metadata? _headers = options.User.Length == 0 ? [] : null;

    /// <summary>Forgets the token that the cluster has refused, unless it has been replaced meanwhile.</summary>
    /// <param name="refused">The headers that carried it.</param>
    public void Forget(Metadata refused)
    {
        if (options.User.Length > 0)
        {
            Interlocked.CompareExchange(ref _headers, null, refused);
        }
    }

    /// <summary>The headers for a call.</summary>
    /// <param name="member">The member that is asked for a token when there is none.</param>
    /// <param name="cancellationToken">Bounds the question.</param>
    /// <exception cref="RpcException">User or password is wrong, or the member does not answer.</exception>
    public async Task<Metadata> HeadersAsync(EtcdMember member, CancellationToken cancellationToken)
    {
        if (_headers is { } known)
        {
            return known;
        }

        Metadata headers = await AuthenticateAsync(member, cancellationToken);
        _headers = headers;
        return headers;
    }

    /// <summary>A text without password and token.</summary>
    public string Redact(string text)
    {
        string redacted = options.Password.Redact(text);
        return _headers?.GetValue("token") is { Length: > 0 } token ? redacted.Replace(token, "***", StringComparison.Ordinal) : redacted;
    }

    private async Task<Metadata> AuthenticateAsync(EtcdMember member, CancellationToken cancellationToken)
    {
        try
        {
            AuthenticateResponse response = await member.Authentication.AuthenticateAsync(
                new AuthenticateRequest { Name = options.User, Password = options.Password.Reveal() }, cancellationToken: cancellationToken);
            return new Metadata { { "token", response.Token } };
        }
        catch (RpcException e) when (e.Status.Detail.Contains("authentication is not enabled", StringComparison.Ordinal))
        {
            // Like etcd's own client: a cluster that does not authenticate accepts calls without a token.
            return [];
        }
    }
}
