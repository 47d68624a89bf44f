using System.Net.Sockets;

namespace Llumnix.Cli.Load;

/// <summary>Says why a call over HTTP has failed.</summary>
internal static class CallFailure
{
    /// <summary>The message of a failure; of TLS that cannot be set up the reason, which is inside of it.</summary>
    internal static string Describe(Exception failure) => failure switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } cause } => DescribeTls(cause.GetBaseException()),
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => "what answers there speaks no HTTP",
        HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => "the connection ended before an answer came",
        _ => failure.Message,
    };

    /// <summary>Whether it seems that something else than a server of HTTP listens at the address.</summary>
    internal static bool IsOther(Exception failure) => failure is HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded };

    /// <summary>Whether nothing listens at the address.</summary>
    internal static bool IsRefused(Exception failure) => (failure as SocketException ?? failure.InnerException) is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    private static string DescribeTls(Exception reason)
    {
        // What answers without TLS sends no frames of it, or hangs up.
        bool isOther = reason is IOException || reason.Message.Contains("frame", StringComparison.Ordinal);
        return $"the TLS handshake failed: {reason.Message.TrimEnd('.')}" + (isOther ? "; nothing speaks TLS there, try http://" : "");
    }
}
