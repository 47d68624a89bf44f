namespace Llumnix.Cli.Load;

/// <summary>HTTP clients of tools: no proxies, no redirects, which would take tokens elsewhere, and answers of bounded size.</summary>
internal static class ClientFactory
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <param name="timeout">Of a whole answer; infinite for streams, whose callers have timeouts of their own.</param>
    /// <param name="maxAnswerBytes">Of an answer that is read whole.</param>
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
