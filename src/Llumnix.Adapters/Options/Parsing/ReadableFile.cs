using Llumnix.Adapters.Files;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>
/// Reads a file that an option names; an unreadable file is a problem of that option. The message does not repeat the path, since a secret may have
/// been given in its place.
/// </summary>
internal static class ReadableFile
{
    public static string? TryRead(OptionAssignment named, Func<string, string> readFile, List<OptionProblem> problems)
    {
        try
        {
            return readFile(named.Text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            problems.Add(new OptionProblem(named.Source, $"the file that it names cannot be read: {FileFailure.Describe(error)}"));
            return null;
        }
    }
}
