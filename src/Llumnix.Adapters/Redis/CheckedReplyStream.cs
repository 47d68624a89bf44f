namespace Llumnix.Adapters.Redis;

/// <summary>A connection to Redis that checks incoming bytes before it passes them on. Owns the underlying stream.</summary>
/// <param name="connection">The decrypted connection to the server.</param>
/// <param name="onProblem">Receives the problem when an incoming reply closes the connection.</param>
internal sealed class CheckedReplyStream(Stream connection, Action<RedisReplyException> onProblem) : Stream
{
    private readonly ReplyChecker _checker = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="RedisReplyException">An incoming reply is not one of Redis.</exception>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="RedisReplyException">An incoming reply is not one of Redis.</exception>
    public override int Read(Span<byte> buffer)
    {
        int count = connection.Read(buffer);
        Check(buffer[..count]);
        return count;
    }

    /// <exception cref="RedisReplyException">An incoming reply is not one of Redis.</exception>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <exception cref="RedisReplyException">An incoming reply is not one of Redis.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await connection.ReadAsync(buffer, cancellationToken);
        Check(buffer.Span[..count]);
        return count;
    }

    public override void Write(byte[] buffer, int offset, int count) => connection.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => connection.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        connection.WriteAsync(buffer, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.WriteAsync(buffer, cancellationToken);

    public override void Flush() => connection.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            connection.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Check(ReadOnlySpan<byte> bytes)
    {
        if (_checker.Check(bytes) is { } problem)
        {
            var exception = new RedisReplyException($"what answers there is no Redis that can be used: it sent {problem}");
            onProblem(exception);
            connection.Dispose();
            throw exception;
        }
    }
}
