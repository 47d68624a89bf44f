using System.Text;
using Llumnix.Adapters.Files;

namespace Llumnix.Adapters.Options;

/// <summary>Reads small text files.</summary>
public static class BoundedTextFile
{
    /// <summary>Largest file, in bytes; no configuration is nearly as long.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The text of a file, UTF-8 unless marked otherwise.</summary>
    /// <param name="path">Where it is.</param>
    /// <exception cref="IOException">It is not there, cannot be read, is too long or is no text.</exception>
    public static string Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] bytes = new byte[MaxBytes + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > MaxBytes)
        {
            throw new FileTooLongException(MaxBytes);
        }

        ReadOnlySpan<byte> content = bytes.AsSpan(0, length);
        if (!TextContent.IsMarkedWide(content) && TextContent.FindProblem(content) is { } problem)
        {
            throw new NotTextException(problem);
        }

        using var reader = new StreamReader(new MemoryStream(bytes, 0, length), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
