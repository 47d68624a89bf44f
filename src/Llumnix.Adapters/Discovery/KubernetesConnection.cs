using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Llumnix.Adapters.Discovery;

/// <summary>Reads the pods of one namespace that match one selector, over connections of its own.</summary>
internal sealed class KubernetesConnection : IDisposable
{
    private const int PageSize = 500;

    // The API server takes no object above some 1.5 MB.
    private const int MaxEventBytes = 4 << 20;

    private readonly KubernetesBodies _handler = new();
    private readonly k8s.Kubernetes _client;
    private readonly string _namespace;
    private readonly string _selector;

    /// <summary>Makes a client; it connects with its first request.</summary>
    /// <param name="configuration">Where the server is, and the credentials.</param>
    /// <param name="space">The namespace; empty: that of the configuration.</param>
    /// <param name="selector">The label selector.</param>
    /// <exception cref="k8s.Exceptions.KubeConfigException">The configuration is not usable.</exception>
    public KubernetesConnection(KubernetesClientConfiguration configuration, string space, string selector)
    {
        _client = new k8s.Kubernetes(configuration, _handler);
        _namespace = space.Length > 0 ? space : configuration.Namespace is { Length: > 0 } own ? own : "default";
        _selector = selector;
    }

    /// <summary>Reads one page of the list of all pods.</summary>
    /// <param name="next">Where the page before it ended; null for the first one.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="k8s.Autorest.HttpOperationException">The server refuses.</exception>
    public Task<V1PodList> ListAsync(string? next, CancellationToken cancellationToken) => _client.CoreV1.ListNamespacedPodAsync(
        _namespace, labelSelector: _selector, limit: PageSize, continueParameter: next, cancellationToken: cancellationToken);

    /// <summary>Watches the pods until the server ends the watch.</summary>
    /// <param name="version">The version after which to begin.</param>
    /// <param name="seconds">Time after which the server ends it, at least 1.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="HttpRequestException">The server refuses, or the connection breaks.</exception>
    /// <exception cref="KubernetesException">The server says in the watch that it cannot go on.</exception>
    /// <exception cref="JsonException">An event is not readable.</exception>
    /// <exception cref="InvalidDataException">An event is larger than any that the server can have.</exception>
    /// <remarks>The client's own watch fails when it ends without an event, and goes on after one that it cannot read.</remarks>
    public async IAsyncEnumerable<(WatchEventType Type, V1Pod Pod)> WatchAsync(
        string version, int seconds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string query = string.Create(
            CultureInfo.InvariantCulture,
            $"watch=true&allowWatchBookmarks=true&timeoutSeconds={seconds}&resourceVersion={Uri.EscapeDataString(version)}"
            + $"&labelSelector={Uri.EscapeDataString(_selector)}");
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(_client.BaseUri, $"api/v1/namespaces/{Uri.EscapeDataString(_namespace)}/pods?{query}"))
        {
            Version = HttpVersion.Version20,
        };
        if (_client.Credentials is { } credentials)
        {
            await credentials.ProcessHttpRequestAsync(request, cancellationToken);
        }

        using HttpResponseMessage response = await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        await foreach (string line in BoundedLines.ReadAsync(await response.Content.ReadAsStreamAsync(cancellationToken), MaxEventBytes, cancellationToken))
        {
            yield return Read(line);
        }
    }

    /// <summary>Closes the connections. The client alone would leave them open.</summary>
    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
    }

    private static (WatchEventType Type, V1Pod Pod) Read(string line)
    {
        WatchEventType type = KubernetesJson.Deserialize<Watcher<KubernetesObject>.WatchEvent>(line).Type;
        if (type == WatchEventType.Error)
        {
            throw new KubernetesException(KubernetesJson.Deserialize<Watcher<V1Status>.WatchEvent>(line).Object);
        }

        V1Pod? pod = KubernetesJson.Deserialize<Watcher<V1Pod>.WatchEvent>(line).Object;
        return (type, pod ?? throw new JsonException("an event without an object"));
    }
}
