using System.IO.Compression;
using System.Security.Cryptography;

namespace Llumnix.Server.WebConsole;

/// <summary>A file of the console, as it is embedded in the assembly. For any threads.</summary>
internal sealed class ConsoleFile
{
    private readonly Lazy<byte[]> _compressed;

    /// <param name="path">Path below <c>/console/</c>.</param>
    /// <param name="content">The file's bytes.</param>
    /// <exception cref="ArgumentException">The path has an extension that the console does not use.</exception>
    internal ConsoleFile(string path, byte[] content)
    {
        Path = path;
        Content = content;
        ContentType = TypeOf(System.IO.Path.GetExtension(path));
        EntityTag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content), 0, 12)}\"";
        _compressed = new Lazy<byte[]>(() => Compress(content));
    }

    /// <summary>Path below <c>/console/</c>.</summary>
    internal string Path { get; }

    /// <summary>The bytes.</summary>
    internal byte[] Content { get; }

    /// <summary>The media type.</summary>
    internal string ContentType { get; }

    /// <summary>The entity tag, a hash of the content, in quotes.</summary>
    internal string EntityTag { get; }

    /// <summary>The bytes as gzip; compressed once, when first asked for.</summary>
    internal byte[] Compressed => _compressed.Value;

    private static string TypeOf(string extension) => extension switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => throw new ArgumentException($"files with the extension {extension} have no media type", nameof(extension)),
    };

    private static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }
}
