using System.Security.Cryptography;

namespace Llumnix.Adapters.Files;

/// <summary>
/// A file whose content is looked at from time to time. Changes are found by content, since mounted files are replaced behind symbolic links. Not thread-safe.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="maxBytes">Longest content that is read; a longer file cannot be read.</param>
public sealed class WatchedFile(string path, int maxBytes)
{
    /// <summary>How often a file is looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private byte[] _seen = [];
    private bool _isReadable = true;

    /// <summary>Looks at the file from time to time until it is cancelled.</summary>
    /// <param name="take">Takes changed content over; says why it cannot be used, or null.</param>
    /// <param name="keep">Is told why changed content, or the file, cannot be used, so that what was read last stays.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task FollowAsync(Func<byte[], string?> take, Action<string> keep, TimeProvider time, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            Refresh(take, keep);
        }
    }

    /// <summary>Looks at the file once, as <see cref="FollowAsync"/> does.</summary>
    /// <param name="take">Takes changed content over; says why it cannot be used, or null.</param>
    /// <param name="keep">Is told why changed content, or the file, cannot be used.</param>
    public void Refresh(Func<byte[], string?> take, Action<string> keep)
    {
        string? problem;
        try
        {
            problem = ReadIfChanged() is { } content ? take(content) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = FileFailure.Describe(exception);
        }

        if (problem is not null)
        {
            keep(problem);
        }
    }

    /// <summary>Reads the file.</summary>
    /// <returns>Null when the content is that of the last call, also one that could not be used, or when the file is as unreadable as then.</returns>
    /// <exception cref="IOException">It cannot be read, and could be before.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public byte[]? ReadIfChanged()
    {
        try
        {
            byte[] content = Read();
            _isReadable = true;
            byte[] fingerprint = SHA256.HashData(content);
            bool isSame = fingerprint.AsSpan().SequenceEqual(_seen);
            _seen = fingerprint;
            return isSame ? null : content;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException && !_isReadable)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _isReadable = false;
            _seen = [];
            throw;
        }
    }

    private byte[] Read()
    {
        using FileStream file = File.OpenRead(path);
        byte[] bytes = new byte[Math.Min(file.Length, maxBytes) + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length < bytes.Length ? bytes[..length] : throw new FileTooLongException(maxBytes);
    }
}
