using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Llumnix.Adapters.Outages;
using StackExchange.Redis;

namespace Llumnix.Adapters.Tests.Outages;

public sealed class FailureTextTests
{
    public static TheoryData<Exception, string> Failures => new()
    {
        { new TimeoutException("secret"), "no answer in time" },
        { new TaskCanceledException("secret"), "no answer in time" },
        { new SocketException((int)SocketError.ConnectionRefused), "connection refused" },
        { new SocketException((int)SocketError.TimedOut), "no answer in time" },
        { new SocketException((int)SocketError.HostNotFound), "the name is not known" },
        { new SocketException((int)SocketError.TryAgain), "the resolver has no answer at present" },
        { new HttpRequestException("secret", null, HttpStatusCode.BadGateway), "HTTP 502" },
        { new HttpRequestException(HttpRequestError.NameResolutionError, "secret"), "name resolution error" },
        { new HttpRequestException("secret", new SocketException((int)SocketError.HostUnreachable)), "host unreachable" },
        { new HttpRequestException("secret", new AuthenticationException("secret")), "the TLS handshake failed" },
        { new IOException("secret"), "the connection ended" },
        { new IOException("secret", new SocketException((int)SocketError.ConnectionReset)), "connection reset" },
        { new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, "secret", null, CommandStatus.Unknown), "there is no connection" },
        { new RedisServerException(RedisErrorKind.UnknownError, CommandFlags.None, "secret"), "the server refuses the command" },
        { new RedisServerException(RedisErrorKind.UnknownError, CommandFlags.None, "WRONGPASS secret"), "the user or the password is refused (WRONGPASS)" },
        {
            new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, "secret", new RedisServerException(RedisErrorKind.UnknownError, CommandFlags.None, "NOAUTH secret"), CommandStatus.Unknown),
            "a password is needed (NOAUTH)"
        },
        { new InvalidOperationException("secret"), "unexpected failure (invalid operation)" },
        { new NoExceptionOfOurs(), "unexpected failure (no exception of ours)" },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void Describe_Failure_IsPlainWords(Exception failure, string expected) => Assert.Equal(expected, FailureText.Describe(failure));

    private sealed class NoExceptionOfOurs() : Exception("secret");
}
