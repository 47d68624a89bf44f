using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Llumnix.Testing.Servers;

/// <summary>A simple client of etcd over its HTTP gateway: tries one member after the other until a call succeeds.</summary>
public sealed class EtcdHttpClient : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);
    // Property names are sent as they are.
    private static readonly JsonSerializerOptions Json = new();
    private static readonly TimeSpan RequestBound = TimeSpan.FromMilliseconds(500);

    private readonly IReadOnlyList<string> _urls;
    private readonly HttpClient _http;
    private string? _token;

    internal EtcdHttpClient(IReadOnlyList<string> urls, TlsFiles? tls)
    {
        var handler = new SocketsHttpHandler();
        if (tls is not null)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(tls.CaFile);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        (_urls, _http) = (urls, new HttpClient(handler) { Timeout = RequestBound });
    }

    /// <summary>Writes a key; completes when a quorum has it.</summary>
    /// <returns>The revision of the write.</returns>
    public async Task<long> PutAsync(string key, byte[] value, long lease = 0)
    {
        JsonElement answer = await CallAsync("kv/put", new { key = Base64(key), value = Convert.ToBase64String(value), lease });
        return Number(answer.GetProperty("header"), "revision");
    }

    /// <summary>Deletes a key.</summary>
    public Task DeleteAsync(string key) => CallAsync("kv/deleterange", new { key = Base64(key) });

    /// <summary>Deletes all keys that begin with a text.</summary>
    public Task DeleteAllAsync(string prefix) =>
        CallAsync("kv/deleterange", new { key = Base64(prefix), range_end = Base64(EndOf(prefix)) });

    /// <summary>Completes when a read that needs the quorum has succeeded.</summary>
    public Task ReadAsync(string key) => CallAsync("kv/range", new { key = Base64(key) });

    /// <summary>Discards the history before a revision.</summary>
    public Task CompactAsync(long revision) => CallAsync("kv/compaction", new { revision, physical = true });

    /// <summary>Grants a lease.</summary>
    public async Task<long> GrantLeaseAsync(int seconds) => Number(await CallAsync("lease/grant", new { TTL = seconds }), "ID");

    /// <summary>Ends a lease.</summary>
    public Task RevokeLeaseAsync(long lease) => CallAsync("lease/revoke", new { ID = lease });

    /// <summary>Enables authentication, with the user root and a user who may only read the keys of a prefix.</summary>
    public async Task EnableAuthAsync(string rootPassword, string user, string password, string prefix)
    {
        var perm = new { permType = "READ", key = Base64(prefix), range_end = Base64(EndOf(prefix)) };
        await CallAsync("auth/user/add", new { name = "root", password = rootPassword });
        await CallAsync("auth/role/add", new { name = "root" });
        await CallAsync("auth/user/grant", new { user = "root", role = "root" });
        await CallAsync("auth/user/add", new { name = user, password });
        await CallAsync("auth/role/add", new { name = "reader" });
        await CallAsync(
            "auth/role/grant", new { name = "reader", perm });
        await CallAsync("auth/user/grant", new { user, role = "reader" });
        await CallAsync("auth/enable", new { });
        await AuthenticateAsync("root", rootPassword);
    }

    /// <summary>Gets a token for further calls.</summary>
    public async Task AuthenticateAsync(string user, string password)
    {
        _token = null;
        _token = (await CallAsync("auth/authenticate", new { name = user, password })).GetProperty("token").GetString();
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> CallAsync(string method, object body)
    {
        using var bound = new CancellationTokenSource(Bound);
        string error = "";
        for (int i = 0; !bound.IsCancellationRequested; i++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"{_urls[i % _urls.Count]}/v3/{method}");
                request.Content = JsonContent.Create(body, options: Json);
                if (_token is not null)
                {
                    request.Headers.TryAddWithoutValidation("Authorization", _token);
                }

                using HttpResponseMessage response = await _http.SendAsync(request, bound.Token);
                string text = await response.Content.ReadAsStringAsync(bound.Token);
                // On a busy machine an attempt that timed out may have been carried out all the same.
                bool isDoneBefore = i > 0 && text.Contains("already exists", StringComparison.Ordinal);
                if (response.IsSuccessStatusCode || isDoneBefore)
                {
                    return JsonDocument.Parse(text).RootElement;
                }

                error = text;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                error = bound.IsCancellationRequested ? error : e.Message;
            }
        }

        throw new TimeoutException($"{method} was not done within {Bound}: {error}");
    }

    private static string EndOf(string prefix) => prefix[..^1] + (char)(prefix[^1] + 1);

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    // The gateway writes 64-bit numbers as texts.
    private static long Number(JsonElement element, string name) =>
        long.Parse(element.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
