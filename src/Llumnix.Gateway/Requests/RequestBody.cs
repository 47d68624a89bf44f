using System.Buffers;
using System.IO.Pipelines;
using Llumnix.Adapters.Listeners;

namespace Llumnix.Gateway.Requests;

/// <summary>A request's whole body in a pooled buffer. It grows with what arrives, not with what is announced.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int InitialBytes = 16 * 1024;
    private readonly BodyShare _share;
    private byte[] _buffer;

    private RequestBody(byte[] buffer, BodyShare share)
    {
        _buffer = buffer;
        _share = share;
    }

    /// <summary>The body; good until the request is over.</summary>
    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>Its length in bytes.</summary>
    public int Length { get; private set; }

    /// <summary>How many writes of the body to an engine are under way.</summary>
    public int Readers { get; set; }

    /// <summary>Reads a body to its end.</summary>
    /// <param name="reader">Where it comes from.</param>
    /// <param name="announced">The length that the client says; null when it does not.</param>
    /// <param name="maxBytes">The longest that is taken.</param>
    /// <param name="share">The memory that it takes; given back by the caller.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Null when it is longer than that, or when the share is refused the memory.</returns>
    public static async ValueTask<RequestBody?> ReadAsync(
        PipeReader reader, long? announced, int maxBytes, BodyShare share, CancellationToken cancellation)
    {
        if (announced > maxBytes)
        {
            return null;
        }

        var body = new RequestBody(ArrayPool<byte>.Shared.Rent((int)Math.Min(announced ?? InitialBytes, InitialBytes)), share);
        try
        {
            while (true)
            {
                ReadResult read = await reader.ReadAsync(cancellation);
                if (body.Length + read.Buffer.Length > maxBytes || !body.TryAppend(read.Buffer))
                {
                    reader.AdvanceTo(read.Buffer.Start);
                    body.Dispose();
                    return null;
                }

                reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return body;
                }
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Gives the buffer back, unless somebody still writes it to an engine that has answered before it had it all.</summary>
    public void Dispose()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        Length = 0;
        if (buffer.Length > 0 && Readers == 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool TryAppend(in ReadOnlySequence<byte> bytes)
    {
        int length = Length + (int)bytes.Length;
        bool isTooShort = length > _buffer.Length;
        if (!_share.TryGrowTo(isTooShort ? Math.Max(length, 2 * _buffer.Length) : _buffer.Length))
        {
            return false;
        }

        if (isTooShort)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, 2 * _buffer.Length));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        bytes.CopyTo(_buffer.AsSpan(Length));
        Length = length;
        return true;
    }
}
