using System.Text;

namespace Llumnix.Attacks.Harness;

/// <summary>
/// Reads what a process writes as fast as it writes, on threads of its own: counts lines and bytes, keeps the end, and puts the beginning
/// into a file if there is one.
/// </summary>
internal sealed class LogCount(string? file) : IDisposable
{
    private const int MaxFileBytes = 1024 * 1024;
    private const int TailBytes = 2048;

    private readonly Lock _lock = new();
    private readonly FileStream? _file = file is null ? null : new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read);
    private readonly List<Thread> _readers = [];
    private readonly byte[] _tail = new byte[TailBytes];
    private int _tailLength;
    private long _lines;
    private long _bytes;

    /// <summary>Complete lines so far.</summary>
    internal long Lines => Interlocked.Read(ref _lines);

    /// <summary>Bytes so far.</summary>
    internal long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The end of what was read.</summary>
    internal string Tail
    {
        get
        {
            lock (_lock)
            {
                return Encoding.UTF8.GetString(_tail, 0, _tailLength);
            }
        }
    }

    /// <summary>Reads a stream until its end.</summary>
    internal void Read(Stream stream)
    {
        var reader = new Thread(() => ReadToEnd(stream)) { IsBackground = true, Name = "log" };
        _readers.Add(reader);
        reader.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _readers.ForEach(static reader => reader.Join());
        _file?.Dispose();
    }

    private void ReadToEnd(Stream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        while (stream.Read(buffer) is > 0 and var count)
        {
            Take(buffer.AsSpan(0, count));
        }
    }

    private void Take(ReadOnlySpan<byte> text)
    {
        lock (_lock)
        {
            if (_file is not null && _file.Length < MaxFileBytes)
            {
                _file.Write(text);
                _file.Flush();
            }

            ReadOnlySpan<byte> end = text.Length > TailBytes ? text[^TailBytes..] : text;
            int kept = Math.Min(_tailLength, TailBytes - end.Length);
            _tail.AsSpan(_tailLength - kept, kept).CopyTo(_tail);
            end.CopyTo(_tail.AsSpan(kept));
            _tailLength = kept + end.Length;
        }

        Interlocked.Add(ref _lines, text.Count((byte)'\n'));
        Interlocked.Add(ref _bytes, text.Length);
    }
}
