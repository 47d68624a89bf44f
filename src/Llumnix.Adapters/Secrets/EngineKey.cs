using System.Text;
using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options.Parsing;
using Microsoft.Extensions.Logging;

namespace Llumnix.Adapters.Secrets;

/// <summary>
/// The API key that engines ask for, from a file that is read again when its content changes. While the file cannot be used, the last good key stays. Safe for concurrent use,
/// but for <see cref="Refresh"/>.
/// </summary>
public sealed partial class EngineKey
{
    private const int MaxFileBytes = 8 * 1024;
    private readonly WatchedFile _file;
    private readonly TimeProvider _time;
    private readonly ILogger<EngineKey> _logger;
    private volatile string _authorization;

    /// <summary>Reads the key.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of changes.</param>
    /// <exception cref="EngineKeyException">The file cannot be used.</exception>
    public EngineKey(string path, TimeProvider time, ILogger<EngineKey> logger)
    {
        (_file, _time, _logger) = (new WatchedFile(path, MaxFileBytes), time, logger);
        try
        {
            _authorization = Read(_file.ReadIfChanged()!);
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            throw new EngineKeyException($"{NamedFile.Of(path)} cannot be read: {FileFailure.Describe(exception)}");
        }
    }

    /// <summary>The value of <c>Authorization</c> for engines.</summary>
    public string Authorization => _authorization;

    /// <summary>What is wrong with a file of the key; null when nothing is.</summary>
    /// <param name="path">The file; empty for none.</param>
    public static string? FindProblem(string path)
    {
        try
        {
            _ = path.Length == 0 ? null : new EngineKey(path, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<EngineKey>.Instance);
            return null;
        }
        catch (EngineKeyException exception)
        {
            return exception.Problem;
        }
    }

    /// <summary>Looks at the file from time to time until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => _file.FollowAsync(Take, LogKept, _time, cancellation);

    /// <summary>Reads the file again. Not thread-safe.</summary>
    internal void Refresh() => _file.Refresh(Take, LogKept);

    private string? Take(byte[] content)
    {
        try
        {
            _authorization = Read(content);
            LogChanged();
            return null;
        }
        catch (EngineKeyException exception)
        {
            return exception.Problem;
        }
    }

    private static string Read(byte[] content)
    {
        string key = Encoding.UTF8.GetString(content).Trim(' ', '\t', '\r', '\n', '\ufeff');
        return key.Length == 0 ? throw new EngineKeyException("the file is empty; it must hold the engines' API key, and nothing else")
            : key.AsSpan().ContainsAnyExceptInRange('!', '~') ? throw new EngineKeyException("the file must hold one API key of printable ASCII characters, and nothing else")
            : "Bearer " + key;
    }

    private static bool IsUnreadable(Exception exception) => exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    [LoggerMessage(LogLevel.Information, "The file of the engines' API key has changed: the new key is sent from now on")]
    private partial void LogChanged();

    [LoggerMessage(LogLevel.Error, "The file of the engines' API key has changed and cannot be used ({Reason}); the last good key stays")]
    private partial void LogKept(string reason);
}
