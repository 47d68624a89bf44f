using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace Llumnix.Adapters.Discovery;

/// <summary>Reads the lines of a stream that has no end, each within a bound.</summary>
internal static class BoundedLines
{
    /// <summary>Reads lines until the stream ends.</summary>
    /// <param name="stream">UTF-8 text; stays open.</param>
    /// <param name="maxBytes">Largest line in bytes, without its end.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="InvalidDataException">A line is longer.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(Stream stream, int maxBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PipeReader reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 << 10, leaveOpen: true));
        try
        {
            while (true)
            {
                ReadResult result = await reader.ReadAsync(cancellationToken);
                ReadOnlySequence<byte> buffer = result.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    string line = Decode(buffer.Slice(0, end), maxBytes);
                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                    yield return line;
                }

                // Half a line waits for its end; what a stream ends with is one, too.
                string rest = result.IsCompleted ? Decode(buffer, maxBytes) : "";
                if (buffer.Length > maxBytes)
                {
                    throw TooLong(maxBytes);
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (rest.Length > 0)
                {
                    yield return rest;
                }

                if (result.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static string Decode(ReadOnlySequence<byte> line, int maxBytes) =>
        line.Length <= maxBytes ? Encoding.UTF8.GetString(line) : throw TooLong(maxBytes);

    private static InvalidDataException TooLong(int maxBytes) => new(FormattableString.Invariant($"a line of more than {maxBytes} bytes"));
}
