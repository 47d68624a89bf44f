using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Llumnix.Gateway.Keys;

/// <summary>
/// The API keys that are accepted, from a file that is read again when its content changes. While it cannot be used, the last good keys stay.
/// Safe for concurrent use.
/// </summary>
internal sealed partial class ApiKeys
{
    /// <summary>How often the file is looked at. Changes are found by content, since mounted secrets are replaced behind symbolic links.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private const string Scheme = "Bearer ";
    private const int MaxKeyLength = 512;
    private const int MaxFileBytes = 4 << 20;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiKeys> _logger;
    private volatile ApiKeySet _current;
    private byte[] _seen;

    /// <param name="path">The file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of changes.</param>
    /// <exception cref="ApiKeyFileException">The file cannot be used.</exception>
    public ApiKeys(string path, TimeProvider time, ILogger<ApiKeys> logger)
    {
        _path = path;
        _time = time;
        _logger = logger;
        try
        {
            byte[] content = ReadFile();
            _seen = SHA256.HashData(content);
            _current = ApiKeySet.Read(content, previous: null, time);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ApiKeyFileException($"the file cannot be read: {exception.GetType().Name}");
        }
    }

    /// <summary>The key that a request presents as a bearer token; null when it presents none that is accepted.</summary>
    /// <param name="authorization">The header.</param>
    public ApiKey? Find(StringValues authorization)
    {
        string? text = authorization.Count == 1 ? authorization[0] : null;
        if (text is null || text.Length > MaxKeyLength || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        ReadOnlySpan<char> key = text.AsSpan(Scheme.Length).Trim(' ');
        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(MaxKeyLength)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(key, bytes)], hash);
        return _current.Find(hash);
    }

    /// <summary>Looks at the file from time to time until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            Refresh();
        }
    }

    /// <summary>Reads the file again. Not thread-safe.</summary>
    internal void Refresh()
    {
        try
        {
            byte[] content = ReadFile();
            byte[] fingerprint = SHA256.HashData(content);
            if (fingerprint.AsSpan().SequenceEqual(_seen))
            {
                return;
            }

            // Set even when the content is unusable: each content is tried and told of once.
            _seen = fingerprint;
            _current = ApiKeySet.Read(content, _current, _time);
            LogChanged(_current.Count);
        }
        catch (ApiKeyFileException exception)
        {
            LogKept(exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (_seen.Length > 0)
            {
                LogKept(exception.GetType().Name);
            }

            _seen = [];
        }
    }

    private byte[] ReadFile()
    {
        using FileStream file = File.OpenRead(_path);
        return file.Length <= MaxFileBytes ? ReadAll(file) : throw new IOException("The file is too long.");
    }

    private static byte[] ReadAll(FileStream file)
    {
        byte[] bytes = new byte[MaxFileBytes + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= MaxFileBytes ? bytes[..length] : throw new IOException("The file is too long.");
    }

    [LoggerMessage(LogLevel.Information, "The file of API keys has changed: {Count} keys are accepted")]
    private partial void LogChanged(int count);

    [LoggerMessage(LogLevel.Error, "The file of API keys has changed and cannot be used ({Reason}); the last good keys stay")]
    private partial void LogKept(string reason);
}
