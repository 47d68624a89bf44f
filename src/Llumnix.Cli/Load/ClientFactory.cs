namespace Llumnix.Cli.Load;

/// <summary>
/// Makes the HTTP clients of the tools: without proxies and redirects, which could leak tokens to other hosts, and with answers of bounded size.
/// </summary>
internal static class ClientFactory
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <param name="timeout">Timeout of a whole answer; infinite for streams, whose callers have timeouts of their own.</param>
    /// <param name="maxAnswerBytes">Largest buffered answer.</param>
    public static HttpClient Create(TimeSpan timeout, int maxAnswerBytes) => new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        ConnectTimeout = ConnectTimeout,
        UseCookies = false,
        UseProxy = false,
    })
    {
        MaxResponseContentBufferSize = maxAnswerBytes,
        Timeout = timeout,
    };
}
