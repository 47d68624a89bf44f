using System.Net;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Relay;

/// <summary>A request body for an engine, sent from pieces without copying them.</summary>
internal sealed class PatchedContent(IReadOnlyList<ReadOnlyMemory<byte>> pieces, RequestBody body) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        body.Readers++;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            await stream.WriteAsync(piece, cancellationToken);
        }

        // Only after a completed write is it certain that the buffer is no longer read; after a failed one the count stays up.
        body.Readers--;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        foreach (ReadOnlyMemory<byte> piece in pieces)
        {
            length += piece.Length;
        }

        return true;
    }
}
