using System.Buffers;
using System.Globalization;
using System.Security.Authentication;
using System.Text;
using Llumnix.Adapters.Tls;
using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Adapters.KvStore;

/// <summary>Queries a Mooncake master over HTTP or HTTPS: <c>GET /batch_query_keys?keys=k1,k2</c>. For any threads.</summary>
public sealed class MooncakeClient : IKvMetadataService, IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024 * 1024;
    private readonly MooncakeOptions _options;
    private readonly Lock _opening = new();
    private readonly string _query;
    private readonly HostNames _hosts = new();
    private HttpClient? _http;

    /// <summary>Makes a client that connects at its first question.</summary>
    /// <exception cref="ArgumentException">The host is no host name or address, or another option is out of its range.</exception>
    public MooncakeClient(MooncakeOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxConnections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ConnectTimeout, TimeSpan.Zero);
        if (Uri.CheckHostName(options.Host) == UriHostNameType.Unknown)
        {
            throw new ArgumentException($"'{options.Host}' is no host name or address", nameof(options));
        }

        _options = options;
        string host = options.Host.Contains(':', StringComparison.Ordinal) ? $"[{options.Host.Trim('[', ']')}]" : options.Host;
        string scheme = options.UseTls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        _query = string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{options.Port}/batch_query_keys?keys=");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> QueryAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await Client().GetAsync(
                Question(keys), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new KvMetadataException($"the Mooncake master answers with status {(int)response.StatusCode}");
            }

            return await ReadAsync(response.Content, keys, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new KvMetadataException($"the Mooncake master does not answer: {Cause(e)}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http?.Dispose();

    // Only the inner exception tells why a TLS handshake failed.
    private static string Cause(Exception error) => error.InnerException is AuthenticationException inner ? inner.Message : error.Message;

    // Made at the first query, so that an unreadable CA file is a failure of the service, which is retried, and not of the start.
    private HttpClient Client()
    {
        lock (_opening)
        {
            return _http ??= Open();
        }
    }

    private HttpClient Open()
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectTimeout = _options.ConnectTimeout,
            MaxConnectionsPerServer = _options.MaxConnections,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            UseProxy = false,
        };
        if (_options is { UseTls: true, CaFile.Length: > 0 })
        {
            handler.SslOptions.CertificateChainPolicy = CertificateAuthorities.Read(_options.CaFile);
        }

        // The caller's token bounds each query.
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private Uri Question(IReadOnlyList<string> keys)
    {
        var question = new StringBuilder(_query, _query.Length + (keys.Count * 72));
        for (int i = 0; i < keys.Count; i++)
        {
            question.Append(i == 0 ? "" : ",").Append(Uri.EscapeDataString(keys[i]));
        }

        return new Uri(question.ToString());
    }

    private async Task<IReadOnlyList<IReadOnlyList<string>>> ReadAsync(
        HttpContent content, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(content.Headers.ContentLength ?? 0, 16 * 1024, MaxAnswerBytes));
        try
        {
            await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
            int length = 0;
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken) is > 0 and int read)
            {
                length += read;
                buffer = length == buffer.Length ? Grow(buffer) : buffer;
            }

            return MooncakeAnswer.Read(buffer.AsSpan(0, length), keys, _hosts);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        if (buffer.Length >= MaxAnswerBytes)
        {
            throw new KvMetadataException($"the Mooncake master's answer is larger than {MaxAnswerBytes} bytes");
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
