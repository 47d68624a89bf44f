using System.Buffers;

namespace Llumnix.Gateway.Relay;

/// <summary>Keeps the last bytes of an answer that is not a stream: engines put the usage there.</summary>
internal sealed class AnswerTail : IDisposable
{
    private const int Capacity = 4096;
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Capacity);
    private int _length;

    /// <summary>The kept bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Adds bytes of the answer; only the last ones are kept.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[Math.Max(0, bytes.Length - Capacity)..];
        int surplus = Math.Max(0, _length + bytes.Length - Capacity);
        _bytes.AsSpan(surplus, _length - surplus).CopyTo(_bytes);
        _length -= surplus;
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }
}
