using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Grpc.Core;

namespace Llumnix.Adapters.Etcd;

/// <summary>Classifies the failures of calls.</summary>
internal static class EtcdFailure
{
    private static readonly string[] TokenErrors = ["invalid auth token", "revision of auth store is old", "user name is empty"];

    /// <summary>Whether the token was refused, so that a new authentication may help.</summary>
    public static bool IsTokenRefused(Exception error) =>
        error is RpcException rpc
        && (rpc.StatusCode == StatusCode.Unauthenticated
            || TokenErrors.Any(text => rpc.Status.Detail.Contains(text, StringComparison.Ordinal)));

    /// <summary>Whether the member answered and refused: another member would refuse too.</summary>
    public static bool IsRefusal(Exception error) =>
        error is RpcException
        {
            StatusCode: StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.AlreadyExists or StatusCode.PermissionDenied
                or StatusCode.FailedPrecondition or StatusCode.OutOfRange or StatusCode.Unauthenticated or StatusCode.Unimplemented,
        };

    /// <summary>Describes a failure in a few words; may still hold secrets.</summary>
    /// <param name="error">What a call threw.</param>
    /// <param name="timeout">How long the call had; infinite for a stream.</param>
    public static string Describe(Exception error, TimeSpan timeout) => error switch
    {
        EtcdException or TimeoutException => error.Message,
        OperationCanceledException or ObjectDisposedException or RpcException { StatusCode: StatusCode.Cancelled } =>
            timeout == Timeout.InfiniteTimeSpan
                ? "the connection was given up"
                : string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds} s"),
        RpcException rpc => Cause(rpc.Status.DebugException) ?? rpc.Status.Detail,
        _ => Cause(error) ?? error.Message,
    };

    // gRPC wraps a network error several times, each with a long text.
    private static string? Cause(Exception? error)
    {
        for (Exception? e = error; e is not null; e = e.InnerException)
        {
            if (e is SocketException or AuthenticationException || (e is IOException && e.InnerException is null))
            {
                return e.Message;
            }
        }

        return null;
    }
}
