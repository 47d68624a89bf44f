using System.Security.Cryptography;

namespace Llumnix.Adapters.Files;

/// <summary>Says in a few words why a file cannot be used. The words hold neither its path nor its content; <c>NamedFile</c> names the file.</summary>
public static class FileFailure
{
    /// <summary>Describes a failure of reading a file, and tells a folder from a file that must not be read.</summary>
    public static string Describe(Exception failure, string path) =>
        failure is not UnauthorizedAccessException ? Describe(failure)
        : Directory.Exists(path) ? "it is a folder"
        : "there is no permission to read it";

    /// <summary>Describes a failure.</summary>
    public static string Describe(Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => "there is no permission to read it, or it is a folder",
        FileTooLongException or NotTextException => failure.Message,
        CryptographicException or ArgumentException { ParamName: not "path" } => "it is not of the form that is needed here (PEM)",
        ArgumentException or NotSupportedException or PathTooLongException => "it has no usable name",
        _ => "reading it failed",
    };
}
