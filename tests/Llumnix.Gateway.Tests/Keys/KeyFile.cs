using System.Security.Cryptography;
using System.Text;

namespace Llumnix.Gateway.Tests.Keys;

/// <summary>A file of API keys in a directory of its own.</summary>
internal sealed class KeyFile : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("llumnix-keys-");

    public string Path => System.IO.Path.Combine(_directory.FullName, "keys.json");

    /// <summary>An entry; the limits are further members.</summary>
    public static string Entry(string key, string limits = "") =>
        $$"""{"name":"{{NameOf(key)}}","sha256":"{{HashOf(key)}}"{{limits}}}""";

    /// <summary>The name in a key's entry, which does not show the key.</summary>
    public static string NameOf(string key) => "team " + HashOf(key)[..4];

    private static string HashOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public KeyFile Write(params string[] entries) => WriteText($$"""{"keys":[{{string.Join(',', entries)}}]}""");

    public KeyFile WriteText(string text)
    {
        File.WriteAllText(Path, text);
        return this;
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
