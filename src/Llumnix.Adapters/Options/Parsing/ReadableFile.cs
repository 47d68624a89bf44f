using Llumnix.Adapters.Files;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>Reads a file that an option names; an unreadable file is a problem of that option.</summary>
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
            problems.Add(new OptionProblem(named.Source, $"{NamedFile.Of(named.Text)} cannot be read: {FileFailure.Describe(error)}"));
            return null;
        }
    }
}
