namespace Llumnix.Cli.Load;

/// <summary>Limits the bytes that a stream of events may have without completing an event.</summary>
internal sealed class EventLimitStream(Stream inner, int maxBytes) : Stream
{
    private int _bytes;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Notes that an event is complete.</summary>
    public void OnEvent() => _bytes = 0;

    /// <exception cref="InvalidDataException">The limit was exceeded.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await inner.ReadAsync(buffer, cancellationToken);
        _bytes += read;
        return _bytes <= maxBytes ? read : throw new InvalidDataException($"an event of more than {maxBytes} bytes");
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }
}
