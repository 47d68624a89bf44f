using System.Buffers;
using Llumnix.Adapters.Listeners;

namespace Llumnix.Gateway.Relay;

/// <summary>The beginning of an answer that the client has not been sent yet, in a pooled buffer. It grows with what arrives, up to a bound.</summary>
/// <param name="share">The memory that it takes.</param>
internal sealed class HeldAnswer(BodyShare share) : IDisposable
{
    /// <summary>Longest answer that is held, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    private const int InitialBytes = 4096;
    private byte[] _buffer = [];
    private int _capacity;
    private int _length;

    /// <summary>What has arrived.</summary>
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Where to read to.</summary>
    public Memory<byte> Free => _buffer.AsMemory(_length, _capacity - _length);

    /// <summary>Makes room to read to; false at the bound, or when there is no memory for it.</summary>
    public bool TryMakeRoom()
    {
        if (_length < _capacity)
        {
            return true;
        }

        // One byte above the bound, to see whether an answer of that length has come to its end.
        int size = Math.Clamp(2 * _length, InitialBytes, MaxBytes + 1);
        if (_length >= size || !share.TryGrowTo(size))
        {
            return false;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(size);
        Bytes.Span.CopyTo(larger);
        Return();
        _buffer = larger;
        _capacity = size;
        return true;
    }

    /// <summary>Takes over what was read.</summary>
    public void Advance(int read) => _length += read;

    /// <inheritdoc/>
    public void Dispose()
    {
        Return();
        _buffer = [];
        _capacity = 0;
        _length = 0;
        share.Dispose();
    }

    private void Return()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
    }
}
