using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using StackExchange.Redis;

namespace Llumnix.Adapters.Outages;

/// <summary>
/// Says in a few plain words why a call to a service failed. The words repeat neither a text of the service nor one of the request, since both may hold secrets,
/// and no name of a type.
/// </summary>
public static class FailureText
{
    /// <summary>Describes a failure.</summary>
    public static string Describe(Exception failure) => failure switch
    {
        TimeoutException or OperationCanceledException => "no answer in time",
        SocketException socket => Describe(socket.SocketErrorCode),
        AuthenticationException => "the TLS handshake failed",
        HttpRequestException { StatusCode: { } status } => FormattableString.Invariant($"HTTP {(int)status}"),
        HttpRequestException { HttpRequestError: not HttpRequestError.Unknown, InnerException: null } http => Words(http.HttpRequestError.ToString()),
        RedisException when DescribeLogin(failure) is { } login => login,
        RedisServerException => "the server refuses the command",
        { InnerException: { } cause } => Describe(cause),
        RedisConnectionException => "there is no connection",
        IOException or ObjectDisposedException => "the connection ended",
        OutOfMemoryException => "there is no memory for the answer",
        _ => $"unexpected failure ({Words(NameOf(failure))})",
    };

    /// <summary>Says that a Redis lets nobody in with these options; null: the failure is another one.</summary>
    public static string? DescribeLogin(Exception failure)
    {
        for (Exception? cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause.Message.Contains("WRONGPASS", StringComparison.Ordinal))
            {
                return "the user or the password is refused (WRONGPASS)";
            }

            if (cause.Message.Contains("NOAUTH", StringComparison.Ordinal))
            {
                return "a password is needed (NOAUTH)";
            }
        }

        return null;
    }

    /// <summary>Describes what a socket, or a lookup of a name, has told.</summary>
    public static string Describe(SocketError error) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData => "the name is not known",
        SocketError.TryAgain => "the resolver has no answer at present",
        SocketError.NoRecovery => "the resolver has failed",
        SocketError.TimedOut => "no answer in time",
        _ => Words(error.ToString()),
    };

    private static string NameOf(Exception failure)
    {
        string name = failure.GetType().Name;
        return name.EndsWith(nameof(Exception), StringComparison.Ordinal) && name.Length > nameof(Exception).Length ? name[..^nameof(Exception).Length] : name;
    }

    /// <summary>The words of a name in camel case.</summary>
    private static string Words(string name)
    {
        var words = new StringBuilder(name.Length + 8);
        foreach (char letter in name)
        {
            if (char.IsUpper(letter) && words.Length > 0)
            {
                words.Append(' ');
            }

            words.Append(char.ToLowerInvariant(letter));
        }

        return words.ToString();
    }
}
