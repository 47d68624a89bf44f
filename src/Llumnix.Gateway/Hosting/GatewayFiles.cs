using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options.Parsing;
using Llumnix.Gateway.Keys;
using Llumnix.Gateway.Mirroring;

namespace Llumnix.Gateway.Hosting;

/// <summary>Reads the files that only a gateway has, as its start would.</summary>
public static class GatewayFiles
{
    /// <summary>What is wrong with a file of API keys; null when nothing is. Holds nothing of its content.</summary>
    /// <param name="path">The file; empty for none.</param>
    public static string? FindKeyProblem(string path)
    {
        try
        {
            return Read(path, ApiKeys.MaxFileBytes, static content => ApiKeySet.Read(content, previous: null, TimeProvider.System));
        }
        catch (ApiKeyFileException exception)
        {
            return exception.Problem;
        }
    }

    /// <summary>What is wrong with the file of the mirror; null when nothing is. Holds nothing of its content.</summary>
    /// <param name="path">The file; empty for none.</param>
    public static string? FindMirrorProblem(string path)
    {
        try
        {
            return Read(path, MirrorFile.MaxBytes, static content => MirrorFile.Read(content));
        }
        catch (MirrorFileException exception)
        {
            return exception.Problem;
        }
    }

    private static string? Read(string path, int maxBytes, Action<byte[]> read)
    {
        if (path.Length == 0)
        {
            return null;
        }

        try
        {
            read(new WatchedFile(path, maxBytes).ReadIfChanged()!);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"{NamedFile.Of(path)} cannot be read: {FileFailure.Describe(exception)}";
        }
    }
}
