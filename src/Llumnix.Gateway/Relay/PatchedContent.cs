using System.Net;
using Llumnix.Gateway.Requests;

namespace Llumnix.Gateway.Relay;

/// <summary>A body in pieces, as it goes to an engine. Nothing is copied.</summary>
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

        // Only a write that came to its end has surely let go of the buffer.
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
