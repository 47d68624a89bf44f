using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;

namespace Llumnix.Gateway.Tests.Placement;

/// <summary>Schedulers without a network: the answer to a path of a host is what the test says; every message is kept.</summary>
internal sealed class ScriptedSchedulers : HttpMessageHandler
{
    /// <summary>What the schedulers were sent: host, path, body.</summary>
    public ConcurrentQueue<(string Host, string Path, JsonElement Body)> Messages { get; } = [];

    /// <summary>The last <c>Authorization</c>.</summary>
    public string? Authorization { get; private set; }

    /// <summary>Answers a message; may throw.</summary>
    public Func<string, string, Task<HttpResponseMessage>> Answer { get; set; } = static (_, path) => Task.FromResult(path == "/schedule" ? Placed("e1") : Status(200));

    public static HttpResponseMessage Status(int status, string text = "") => new((HttpStatusCode)status) { Content = new StringContent(text) };

    public static HttpResponseMessage Placed(string id, string host = "10.0.0.1") => PlacedOn((id, "neutral", host));

    public static HttpResponseMessage PlacedOn(params (string Id, string Role, string Host)[] instances) => Status(
        200, $$"""{"scheduling_result":[{{string.Join(',', instances.Select(static instance => ToJson(instance.Id, instance.Role, instance.Host)))}}]}""");

    public IEnumerable<JsonElement> BodiesOf(string path) => Messages.Where(message => message.Path == path).Select(static message => message.Body);

    public IEnumerable<string> HostsOf(string path) => Messages.Where(message => message.Path == path).Select(static message => message.Host);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Authorization = request.Headers.TryGetValues("Authorization", out IEnumerable<string>? values) ? values.Single() : null;
        byte[] body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        (string host, string path) = (request.RequestUri!.Host, request.RequestUri.AbsolutePath);
        Messages.Enqueue((host, path, JsonDocument.Parse(body).RootElement));
        return await Answer(host, path).WaitAsync(cancellationToken);
    }

    private static string ToJson(string id, string role, string host) => $$"""
        {"version":7,"id":"{{id}}","infer_type":"{{role}}","endpoint":{"host":"{{host}}","port":8000},"aux_ip":"{{host}}","aux_port":9000,"dp_rank":1,"dp_size":2}
        """;
}
