namespace Llumnix.Cli.Tests.OpenAiClients;

/// <summary>Keeps the body of the last request that a client has sent.</summary>
internal sealed class BodyRecorder() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
{
    public byte[] Body { get; private set; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
