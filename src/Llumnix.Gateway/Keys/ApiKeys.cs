using System.Security.Cryptography;
using System.Text;
using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options.Parsing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Llumnix.Gateway.Keys;

/// <summary>
/// The API keys that are accepted, from a file that is read again when its content changes. While it cannot be used, the last good keys stay.
/// Safe for concurrent use.
/// </summary>
internal sealed partial class ApiKeys
{
    private const string Scheme = "Bearer ";
    private const int MaxKeyLength = 512;
    internal const int MaxFileBytes = 4 << 20;
    private readonly WatchedFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger<ApiKeys> _logger;
    private volatile ApiKeySet _current;

    /// <param name="path">The file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of changes.</param>
    /// <exception cref="ApiKeyFileException">The file cannot be used.</exception>
    public ApiKeys(string path, TimeProvider time, ILogger<ApiKeys> logger)
    {
        _file = new WatchedFile(path, MaxFileBytes);
        _time = time;
        _logger = logger;
        try
        {
            _current = ApiKeySet.Read(_file.ReadIfChanged()!, previous: null, time);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ApiKeyFileException($"{NamedFile.Of(path)} cannot be read: {FileFailure.Describe(exception)}");
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
    public Task RunAsync(CancellationToken cancellation) => _file.FollowAsync(Take, LogKept, _time, cancellation);

    /// <summary>Reads the file again. Not thread-safe.</summary>
    internal void Refresh() => _file.Refresh(Take, LogKept);

    private string? Take(byte[] content)
    {
        try
        {
            _current = ApiKeySet.Read(content, _current, _time);
            LogChanged(_current.Count);
            return null;
        }
        catch (ApiKeyFileException exception)
        {
            return exception.Message;
        }
    }

    [LoggerMessage(LogLevel.Information, "The file of API keys has changed: {Count} keys are accepted")]
    private partial void LogChanged(int count);

    [LoggerMessage(LogLevel.Error, "The file of API keys has changed and cannot be used ({Reason}); the last good keys stay")]
    private partial void LogKept(string reason);
}
